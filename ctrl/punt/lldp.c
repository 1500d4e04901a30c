// SPDX-License-Identifier: GPL-2.0
/* The table of LLDP neighbours. Whoever reads it looks at the age of an entry: nothing
 * has to run for a neighbour to be forgotten.
 */
#include "ctrl/punt/lldp.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "ctrl/base/clock.h"
#include "ctrl/base/error.h"
#include "ctrl/bpffs/port_table.h"
#include "ctrl/punt/lldp_frame.h"

static __u64 age_of(const struct xsw_lldp *n, __u64 now)
{
	return now > n->heard_ns ? now - n->heard_ns : 0;
}

static bool is_alive(const struct xsw_lldp *n, __u64 now)
{
	return age_of(n, now) < n->ttl_s * NS_PER_S;
}

/* All of the table. Return: how many, or -errno. */
static int lldp_read(const struct xsw_switch_handle *sw, struct xsw_lldp_key **keys,
		     struct xsw_lldp **values)
{
	return table_read(sw->map.lldp, sizeof(**keys), sizeof(**values), (void **)keys,
			  (void **)values);
}

struct stay {
	int here; /* neighbours of the port */
	int all;
};

/* Remove those of @port, or with @all unset of all ports those that are dead.
 * @stay: result: how many do not go
 * Return: 0 or -errno.
 */
static int lldp_remove(const struct xsw_switch_handle *sw, __u32 port, bool all, struct stay *stay)
{
	struct xsw_lldp_key *keys;
	struct xsw_lldp *values;
	__u64 now = boot_ns();
	int n;

	*stay = (struct stay){};
	if (sw->map.lldp < 0)
		return 0;
	n = lldp_read(sw, &keys, &values);
	if (n < 0)
		return n;
	for (int i = 0; i < n; i++) {
		if (all ? keys[i].port == port : !is_alive(&values[i], now)) {
			bpf_map_delete_elem(sw->map.lldp, &keys[i]);
			continue;
		}
		stay->all++;
		stay->here += keys[i].port == port;
	}
	free(keys);
	free(values);
	return 0;
}

void lldp_clear(const struct xsw_switch_handle *sw, __u32 port)
{
	struct stay stay;

	lldp_remove(sw, port, true, &stay);
}

void xsw_lldp_expire(const struct xsw_switch_handle *sw)
{
	struct stay stay;

	lldp_remove(sw, 0, false, &stay);
}

/* May @port have one neighbour more? Return: 0, -ENOSPC, -errno. */
static int room_make(const struct xsw_switch_handle *sw, __u32 port)
{
	struct stay stay;
	int err = lldp_remove(sw, port, false, &stay);

	if (err)
		return err;
	return stay.here >= (stay.all < XSW_LLDP_MANY ? XSW_LLDP_PORT_MAX : 1) ? -ENOSPC : 0;
}

int xsw_lldp_heard(const struct xsw_switch_handle *sw, __u32 port, __u32 ifindex, const void *data,
		   size_t len)
{
	struct xsw_lldp_key key = { .port = port };
	struct xsw_lldp n, old;
	struct xsw_port conf;
	int err;

	err = table_need(sw, sw->map.lldp, "LLDP");
	if (!err && (conf_read(sw, port, &conf) || conf.ifindex != ifindex))
		return -ENODEV;
	if (!err)
		err = lldp_parse(data, len, &n, &key.msap);
	if (err)
		return err;
	if (!n.ttl_s) {
		bpf_map_delete_elem(sw->map.lldp, &key);
		return 0;
	}
	err = bpf_map_lookup_elem(sw->map.lldp, &key, &old) ? room_make(sw, port) : 0;
	if (err)
		return err;
	n.heard_ns = boot_ns();
	return bpf_map_update_elem(sw->map.lldp, &key, &n, BPF_ANY) ? -errno : 0;
}

static int row_compare(const void *a, const void *b)
{
	const struct xsw_lldp_row *x = a, *y = b;
	int order;

	if (x->port != y->port)
		return x->port < y->port ? -1 : 1;
	order = strcmp(x->lldp.chassis_id, y->lldp.chassis_id);
	return order ? order : strcmp(x->lldp.port_id, y->lldp.port_id);
}

int xsw_lldp_list(const struct xsw_switch_handle *sw, __u32 port, struct xsw_lldp_row **rows)
{
	struct xsw_lldp_key *keys;
	struct xsw_lldp *values;
	__u64 now = boot_ns();
	int n, total = 0;

	*rows = NULL;
	if (sw->map.lldp < 0)
		return 0;
	n = lldp_read(sw, &keys, &values);
	if (n < 0)
		return xsw_fail(n, "lldp", sw->name, "cannot read: %s", strerror(-n));
	*rows = calloc(n + 1, sizeof(**rows));
	for (int i = 0; *rows && i < n; i++) {
		if ((port && keys[i].port != port) || !is_alive(&values[i], now))
			continue;
		(*rows)[total].port = keys[i].port;
		(*rows)[total].age_s = age_of(&values[i], now) / NS_PER_S;
		(*rows)[total++].lldp = values[i];
	}
	free(keys);
	free(values);
	if (!*rows)
		return xsw_fail(ENOMEM, "lldp", sw->name, "%s", strerror(ENOMEM));
	qsort(*rows, total, sizeof(**rows), row_compare);
	return total;
}
