// SPDX-License-Identifier: GPL-2.0
/* Counters by queue, picked from what `ethtool -S` shows. Drivers name them as
 * they like: rx_queue_0_packets (virtio, ixgbe), rx0_packets (virtio of later
 * kernels, mlx5), rx-0.packets (i40e).
 */
#include "ctrl/port/queue_stats.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ctrl/bpffs/port_table.h"
#include "ctrl/kernel/ethtool.h"
#include "ctrl/kernel/netns.h"
#include "ctrl/port/port.h"

struct queue_list {
	struct xsw_queue_row *row;
	int n;
};

/* Is @name a queue's? Not rx_64_bytes: that is a length. */
static bool queue_parse(const char *name, struct xsw_queue_row *row)
{
	const char *number = name + 2;
	char *rest;

	if (strncmp(name, "rx", 2) && strncmp(name, "tx", 2))
		return false;
	if (!strncmp(number, "_queue_", 7))
		number += 7;
	else if (*number == '-')
		number++;
	if (!isdigit((unsigned char)*number))
		return false;
	row->queue = strtoul(number, &rest, 10);
	if ((*rest != '_' && *rest != '.') || !rest[1])
		return false;
	snprintf(row->name, sizeof(row->name), "%.2s_%.32s", name, rest + 1);
	return true;
}

static int queue_add(const char *name, __u64 value, void *arg)
{
	struct queue_list *list = arg;
	struct xsw_queue_row row = { .n = value }, *more;

	if (!queue_parse(name, &row))
		return 0;
	more = realloc(list->row, (list->n + 1) * sizeof(*more));
	if (!more)
		return -ENOMEM;
	list->row = more;
	list->row[list->n++] = row;
	return 0;
}

static int row_compare(const void *a, const void *b)
{
	const struct xsw_queue_row *x = a, *y = b;

	if (x->queue != y->queue)
		return x->queue < y->queue ? -1 : 1;
	return strcmp(x->name, y->name);
}

int xsw_queue_stats_list(const struct xsw_switch_handle *sw, __u32 port,
			 struct xsw_queue_row **rows)
{
	struct queue_list list = {};
	struct xsw_port_info info;
	struct netns_visit visit;
	struct xsw_switch conf;
	int err;

	*rows = NULL;
	err = switch_read(sw, &conf);
	if (!err)
		err = xsw_port_info(sw, port, &info);
	if (err)
		return err;
	if (info.state == XSW_PORT_STATE_ABSENT ||
	    netns_visit_begin(&visit, conf.netns_ino, conf.netns_cookie))
		return 0;
	err = ethtool_stats(info.ifname, queue_add, &list);
	netns_visit_end(&visit);
	if (err == -ENOMEM) {
		free(list.row);
		return err;
	}
	if (list.n)
		qsort(list.row, list.n, sizeof(*list.row), row_compare);
	*rows = list.row;
	return list.n;
}
