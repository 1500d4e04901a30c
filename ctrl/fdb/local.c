// SPDX-License-Identifier: GPL-2.0
#include "ctrl/fdb/local.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ctrl/bpffs/decisions.h"
#include "ctrl/bpffs/known_maps.h"
#include "ctrl/bpffs/port_table.h"
#include "ctrl/fdb/request.h"
#include "ctrl/fdb/table.h"
#include "ctrl/stats/event_write.h"

void locals_read(const struct xsw_switch_handle *sw, struct locals *all)
{
	memset(all, 0, sizeof(*all));
	if (sw->map.local >= 0)
		all->n = table_read(sw->map.local, sizeof(*all->key), sizeof(*all->value),
				    (void **)&all->key, (void **)&all->value);
	if (all->n < 0)
		memset(all, 0, sizeof(*all));
}

void locals_free(struct locals *all)
{
	free(all->key);
	free(all->value);
}

static bool local_has(const struct xsw_local *local, __u32 port)
{
	for (int i = 0; i < XSW_LOCAL_PORTS; i++)
		if (local->port[i] == port)
			return true;
	return false;
}

static int port_compare(const void *a, const void *b)
{
	/* 0 is "no more", and stands last */
	return (__u16)(*(const __u16 *)a - 1) - (__u16)(*(const __u16 *)b - 1);
}

/* Put @next in the place of @now in @local, 0 being no port. Return: was there a place? */
static bool local_replace(struct xsw_local *local, __u32 now, __u32 next)
{
	for (int i = 0; i < XSW_LOCAL_PORTS; i++) {
		if (local->port[i] != now)
			continue;
		local->port[i] = next;
		qsort(local->port, XSW_LOCAL_PORTS, sizeof(local->port[0]), port_compare);
		return true;
	}
	return false;
}

static void local_write(const struct xsw_switch_handle *sw, const struct xsw_fdb_key *key,
			const struct xsw_local *local)
{
	static const struct xsw_local none;

	if (memcmp(local, &none, sizeof(none)))
		bpf_map_update_elem(sw->map.local, key, local, BPF_ANY);
	else
		bpf_map_delete_elem(sw->map.local, key);
	decisions_void(sw);
}

void local_clear(const struct xsw_switch_handle *sw, __u32 port)
{
	struct locals all;

	locals_read(sw, &all);
	for (int i = 0; i < all.n; i++)
		if (local_replace(&all.value[i], port, 0))
			local_write(sw, &all.key[i], &all.value[i]);
	locals_free(&all);
}

bool local_address(const struct locals *all, __u32 port, struct xsw_fdb_key *key)
{
	for (int i = 0; i < all->n; i++)
		if (local_has(&all->value[i], port)) {
			*key = all->key[i];
			return true;
		}
	return false;
}

void local_enter(const struct xsw_switch_handle *sw, __u32 port, const struct xsw_fdb_key *key)
{
	struct xsw_local local = {};

	bpf_map_lookup_elem(sw->map.local, key, &local);
	if (local_replace(&local, 0, port))
		local_write(sw, key, &local);
}

void locals_clear(const struct xsw_switch_handle *sw)
{
	struct xsw_fdb_key key;
	int map = map_get(sw->dir, "xsw_local");

	if (map < 0)
		return;
	while (!bpf_map_get_next_key(map, NULL, &key) && !bpf_map_delete_elem(map, &key))
		;
	close(map);
}

/* ---- the FDB */

static bool entry_read(const struct xsw_switch_handle *sw, const struct xsw_fdb_key *key,
		       struct xsw_fdb_entry *e)
{
	return !fdb_entry(sw, key, e) && e->port;
}

#define TRIES 16 /* an entry may move or go meanwhile, though no longer be made anew */

static void learned_forget(const struct xsw_switch_handle *sw, const struct xsw_fdb_key *key)
{
	struct xsw_request_fdb ask = { .key = *key };
	__u32 done = 0;

	for (int i = 0; i < TRIES && !done; i++)
		if (!entry_read(sw, key, &ask.old) || ask.old.flags & XSW_FDB_STATIC ||
		    fdb_forget(sw, &ask, 1, &done))
			return;
	event_tell(sw, XSW_EVENT_DELETED, ask.old.port, key, ask.old.flags);
}

void local_forget(const struct xsw_switch_handle *sw, __u32 port)
{
	struct xsw_fdb_key key;
	struct xsw_port conf;
	struct locals all;
	bool known;

	locals_read(sw, &all);
	known = local_address(&all, port, &key);
	locals_free(&all);
	if (!known || conf_read(sw, port, &conf))
		return;
	table_wait_for_readers();
	for (__u32 vlan = 0; vlan <= XSW_VID_MAX; vlan++) {
		key.vlan = vlan;
		if (xsw_port_has_vlan(&conf, vlan))
			learned_forget(sw, &key);
	}
}

static __u32 holder_in(const struct xsw_switch_handle *sw, const struct xsw_local *local,
		       __u32 vlan)
{
	struct xsw_port conf;

	for (int i = 0; i < XSW_LOCAL_PORTS && local->port[i]; i++)
		if (!conf_read(sw, local->port[i], &conf) && conf.flags & XSW_PORT_HOST &&
		    xsw_port_has_vlan(&conf, vlan))
			return local->port[i];
	return 0;
}

__u32 local_holder(const struct xsw_switch_handle *sw, const struct xsw_fdb_key *key)
{
	struct xsw_fdb_key of = *key;
	struct xsw_local local;

	of.vlan = 0;
	if (sw->map.local < 0 || bpf_map_lookup_elem(sw->map.local, &of, &local))
		return 0;
	return holder_in(sw, &local, key->vlan);
}

/* ---- rows */

static bool takes_all(const struct xsw_port *conf)
{
	return conf->flags & XSW_PORT_TRUNKS_ALL &&
	       (conf->vlan_mode == XSW_MODE_TRUNK || conf->vlan_mode == XSW_MODE_NATIVE_TAGGED ||
		conf->vlan_mode == XSW_MODE_NATIVE_UNTAGGED);
}

/* Rows of one port and address. Return: 0 or -ENOMEM. */
static int rows_add(const struct xsw_switch_handle *sw, const struct xsw_fdb_key *of,
		    const struct xsw_local *local, __u32 port, int vlan, struct xsw_fdb_row **rows,
		    int *total)
{
	struct xsw_fdb_row *more;
	struct xsw_fdb_entry e;
	struct xsw_port conf;
	__u32 v = 0;
	bool all;

	if (conf_read(sw, port, &conf))
		return 0;
	all = vlan == XSW_ANY_VLAN && takes_all(&conf);
	if (all && conf.vlan_mode != XSW_MODE_TRUNK)
		v = conf.tag;
	for (; v <= XSW_VID_MAX; v++) {
		struct xsw_fdb_row row = { .key = *of,
					   .entry = { .port = port, .flags = XSW_FDB_LOCAL },
					   .all_vlans = all };

		row.key.vlan = v;
		if ((vlan != XSW_ANY_VLAN && (__u32)vlan != v) || !xsw_port_has_vlan(&conf, v) ||
		    holder_in(sw, local, v) != port ||
		    (entry_read(sw, &row.key, &e) && e.flags & XSW_FDB_STATIC))
			continue;
		more = realloc(*rows, (*total + 1) * sizeof(*more));
		if (!more)
			return -ENOMEM;
		*rows = more;
		more[(*total)++] = row;
		if (all)
			break;
	}
	return 0;
}

int locals_list(const struct xsw_switch_handle *sw, __u32 port, int vlan, struct xsw_fdb_row **rows,
		int *total)
{
	struct locals all;
	int err = 0;

	locals_read(sw, &all);
	for (int i = 0; i < all.n; i++)
		for (int p = 0; p < XSW_LOCAL_PORTS && all.value[i].port[p] && !err; p++)
			if (port == XSW_ANY_PORT || port == all.value[i].port[p])
				err = rows_add(sw, &all.key[i], &all.value[i], all.value[i].port[p],
					       vlan, rows, total);
	locals_free(&all);
	return err;
}
