// SPDX-License-Identifier: GPL-2.0
/* The shards of the forwarding database: open, read, count, grow, shrink.
 * The programs insert and delete learned entries at any time but while the FDB
 * is on hold; static entries are ours alone.
 */
#include "ctrl/fdb/shards.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ctrl/bpffs/decisions.h"
#include "ctrl/bpffs/known_maps.h"
#include "ctrl/bpffs/load.h"
#include "ctrl/bpffs/port_table.h"
#include "ctrl/fdb/life.h"
#include "ctrl/fdb/mac_limit.h"
#include "ctrl/fdb/request.h"

#define READ_CHUNK 4096
#define RECOUNTS 16
#define SHRINKS 16

static bool items_room(struct fdb_items *items, __u32 room)
{
	void *key = realloc(items->key, room * sizeof(*items->key)), *entry;

	if (!key)
		return false;
	items->key = key;
	entry = realloc(items->entry, room * sizeof(*items->entry));
	if (!entry)
		return false;
	items->entry = entry;
	return true;
}

int fdb_read(int shard_fd, struct fdb_items *items)
{
	__u32 at[2] = {}, chunk = READ_CHUNK, room = 0;
	bool first = true;

	memset(items, 0, sizeof(*items));
	for (;;) {
		__u32 count = chunk;
		int err;

		if (items->n + chunk > room) {
			room = items->n + items->n / 2 + chunk;
			if (!items_room(items, room)) {
				fdb_items_free(items);
				return -ENOMEM;
			}
		}
		err = bpf_map_lookup_batch(shard_fd, first ? NULL : &at[0], &at[1],
					   items->key + items->n, items->entry + items->n, &count,
					   NULL);
		if (err && errno == ENOSPC) { /* one bucket holds more than a chunk */
			chunk *= 2;
			continue;
		}
		if (err && errno != ENOENT) {
			err = -errno;
			fdb_items_free(items);
			return err;
		}
		items->n += count;
		if (err)
			return 0;
		at[0] = at[1];
		first = false;
	}
}

void fdb_items_free(struct fdb_items *items)
{
	free(items->key);
	free(items->entry);
	memset(items, 0, sizeof(*items));
}

__u64 fdb_alive(const struct xsw_switch_handle *sw)
{
	struct fdb_life life;
	__u64 alive = 0;

	if (fdb_life_read(sw, &life))
		return 0;
	for (int i = 0; i < XSW_FDB_SHARDS; i++) {
		struct fdb_items items;

		if (fdb_read(sw->map.fdb_shard[i], &items))
			continue;
		life.now = fdb_tick();
		for (__u32 n = 0; n < items.n; n++)
			alive += fdb_counts(&life, &items.entry[n]);
		fdb_items_free(&items);
	}
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

/* How many learned entries there are, and at which port. Return: their number or -errno. */
static __s64 count_learned(const struct xsw_switch_handle *sw, __s32 *of_port)
{
	__s64 learned = 0;

	memset(of_port, 0, XSW_MAX_PORTS * sizeof(*of_port));
	for (int i = 0; i < XSW_FDB_SHARDS; i++) {
		struct fdb_items items;
		int err = fdb_read(sw->map.fdb_shard[i], &items);

		if (err)
			return err;
		for (__u32 n = 0; n < items.n; n++) {
			if (items.entry[n].flags & XSW_FDB_STATIC)
				continue;
			learned++;
			of_port[items.entry[n].port & (XSW_MAX_PORTS - 1)]++;
		}
		fdb_items_free(&items);
	}
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
	__s64 learned = 0;

	if (!count)
		return -errno;
	for (int i = 0; i < RECOUNTS; i++) {
		__u64 done = __atomic_load_n(&count->moves_done, __ATOMIC_SEQ_CST);

		learned = count_learned(sw, of_port);
		if (learned < 0)
			break;
		if (!all_rest(count, done))
			continue;
		guard_learned_store(sw, of_port);
		if (all_rest(count, done))
			break;
	}
	if (learned >= 0) {
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

/* ---- growing ---- */

static int copy_all(int to, const struct fdb_items *items)
{
	for (__u32 n = 0; n < items->n; n++)
		if (bpf_map_update_elem(to, &items->key[n], &items->entry[n], BPF_NOEXIST) &&
		    errno != EEXIST)
			return -errno;
	return 0;
}

/* Bring over when and where an address last spoke, if that was after its entry was copied. The
 * programs have counted a move where it went; here it is counted where the entry is.
 */
static void freshen_entry(const struct xsw_switch_handle *sw, const struct xsw_fdb_key *key,
			  const struct xsw_fdb_entry *copied, const struct xsw_fdb_entry *e)
{
	int shard = sw->map.fdb_shard[xsw_fdb_shard(key)];
	struct xsw_request_fdb ask = { .key = *key, .next = *e };

	if (copied->port != e->port) {
		guard_learned_add(sw, copied->port, 1);
		guard_learned_add(sw, e->port, -1);
	}
	do {
		if (bpf_map_lookup_elem(shard, key, &ask.old) || !memcmp(&ask.old, e, sizeof(*e)) ||
		    (__s32)(e->seen - ask.old.seen) < 0)
			return;
	} while (fdb_put(sw, &ask) == -EAGAIN);
}

/* @old: what is in the shard that has just gone out of use. Its keys are the same and in the
 * same order, since the FDB is on hold.
 */
static void freshen(const struct xsw_switch_handle *sw, const struct fdb_items *copied,
		    const struct fdb_items *old)
{
	for (__u32 n = 0; n < old->n && n < copied->n; n++)
		if (!memcmp(&old->key[n], &copied->key[n], sizeof(old->key[n])) &&
		    memcmp(&old->entry[n], &copied->entry[n], sizeof(old->entry[n])))
			freshen_entry(sw, &old->key[n], &copied->entry[n], &old->entry[n]);
}

static int shard_grow(struct xsw_switch_handle *sw, int outer, __u32 i, __u32 fdb_max)
{
	struct fdb_items copied = {}, items = {};
	int old = sw->map.fdb_shard[i], new, err;

	new = load_fdb_shard(fdb_max);
	if (new < 0)
		return new;
	err = fdb_read(old, &copied);
	if (!err)
		err = copy_all(new, &copied);
	/* The kernel waits here until no program uses the old shard. */
	if (!err && bpf_map_update_elem(outer, &i, &new, BPF_ANY))
		err = -errno;
	if (err) {
		close(new);
		goto out;
	}
	sw->map.fdb_shard[i] = new;
	if (!fdb_read(old, &items))
		freshen(sw, &copied, &items);
	close(old);
	fdb_items_free(&items);
out:
	fdb_items_free(&copied);
	return err;
}

int fdb_grow(struct xsw_switch_handle *sw, __u32 fdb_max)
{
	struct bpf_map_info info = {};
	__u32 len = sizeof(info);
	int outer, err = 0;

	if (bpf_obj_get_info_by_fd(sw->map.fdb_shard[XSW_FDB_SHARDS - 1], &info, &len))
		return -errno;
	if (info.max_entries >= xsw_fdb_shard_size(fdb_max))
		return 0;
	outer = map_get(sw->dir, "xsw_fdb");
	if (outer < 0)
		return outer;
	for (__u32 i = 0; i < XSW_FDB_SHARDS && !err; i++)
		err = shard_grow(sw, outer, i, fdb_max);
	close(outer);
	return err;
}

/* ---- shrinking ---- */

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
	struct fdb_aged *list = NULL;
	__u32 total = 0;

	for (int i = 0; i < XSW_FDB_SHARDS; i++) {
		struct fdb_items items;
		struct fdb_aged *more;
		__u32 now;

		if (fdb_read(sw->map.fdb_shard[i], &items))
			continue;
		now = fdb_tick();
		more = realloc(list, (total + items.n + 1) * sizeof(*list));
		if (!more) {
			fdb_items_free(&items);
			free(list);
			return -ENOMEM;
		}
		list = more;
		for (__u32 n = 0; n < items.n; n++) {
			if (items.entry[n].flags & XSW_FDB_STATIC)
				continue;
			list[total].ask = (struct xsw_request_fdb){ .key = items.key[n],
								    .old = items.entry[n] };
			list[total++].age = xsw_fdb_age(&items.entry[n], now);
		}
		fdb_items_free(&items);
	}
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
			return err;
		err = forget_oldest(sw, learned - fdb_max);
	}
	return err;
}
