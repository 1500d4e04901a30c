// SPDX-License-Identifier: GPL-2.0
/* The forwarding database as a user sees it. */
#include "ctrl/fdb.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ctrl/error.h"
#include "ctrl/event_write.h"
#include "ctrl/fdb_table.h"
#include "ctrl/guard.h"
#include "ctrl/table.h"

#define TICK_S ((double)(1ULL << XSW_TICK_SHIFT) / 1e9)

static int fdb_fail(int err, const struct xsw_fdb_key *key, const char *what)
{
	const __u8 *m = key->mac;
	char name[48];

	snprintf(name, sizeof(name), "%02x:%02x:%02x:%02x:%02x:%02x vlan %u", m[0], m[1], m[2],
		 m[3], m[4], m[5], key->vlan);
	return xsw_fail(err, "fdb", name, "%s", what);
}

static int shard_of(const struct xsw_switch_handle *sw, const struct xsw_fdb_key *key)
{
	return sw->map.fdb_shard[xsw_fdb_shard(key)];
}

static int key_check(const struct xsw_switch_handle *sw, const struct xsw_fdb_key *key, __u32 port)
{
	static const __u8 zero[6];

	if (key->mac[0] & 1)
		return fdb_fail(EINVAL, key, "a group address lives behind no port");
	if (!memcmp(key->mac, zero, sizeof(zero)))
		return fdb_fail(EINVAL, key, "not an address of a device");
	if (key->vlan > XSW_VID_MAX)
		return fdb_fail(EINVAL, key, "VLAN IDs are 0 to 4094");
	if (!slot_read(sw, port))
		return fdb_fail(ENOENT, key, "no such port");
	return 0;
}

/* Write over what is there, or where nothing is.
 * Return: 0, -EAGAIN if it has changed since @old was read, -errno.
 */
static int entry_put(const struct xsw_switch_handle *sw, const struct xsw_fdb_key *key,
		     const struct xsw_fdb_entry *old, const struct xsw_fdb_entry *new)
{
	if (!bpf_map_update_elem(shard_of(sw, key), key, new, old ? BPF_EXIST : BPF_NOEXIST))
		return 0;
	return errno == EEXIST || errno == ENOENT || errno == EBUSY ? -EAGAIN : -errno;
}

/* Take a place for a learned entry in the count, which the programs respect too. */
static int count_take(const struct xsw_switch_handle *sw, __u32 fdb_max)
{
	__s64 before;
	int err = fdb_count_add(sw, 1, &before);

	if (err || before < fdb_max)
		return err;
	fdb_count_add(sw, -1, NULL);
	return -ENOSPC;
}

static int entry_add(const struct xsw_switch_handle *sw, const struct xsw_fdb_key *key,
		     const struct xsw_fdb_entry *new, bool replace, const struct xsw_switch *conf)
{
	bool learned = !(new->flags & XSW_FDB_STATIC), was_learned = false, there;
	struct xsw_fdb_entry old;
	int err;

	there = !bpf_map_lookup_elem(shard_of(sw, key), key, &old);
	if (there && !replace && !xsw_fdb_expired(&old, fdb_tick(), conf->ageing_ticks))
		return -EEXIST;
	if (there)
		was_learned = !(old.flags & XSW_FDB_STATIC);
	if (learned && !was_learned) {
		err = count_take(sw, conf->fdb_max);
		if (err)
			return err;
	}
	err = entry_put(sw, key, there ? &old : NULL, new);
	if (err && learned && !was_learned)
		fdb_count_add(sw, -1, NULL);
	if (err)
		return err;
	if (was_learned)
		guard_learned_add(sw, old.port, -1);
	if (learned)
		guard_learned_add(sw, new->port, 1);
	return fdb_changed(sw, !learned && was_learned);
}

int xsw_fdb_add(struct xsw_switch_handle *sw, const struct xsw_fdb_key *key, __u32 port,
		bool is_static, bool replace)
{
	struct xsw_fdb_entry entry = { .port = port, .flags = is_static ? XSW_FDB_STATIC : 0 };
	struct xsw_switch conf;
	int err;

	err = key_check(sw, key, port);
	if (err)
		return err;
	err = switch_read(sw, &conf);
	if (err)
		return fdb_fail(err, key, strerror(-err));
	do {
		entry.seen = fdb_tick();
		err = entry_add(sw, key, &entry, replace, &conf);
	} while (err == -EAGAIN);
	if (err == -EEXIST)
		return fdb_fail(err, key, "exists already");
	if (err == -ENOSPC)
		return fdb_fail(err, key, "the table is full (fdb_max)");
	if (err == -E2BIG)
		return fdb_fail(ENOSPC, key, "the table is full");
	if (err)
		return fdb_fail(err, key, strerror(-err));
	event_tell(sw, XSW_EVENT_ADDED, port, key, entry.flags);
	return 0;
}

/* Return: 0, or -ENOENT if it is gone already. */
static int entry_del(const struct xsw_switch_handle *sw, const struct xsw_fdb_key *key)
{
	struct xsw_fdb_entry was;
	bool learned;
	int err = fdb_take(shard_of(sw, key), key, &was);

	if (err)
		return err;
	learned = !(was.flags & XSW_FDB_STATIC);
	if (learned)
		guard_learned_add(sw, was.port, -1);
	fdb_changed(sw, learned);
	return 0;
}

int xsw_fdb_del(struct xsw_switch_handle *sw, const struct xsw_fdb_key *key)
{
	struct xsw_fdb_entry entry;
	struct xsw_switch conf;
	int err;

	err = switch_read(sw, &conf);
	if (!err && bpf_map_lookup_elem(shard_of(sw, key), key, &entry))
		err = -errno;
	if (!err && xsw_fdb_expired(&entry, fdb_tick(), conf.ageing_ticks))
		err = -ENOENT;
	if (!err)
		err = entry_del(sw, key);
	if (err == -ENOENT)
		return fdb_fail(err, key, "no such entry");
	if (err)
		return fdb_fail(err, key, strerror(-err));
	event_tell(sw, XSW_EVENT_DELETED, entry.port, key, entry.flags);
	return 0;
}

static bool item_matches(const struct fdb_items *items, __u32 n, __u32 port, int vlan)
{
	return (port == XSW_ANY_PORT || items->entry[n].port == port) &&
	       (vlan == XSW_ANY_VLAN || items->key[n].vlan == vlan);
}

static int flush(const struct xsw_switch_handle *sw, __u32 port, int vlan, __u16 which)
{
	int total = 0;

	for (int i = 0; i < XSW_FDB_SHARDS; i++) {
		struct fdb_items items;
		int err = fdb_read(sw->map.fdb_shard[i], &items);

		if (err)
			return xsw_fail(err, "fdb", sw->name, "cannot read: %s", strerror(-err));
		for (__u32 n = 0; n < items.n; n++)
			if ((items.entry[n].flags & XSW_FDB_STATIC) == which &&
			    item_matches(&items, n, port, vlan) &&
			    !entry_del(sw, &items.key[n]))
				total++;
		fdb_items_free(&items);
	}
	return total;
}

int xsw_fdb_flush(struct xsw_switch_handle *sw, __u32 port, int vlan)
{
	const struct xsw_fdb_key of = { .vlan = vlan == XSW_ANY_VLAN ? 0xffff : vlan };
	int n = flush(sw, port, vlan, 0);

	if (n > 0)
		event_tell(sw, XSW_EVENT_FLUSHED, port, &of, n);
	return n;
}

int xsw_fdb_flush_static(struct xsw_switch_handle *sw, __u32 port)
{
	int n = flush(sw, port, XSW_ANY_VLAN, XSW_FDB_STATIC);

	return n < 0 ? n : 0;
}

static int row_compare(const void *a, const void *b)
{
	const struct xsw_fdb_row *x = a, *y = b;

	if (x->key.vlan != y->key.vlan)
		return x->key.vlan < y->key.vlan ? -1 : 1;
	return memcmp(x->key.mac, y->key.mac, sizeof(x->key.mac));
}

/* Append the live matching entries of one shard. Return: 0 or -errno. */
static int list_shard(const struct xsw_switch_handle *sw, int shard, __u32 port, int vlan,
		      __u32 ageing_ticks, struct xsw_fdb_row **rows, int *total)
{
	struct fdb_items items;
	struct xsw_fdb_row *more;
	int err = fdb_read(sw->map.fdb_shard[shard], &items);
	__u32 now = fdb_tick();

	if (err)
		return err;
	more = realloc(*rows, (*total + items.n + 1) * sizeof(*more));
	if (!more) {
		fdb_items_free(&items);
		return -ENOMEM;
	}
	*rows = more;
	for (__u32 n = 0; n < items.n; n++) {
		struct xsw_fdb_row *row = &more[*total];

		if (!item_matches(&items, n, port, vlan) ||
		    xsw_fdb_expired(&items.entry[n], now, ageing_ticks))
			continue;
		row->key = items.key[n];
		row->entry = items.entry[n];
		row->age_s = items.entry[n].flags & XSW_FDB_STATIC ?
				     0 :
				     xsw_fdb_age(&items.entry[n], now) * TICK_S;
		++*total;
	}
	fdb_items_free(&items);
	return 0;
}

int xsw_fdb_list(const struct xsw_switch_handle *sw, __u32 port, int vlan,
		 struct xsw_fdb_row **rows)
{
	struct xsw_switch conf;
	int err, total = 0;

	*rows = NULL;
	err = switch_read(sw, &conf);
	for (int i = 0; i < XSW_FDB_SHARDS && !err; i++)
		err = list_shard(sw, i, port, vlan, conf.ageing_ticks, rows, &total);
	if (err) {
		free(*rows);
		*rows = NULL;
		return xsw_fail(err, "fdb", sw->name, "cannot read: %s", strerror(-err));
	}
	qsort(*rows, total, sizeof(**rows), row_compare);
	return total;
}
