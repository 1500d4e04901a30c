// SPDX-License-Identifier: GPL-2.0
/* The shards of the forwarding database: open, read, count, grow, shrink.
 * The programs insert and delete learned entries at any time but while the FDB
 * is on hold; static entries are ours alone.
 */
#include "ctrl/fdb_table.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include "ctrl/guard.h"
#include "ctrl/load.h"
#include "ctrl/pin.h"
#include "ctrl/table.h"

#define READ_CHUNK 4096
#define RECOUNTS 8

static int fdb_open_shards(struct xsw_switch_handle *sw, int outer)
{
	for (__u32 i = 0; i < XSW_FDB_SHARDS; i++) {
		__u32 id;

		if (bpf_map_lookup_elem(outer, &i, &id))
			return -errno;
		sw->map.fdb_shard[i] = bpf_map_get_fd_by_id(id);
		if (sw->map.fdb_shard[i] < 0)
			return -errno;
	}
	return 0;
}

int fdb_open(struct xsw_switch_handle *sw)
{
	int outer = pin_get(sw->dir, "xsw_fdb"), err;

	if (outer < 0)
		return outer;
	err = fdb_open_shards(sw, outer);
	if (err == -ENOENT) { /* a writer has just replaced the shards */
		fdb_close(sw);
		err = fdb_open_shards(sw, outer);
	}
	close(outer);
	return err == -ENOENT ? -EIO : err;
}

void fdb_close(struct xsw_switch_handle *sw)
{
	for (int i = 0; i < XSW_FDB_SHARDS; i++) {
		if (sw->map.fdb_shard[i] >= 0)
			close(sw->map.fdb_shard[i]);
		sw->map.fdb_shard[i] = -1;
	}
}

__u32 fdb_tick(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC_COARSE, &now);
	return (now.tv_sec * 1000000000ULL + now.tv_nsec) >> XSW_TICK_SHIFT;
}

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

/* One step, so that the port is right whose entry it was: the programs move entries. */
int fdb_take(int shard_fd, const struct xsw_fdb_key *key, struct xsw_fdb_entry *was)
{
	return bpf_map_lookup_and_delete_elem(shard_fd, key, was) ? -errno : 0;
}

static struct xsw_fdb_count *count_map(const struct xsw_switch_handle *sw)
{
	void *page = mmap(NULL, sizeof(struct xsw_fdb_count), PROT_READ | PROT_WRITE, MAP_SHARED,
			  sw->map.fdb_count, 0);

	return page == MAP_FAILED ? NULL : page;
}

static void count_unmap(struct xsw_fdb_count *count)
{
	munmap(count, sizeof(*count));
}

int fdb_count_add(const struct xsw_switch_handle *sw, __s64 n, __s64 *before)
{
	struct xsw_fdb_count *count = count_map(sw);
	__s64 was;

	if (!count)
		return -errno;
	was = __atomic_fetch_add(&count->learned, n, __ATOMIC_SEQ_CST);
	if (before)
		*before = was;
	count_unmap(count);
	return 0;
}

int fdb_changed(const struct xsw_switch_handle *sw, __u32 forgotten)
{
	struct xsw_fdb_count *count = count_map(sw);

	if (!count)
		return -errno;
	if (forgotten)
		__atomic_fetch_sub(&count->learned, forgotten, __ATOMIC_SEQ_CST);
	__atomic_fetch_add(&count->generation, 1, __ATOMIC_SEQ_CST);
	count_unmap(count);
	return 0;
}

__u64 fdb_alive(const struct xsw_switch_handle *sw)
{
	struct xsw_switch conf;
	__u64 alive = 0;

	if (switch_read(sw, &conf))
		return 0;
	for (int i = 0; i < XSW_FDB_SHARDS; i++) {
		struct fdb_items items;
		__u32 now;

		if (fdb_read(sw->map.fdb_shard[i], &items))
			continue;
		now = fdb_tick();
		for (__u32 n = 0; n < items.n; n++)
			alive += !xsw_fdb_expired(&items.entry[n], now, conf.ageing_ticks);
		fdb_items_free(&items);
	}
	return alive;
}

/* ---- holding ---- */

static int flags_write(const struct xsw_switch_handle *sw, __u32 clear, __u32 set)
{
	struct xsw_switch conf;
	int err = switch_read(sw, &conf);

	if (err)
		return err;
	conf.flags = (conf.flags & ~clear) | set;
	return switch_write(sw, &conf);
}

int fdb_hold(const struct xsw_switch_handle *sw)
{
	int err = flags_write(sw, 0, XSW_SWITCH_FDB_HOLD);

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

/* While nobody adds or removes an entry. They do move from port to port: then all is
 * counted again, and at the last try the ports' numbers may be off by what moved.
 */
static int recount(const struct xsw_switch_handle *sw)
{
	struct xsw_fdb_count *count = count_map(sw);
	__s32 of_port[XSW_MAX_PORTS];
	__u32 generation;
	__s64 learned;

	if (!count)
		return -errno;
	for (int i = 0; i < RECOUNTS; i++) {
		generation = __atomic_load_n(&count->generation, __ATOMIC_SEQ_CST);
		learned = count_learned(sw, of_port);
		if (learned < 0)
			break;
		guard_learned_store(sw, of_port);
		if (generation == __atomic_load_n(&count->generation, __ATOMIC_SEQ_CST))
			break;
	}
	if (learned >= 0) {
		__atomic_store_n(&count->learned, learned, __ATOMIC_SEQ_CST);
		__atomic_fetch_add(&count->generation, 1, __ATOMIC_SEQ_CST);
	}
	count_unmap(count);
	return learned < 0 ? learned : 0;
}

int fdb_release(const struct xsw_switch_handle *sw)
{
	int err = recount(sw), err_flags = flags_write(sw, XSW_SWITCH_FDB_HOLD, 0);

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

/* Bring over when and where addresses last spoke, of the shard that has just
 * gone out of use; the keys are the same, since the FDB is on hold.
 */
static void freshen(int to, const struct fdb_items *old)
{
	for (__u32 n = 0; n < old->n; n++) {
		const struct xsw_fdb_entry *e = &old->entry[n];
		struct xsw_fdb_entry now;

		if (!bpf_map_lookup_elem(to, &old->key[n], &now) && memcmp(&now, e, sizeof(now)) &&
		    (__s32)(e->seen - now.seen) >= 0)
			bpf_map_update_elem(to, &old->key[n], e, BPF_EXIST);
	}
}

static int shard_grow(struct xsw_switch_handle *sw, int outer, __u32 i, __u32 fdb_max)
{
	struct fdb_items items = {};
	int old = sw->map.fdb_shard[i], new, err;

	new = load_fdb_shard(fdb_max);
	if (new < 0)
		return new;
	err = fdb_read(old, &items);
	if (!err)
		err = copy_all(new, &items);
	/* The kernel waits here until no program uses the old shard. */
	if (!err && bpf_map_update_elem(outer, &i, &new, BPF_ANY))
		err = -errno;
	if (err) {
		close(new);
		goto out;
	}
	sw->map.fdb_shard[i] = new;
	fdb_items_free(&items);
	if (!fdb_read(old, &items))
		freshen(new, &items);
	close(old);
out:
	fdb_items_free(&items);
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
	outer = pin_get(sw->dir, "xsw_fdb");
	if (outer < 0)
		return outer;
	for (__u32 i = 0; i < XSW_FDB_SHARDS && !err; i++)
		err = shard_grow(sw, outer, i, fdb_max);
	close(outer);
	return err;
}

/* ---- shrinking ---- */

struct fdb_aged {
	struct xsw_fdb_key key;
	__u32 age; /* ticks */
	int shard;
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
			list[total].key = items.key[n];
			list[total].age = xsw_fdb_age(&items.entry[n], now);
			list[total++].shard = i;
		}
		fdb_items_free(&items);
	}
	qsort(list, total, sizeof(*list), aged_compare);
	*aged = list;
	return total;
}

int fdb_shrink(const struct xsw_switch_handle *sw, __u32 fdb_max)
{
	struct fdb_aged *aged;
	__s64 learned;
	int n, err;

	err = fdb_count_add(sw, 0, &learned);
	if (err || learned <= fdb_max)
		return err;
	n = fdb_by_age(sw, &aged);
	if (n < 0)
		return n;
	for (int i = 0; i < n && learned > fdb_max; i++) {
		struct xsw_fdb_entry was;

		if (fdb_take(sw->map.fdb_shard[aged[i].shard], &aged[i].key, &was))
			continue;
		guard_learned_add(sw, was.port, -1);
		err = fdb_changed(sw, 1);
		if (err)
			break;
		learned--;
	}
	free(aged);
	return err;
}
