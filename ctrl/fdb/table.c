// SPDX-License-Identifier: GPL-2.0
/* The forwarding database as a whole, whatever the layout. */
#include "ctrl/fdb/table.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "ctrl/bpffs/decisions.h"
#include "ctrl/bpffs/layout.h"
#include "ctrl/bpffs/port_table.h"
#include "ctrl/fdb/buckets.h"
#include "ctrl/fdb/life.h"
#include "ctrl/fdb/mac_limit.h"
#include "ctrl/fdb/request.h"
#include "ctrl/fdb/shards.h"
#include "ctrl/fdb/shards_grow.h"

#define RECOUNTS 16
#define SHRINKS 16

int fdb_read(const struct xsw_switch_handle *sw, struct fdb_items *items)
{
	return layout_has_shards(sw->layout) ? shards_read(sw, items) : buckets_read(sw, items);
}

int fdb_entry(const struct xsw_switch_handle *sw, const struct xsw_fdb_key *key,
	      struct xsw_fdb_entry *e)
{
	return layout_has_shards(sw->layout) ? shards_entry(sw, key, e) : buckets_entry(sw, key, e);
}

__u64 fdb_alive(const struct xsw_switch_handle *sw)
{
	struct fdb_items items;
	struct fdb_life life;
	__u64 alive = 0;

	if (fdb_life_read(sw, &life) || fdb_read(sw, &items))
		return 0;
	life.now = fdb_tick();
	for (__u32 n = 0; n < items.n; n++)
		alive += fdb_counts(&life, &items.item[n].entry);
	fdb_items_free(&items);
	return alive;
}

/* ---- holding ---- */

int fdb_hold(const struct xsw_switch_handle *sw)
{
	int err = switch_flags(sw, 0, XSW_SWITCH_FDB_HOLD);

	if (!err)
		table_wait_for_readers();
	return err;
}

/* How many learned entries there are, and at which port, and how many static ones.
 * Return: the number of learned ones or -errno.
 */
static __s64 count_entries(const struct xsw_switch_handle *sw, __s32 *of_port, __s64 *statics)
{
	struct fdb_items items;
	__s64 learned = 0;
	int err;

	memset(of_port, 0, XSW_MAX_PORTS * sizeof(*of_port));
	*statics = 0;
	err = fdb_read(sw, &items);
	if (err)
		return err;
	for (__u32 n = 0; n < items.n; n++) {
		const struct xsw_fdb_entry *e = &items.item[n].entry;

		*statics += !!(e->flags & XSW_FDB_STATIC);
		if (e->flags & XSW_FDB_STATIC)
			continue;
		learned++;
		of_port[e->port & (XSW_MAX_PORTS - 1)]++;
	}
	fdb_items_free(&items);
	return learned;
}

/* Has no entry been on its way to another port since the look at @done? */
static bool all_rest(const struct xsw_fdb_count *count, __u64 done)
{
	return __atomic_load_n(&count->moves_begun, __ATOMIC_SEQ_CST) == done;
}

/* While nobody adds or removes an entry. They do move from port to port: then all is counted
 * again. Where they never rest the ports' numbers stay as they are, which is wrong only if a
 * command was killed while it made the FDB larger, or an earlier version counted.
 */
static int recount(const struct xsw_switch_handle *sw)
{
	struct xsw_fdb_count *count = fdb_count_map(sw);
	__s32 of_port[XSW_MAX_PORTS];
	__s64 learned = 0, statics = 0;

	if (!count)
		return -errno;
	for (int i = 0; i < RECOUNTS; i++) {
		__u64 done = __atomic_load_n(&count->moves_done, __ATOMIC_SEQ_CST);

		learned = count_entries(sw, of_port, &statics);
		if (learned < 0)
			break;
		if (!all_rest(count, done))
			continue;
		guard_learned_store(sw, of_port);
		if (all_rest(count, done))
			break;
	}
	if (learned >= 0) {
		if (!layout_has_shards(sw->layout))
			__atomic_store_n(&count->statics, statics, __ATOMIC_SEQ_CST);
		__atomic_store_n(&count->learned, learned, __ATOMIC_SEQ_CST);
		__atomic_fetch_add(&count->generation, 1, __ATOMIC_SEQ_CST);
	}
	fdb_count_unmap(count);
	return learned < 0 ? learned : 0;
}

int fdb_release(const struct xsw_switch_handle *sw)
{
	int err = recount(sw), err_flags = switch_flags(sw, XSW_SWITCH_FDB_HOLD, 0);

	return err ? err : err_flags;
}

/* ---- the size */

int fdb_grow(const struct xsw_switch_handle *sw, __u32 fdb_max)
{
	return layout_has_shards(sw->layout) ? shards_grow(sw, fdb_max) : buckets_grow(sw, fdb_max);
}

struct fdb_aged {
	struct xsw_request_fdb ask;
	__u32 age; /* ticks */
};

static int aged_compare(const void *a, const void *b)
{
	const struct fdb_aged *x = a, *y = b;

	return x->age < y->age ? 1 : x->age > y->age ? -1 : 0;
}

/* All learned entries, oldest first. Return: how many, or -errno. */
static int fdb_by_age(const struct xsw_switch_handle *sw, struct fdb_aged **aged)
{
	struct fdb_items items;
	struct fdb_aged *list;
	__u32 total = 0, now;
	int err;

	*aged = NULL;
	err = fdb_read(sw, &items);
	if (err)
		return err;
	now = fdb_tick();
	list = calloc(items.n + 1, sizeof(*list));
	for (__u32 n = 0; list && n < items.n; n++) {
		const struct fdb_item *i = &items.item[n];

		if (i->entry.flags & XSW_FDB_STATIC)
			continue;
		list[total].ask = (struct xsw_request_fdb){ .key = i->key, .old = i->entry };
		list[total++].age = xsw_fdb_age(&i->entry, now);
	}
	fdb_items_free(&items);
	if (!list)
		return -ENOMEM;
	qsort(list, total, sizeof(*list), aged_compare);
	*aged = list;
	return total;
}

/* Forget the @n oldest, but for those that move meanwhile. Return: 0 or -errno. */
static int forget_oldest(const struct xsw_switch_handle *sw, __s64 n)
{
	struct fdb_aged *aged;
	struct xsw_request_fdb *asks;
	int total, err = -ENOMEM;
	__u32 done;

	total = fdb_by_age(sw, &aged);
	if (total < 0)
		return total;
	if (n > total)
		n = total;
	asks = calloc(n + 1, sizeof(*asks));
	for (int i = 0; asks && i < n; i++)
		asks[i] = aged[i].ask;
	if (asks)
		err = fdb_forget(sw, asks, n, &done);
	free(asks);
	free(aged);
	return err;
}

int fdb_shrink(const struct xsw_switch_handle *sw, __u32 fdb_max)
{
	__s64 learned = 0;
	int err = 0;

	for (int i = 0; i < SHRINKS && !err; i++) {
		err = fdb_count_add(sw, 0, &learned);
		if (err || learned <= fdb_max)
			break;
		err = forget_oldest(sw, learned - fdb_max);
	}
	fdb_fit(sw);
	return err;
}
