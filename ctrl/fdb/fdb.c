// SPDX-License-Identifier: GPL-2.0
/* The forwarding database as a user sees it. */
#include "ctrl/fdb/fdb.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ctrl/base/error.h"
#include "ctrl/base/mac.h"
#include "ctrl/bpffs/port_table.h"
#include "ctrl/fdb/life.h"
#include "ctrl/fdb/local.h"
#include "ctrl/fdb/request.h"
#include "ctrl/fdb/table.h"
#include "ctrl/stats/event_write.h"

#define TICK_S ((double)(1ULL << XSW_TICK_SHIFT) / 1e9)

static int fdb_fail(int err, const struct xsw_fdb_key *key, const char *what)
{
	char name[48];

	snprintf(name, sizeof(name), "%s vlan %u", mac_text(key->mac), key->vlan);
	return xsw_fail(err, "fdb", name, "%s", what);
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

/* @key is the own address of host port @holder. */
static int local_fail(const struct xsw_switch_handle *sw, int err, const struct xsw_fdb_key *key,
		      __u32 holder)
{
	struct xsw_port_record record = {};
	char what[80];

	record_read(sw, holder, &record);
	snprintf(what, sizeof(what), "is the own address of host port '%.15s'", record.ifname);
	return fdb_fail(err, key, what);
}

/* May an entry hide what is known without one? */
static int local_check(const struct xsw_switch_handle *sw, const struct xsw_fdb_key *key,
		       __u32 port, bool is_static, bool replace)
{
	__u32 holder = local_holder(sw, key);

	if (!holder || (is_static && (replace || holder == port)))
		return 0;
	if (!replace)
		return local_fail(sw, EEXIST, key, holder);
	return local_fail(sw, EINVAL, key, holder);
}

/* Is the entry, which is in the table, in use? Return: 0, 1, or -errno. */
static int entry_counts(const struct xsw_switch_handle *sw, const struct xsw_fdb_entry *entry)
{
	struct fdb_life life;
	int err = fdb_life_read(sw, &life);

	return err ? err : fdb_counts(&life, entry);
}

/* As if no entry were there, as in most cases; else in the place of the one that is.
 * Return: 0, -EAGAIN if it has changed meanwhile, -EEXIST, -ENOSPC, -errno.
 */
static int entry_add(const struct xsw_switch_handle *sw, const struct xsw_fdb_key *key,
		     const struct xsw_fdb_entry *new, bool replace)
{
	struct xsw_request_fdb ask = { .key = *key, .next = *new };
	int err = fdb_put(sw, &ask), counts = 0;

	if (err != -EAGAIN)
		return err;
	err = fdb_entry(sw, key, &ask.old);
	if (err)
		return err == -ENOENT ? -EAGAIN : err;
	if (!replace)
		counts = entry_counts(sw, &ask.old);
	if (counts)
		return counts < 0 ? counts : -EEXIST;
	return fdb_put(sw, &ask);
}

int xsw_fdb_add(struct xsw_switch_handle *sw, const struct xsw_fdb_key *key, __u32 port,
		bool is_static, bool replace)
{
	struct xsw_fdb_entry entry = { .port = port, .flags = is_static ? XSW_FDB_STATIC : 0 };
	int err;

	err = key_check(sw, key, port);
	if (!err)
		err = local_check(sw, key, port, is_static, replace);
	if (err)
		return err;
	do {
		entry.seen = fdb_tick();
		err = entry_add(sw, key, &entry, replace);
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

/* Delete the entry that is there, wherever it moves. Return: 0, -ENOENT, -errno. */
static int entry_del(const struct xsw_switch_handle *sw, const struct xsw_fdb_key *key,
		     struct fdb_life *life, struct xsw_fdb_entry *was)
{
	struct xsw_request_fdb ask = { .key = *key };
	__u32 done;
	int err;

	do {
		err = fdb_entry(sw, key, &ask.old);
		if (err)
			return err;
		life->now = fdb_tick();
		if (!fdb_counts(life, &ask.old))
			return -ENOENT;
		err = fdb_forget(sw, &ask, 1, &done);
	} while (!err && !done);
	*was = ask.old;
	return err;
}

int xsw_fdb_del(struct xsw_switch_handle *sw, const struct xsw_fdb_key *key)
{
	struct xsw_fdb_entry entry = {};
	struct fdb_life life;
	int err;

	err = fdb_life_read(sw, &life);
	if (!err)
		err = entry_del(sw, key, &life, &entry);
	if (err == -ENOENT && local_holder(sw, key))
		return local_fail(sw, EBUSY, key, local_holder(sw, key));
	if (err == -ENOENT)
		return fdb_fail(err, key, "no such entry");
	if (err)
		return fdb_fail(err, key, strerror(-err));
	event_tell(sw, XSW_EVENT_DELETED, entry.port, key, entry.flags);
	return 0;
}

static bool item_matches(const struct fdb_item *item, __u32 port, int vlan)
{
	return (port == XSW_ANY_PORT || item->entry.port == port) &&
	       (vlan == XSW_ANY_VLAN || item->key.vlan == vlan);
}

/* Return: how many, or -errno. What moves meanwhile to a port that is not flushed stays. */
static int flush_entries(const struct xsw_switch_handle *sw, __u32 port, int vlan, __u16 which)
{
	struct xsw_request_fdb *asks;
	struct fdb_items items;
	__u32 n = 0, done = 0;
	int err;

	err = fdb_read(sw, &items);
	if (err)
		return err;
	asks = calloc(items.n + 1, sizeof(*asks));
	err = asks ? 0 : -ENOMEM;
	for (__u32 i = 0; asks && i < items.n; i++) {
		const struct fdb_item *item = &items.item[i];

		if ((item->entry.flags & XSW_FDB_STATIC) == which && item_matches(item, port, vlan))
			asks[n++] =
				(struct xsw_request_fdb){ .key = item->key, .old = item->entry };
	}
	if (n)
		err = fdb_forget(sw, asks, n, &done);
	free(asks);
	fdb_items_free(&items);
	return err ? err : (int)done;
}

static int flush(const struct xsw_switch_handle *sw, __u32 port, int vlan, __u16 which)
{
	int n = flush_entries(sw, port, vlan, which);

	return n < 0 ? xsw_fail(n, "fdb", sw->name, "cannot flush: %s", strerror(-n)) : n;
}

int xsw_fdb_flush(const struct xsw_switch_handle *sw, __u32 port, int vlan)
{
	const struct xsw_fdb_key of = { .vlan = vlan == XSW_ANY_VLAN ? 0xffff : vlan };
	int n = flush(sw, port, vlan, 0);

	if (n > 0)
		event_tell(sw, XSW_EVENT_FLUSHED, port, &of, n);
	return n;
}

int xsw_fdb_flush_static(const struct xsw_switch_handle *sw, __u32 port)
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

/* The live matching entries. Return: how many, or -errno. */
static int list_entries(const struct xsw_switch_handle *sw, __u32 port, int vlan,
			struct fdb_life *life, struct xsw_fdb_row **rows)
{
	struct fdb_items items;
	int err = fdb_read(sw, &items), total = 0;

	if (err)
		return err;
	*rows = malloc((items.n + 1) * sizeof(**rows));
	life->now = fdb_tick();
	for (__u32 n = 0; *rows && n < items.n; n++) {
		const struct xsw_fdb_entry *e = &items.item[n].entry;

		if (!item_matches(&items.item[n], port, vlan) || !fdb_counts(life, e))
			continue;
		(*rows)[total++] = (struct xsw_fdb_row){
			.key = items.item[n].key,
			.entry = *e,
			.age_s = e->flags & XSW_FDB_STATIC ? 0 : xsw_fdb_age(e, life->now) * TICK_S,
		};
	}
	fdb_items_free(&items);
	return *rows ? total : -ENOMEM;
}

int xsw_fdb_list(const struct xsw_switch_handle *sw, __u32 port, int vlan,
		 struct xsw_fdb_row **rows)
{
	struct fdb_life life;
	int err, total = 0;

	*rows = NULL;
	err = fdb_life_read(sw, &life);
	if (!err)
		total = err = list_entries(sw, port, vlan, &life, rows);
	if (err >= 0)
		err = locals_list(sw, port, vlan, rows, &total);
	if (err) {
		free(*rows);
		*rows = NULL;
		return xsw_fail(err, "fdb", sw->name, "cannot read: %s", strerror(-err));
	}
	qsort(*rows, total, sizeof(**rows), row_compare);
	return total;
}
