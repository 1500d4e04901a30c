// SPDX-License-Identifier: GPL-2.0
#include "ctrl/port/local_follow.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "ctrl/bpffs/port_table.h"
#include "ctrl/fdb/local.h"
#include "ctrl/kernel/netns.h"
#include "ctrl/port/kind.h"
#include "ctrl/port/work.h"

static bool is_host(const struct xsw_port_record *record)
{
	const struct port_kind *maker = kind_made(record);

	return maker && maker->host_mac && record->ifindex &&
	       (record->state == XSW_RECORD_ACTIVE || record->state == XSW_RECORD_ADDING);
}

/* The address that the host's end of @port has now. Return: 0; -ENODEV if the port's device is
 * gone; -ESRCH if the other end cannot be found.
 */
static int host_address(const struct xsw_switch_handle *sw, __u32 port,
			const struct xsw_port_record *record, struct xsw_fdb_key *key)
{
	struct link_info dev;

	if (port_absent(sw, port, record, &dev))
		return -ENODEV;
	memset(key, 0, sizeof(*key));
	return kind_made(record)->host_mac(&dev, key->mac);
}

/* Has the table another address of @port than @key?
 * Return: true also where it is to have none, and then @err is -ENODEV.
 */
static bool port_is_old(const struct xsw_switch_handle *sw, const struct locals *all, __u32 port,
			const struct xsw_port_record *record, struct xsw_fdb_key *key, int *err)
{
	struct xsw_fdb_key was;
	bool known = local_address(all, port, &was);

	*err = is_host(record) ? host_address(sw, port, record, key) : -ENODEV;
	if (*err)
		return known && *err == -ENODEV;
	return !known || memcmp(key, &was, sizeof(was));
}

void locals_follow(const struct xsw_switch_handle *sw, const struct xsw_port_record *records, int n)
{
	struct xsw_fdb_key key;
	struct locals all;
	int err;

	if (sw->map.local < 0)
		return;
	locals_read(sw, &all);
	for (int port = 1; port < n; port++) {
		if (!port_is_old(sw, &all, port, &records[port], &key, &err))
			continue;
		local_clear(sw, port);
		if (err)
			continue;
		local_enter(sw, port, &key);
		local_forget(sw, port);
	}
	locals_free(&all);
}

typedef void (*with_records)(const struct xsw_switch_handle *sw,
			     const struct xsw_port_record *records, int n, void *arg);

/* Call @what in the namespace of the ports, if the table holds anything. */
static void locals_visit(const struct xsw_switch_handle *sw, with_records what, void *arg)
{
	struct netns_visit visit;
	struct xsw_switch conf;
	struct xsw_port_record *records;
	struct xsw_fdb_key key;
	int n;

	if (sw->map.local < 0 || bpf_map_get_next_key(sw->map.local, NULL, &key) ||
	    switch_read(sw, &conf) || netns_visit_begin(&visit, conf.netns_ino, conf.netns_cookie))
		return;
	n = record_read_all(sw, &records);
	if (n >= 0) {
		what(sw, records, n, arg);
		free(records);
	}
	netns_visit_end(&visit);
}

static void follow(const struct xsw_switch_handle *sw, const struct xsw_port_record *records, int n,
		   void *arg)
{
	locals_follow(sw, records, n);
}

void locals_repair(const struct xsw_switch_handle *sw)
{
	locals_visit(sw, follow, NULL);
}

static void compare(const struct xsw_switch_handle *sw, const struct xsw_port_record *records,
		    int n, void *arg)
{
	struct xsw_fdb_key key;
	struct locals all;
	bool *old = arg;
	int err;

	locals_read(sw, &all);
	for (int port = 1; port < n && !*old; port++)
		*old = records[port].state == XSW_RECORD_ACTIVE &&
		       port_is_old(sw, &all, port, &records[port], &key, &err);
	locals_free(&all);
}

bool locals_are_old(const struct xsw_switch_handle *sw)
{
	bool old = false;

	locals_visit(sw, compare, &old);
	return old;
}
