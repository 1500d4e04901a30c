/* SPDX-License-Identifier: GPL-2.0 */
/* The forwarding database: find, insert, make room, expire. The callers are
 * learn.h, forward.h and age.h.
 */
#pragma once

#include "bpf/event.h"
#include "bpf/guard.h"
#include "bpf/pkt.h"
#include "bpf/tables.h"

static __always_inline void *fdb_shard(const struct xsw_fdb_key *key)
{
	__u32 shard = xsw_fdb_shard(key);

	return bpf_map_lookup_elem(&xsw_fdb, &shard);
}

/* The entry for @key, expired or not; NULL if there is none. */
static __always_inline struct xsw_fdb_entry *fdb_find(const struct xsw_fdb_key *of)
{
	/* verifier: on 6.1 a key must be on the stack, not behind an argument */
	struct xsw_fdb_key key = *of;
	void *shard = fdb_shard(&key);

	return shard ? bpf_map_lookup_elem(shard, &key) : NULL;
}

static __always_inline struct xsw_fdb_count *fdb_count(void)
{
	__u32 zero = 0;

	return bpf_map_lookup_elem(&xsw_fdb_count, &zero);
}

/* Something that decisions rest on has changed: what was decided before is
 * void (see cache.h).
 */
static __always_inline void tables_changed(void)
{
	struct xsw_fdb_count *c = fdb_count();

	if (c)
		__sync_fetch_and_add(&c->generation, 1);
}

/* An entry learned on @port has been deleted. */
static __always_inline void fdb_forgotten(__u32 port)
{
	struct xsw_fdb_count *c = fdb_count();

	guard_forget(port);
	if (c)
		__sync_fetch_and_add(&c->learned, -1);
	tables_changed();
}

/* Write a learned entry, whole: readers see the old one or the new one.
 * Return: the port it pointed to, 0 if it is static or another CPU was first.
 */
static __always_inline __u32 fdb_write(struct xsw_fdb_entry *e, __u32 seen, __u16 port)
{
	union {
		struct xsw_fdb_entry e;
		__u64 word;
	} next = { .e = { .seen = seen, .port = port } }, old = { .word = *(volatile __u64 *)e };

	if (old.e.flags & XSW_FDB_STATIC ||
	    __sync_val_compare_and_swap((__u64 *)e, old.word, next.word) != old.word)
		return 0;
	return old.e.port;
}

/* It spoke again on @port: note when, unless it has moved meanwhile. */
static __always_inline void fdb_refresh(struct xsw_fdb_entry *e, __u32 seen, __u16 port)
{
	union {
		struct xsw_fdb_entry e;
		__u64 word;
	} next = { .e = { .seen = seen, .port = port } }, old = { .word = *(volatile __u64 *)e };

	if (old.e.port == port && !(old.e.flags & XSW_FDB_STATIC))
		__sync_val_compare_and_swap((__u64 *)e, old.word, next.word);
}

/* An address speaks on another port. Return: has @port one entry more now? */
static __always_inline bool fdb_move(struct xsw_fdb_entry *e, const struct xsw_fdb_key *key,
				     __u32 seen, __u16 port)
{
	__u32 from = fdb_write(e, seen, port);

	if (!from || from == port)
		return false;
	guard_forget(from);
	tables_changed();
	event(XSW_EVENT_MOVED, port, key, from);
	return true;
}

#define E2BIG 7
#define FDB_EVICT_SAMPLE 32 /* learned entries that fdb_evict() compares */

struct fdb_victim {
	struct xsw_fdb_key key;
	__u32 age;  /* ticks, plus 1; 0 while none is found */
	__u32 seen; /* entries looked at */
	__u32 now;
	__u32 port;
};

static long fdb_victim_cb(void *map, struct xsw_fdb_key *key, struct xsw_fdb_entry *e,
			  struct fdb_victim *v)
{
	if (e->flags & XSW_FDB_STATIC)
		return 0;
	if (xsw_fdb_age(e, v->now) + 1 > v->age) {
		v->age = xsw_fdb_age(e, v->now) + 1;
		v->key = *key;
		v->port = e->port;
	}
	return ++v->seen >= FDB_EVICT_SAMPLE;
}

/* Drop the oldest of some learned entries, from the shard of @key if it has
 * any, else from the next that has. Not the oldest of all: finding that would
 * cost a scan of the table for each new address.
 *
 * verifier: global, and so is fdb_insert(), to be verified once each.
 * Return: 0, or -1 if nothing could be dropped.
 */
__noinline int fdb_evict(const struct xsw_fdb_key *key, __u32 now)
{
	struct fdb_victim v = {
		.key = { { loop_zero, loop_zero, loop_zero, loop_zero, loop_zero, loop_zero },
			 loop_zero },
		.age = loop_zero,
		.seen = loop_zero,
		.now = now,
		.port = loop_zero,
	};
	__u32 first, i;

	if (!key)
		return -1;
	first = xsw_fdb_shard(key);
	for (i = 0; i < XSW_FDB_SHARDS; i++) {
		__u32 shard = (first + i) & (XSW_FDB_SHARDS - 1);
		void *map = bpf_map_lookup_elem(&xsw_fdb, &shard);

		if (!map)
			continue;
		bpf_for_each_map_elem(map, fdb_victim_cb, &v, 0);
		if (!v.age)
			continue;
		if (bpf_map_delete_elem(map, &v.key))
			return -1;
		fdb_forgotten(v.port);
		event(XSW_EVENT_EVICTED, v.port, &v.key, 0);
		return 0;
	}
	return -1;
}

/* Add a learned entry. fdb_max binds exactly: the place is taken in the count
 * before the entry is made.
 */
__noinline int fdb_insert(const struct xsw_fdb_key *from, __u32 port, __u32 now)
{
	struct xsw_fdb_entry e = { .seen = now, .port = port };
	const struct xsw_switch *sw = switch_get();
	struct xsw_fdb_count *c;
	struct xsw_fdb_key key;
	void *shard;
	__s64 over;
	long err;

	if (!from || !sw || sw->flags & XSW_SWITCH_FDB_HOLD)
		return -1;
	key = *from; /* verifier: as in fdb_find() */
	c = fdb_count();
	shard = fdb_shard(&key);
	if (!c || !shard)
		return -1;
	over = __sync_fetch_and_add(&c->learned, 1) + 1 - sw->fdb_max;
	if (over > 0) {
		if (!(sw->flags & XSW_SWITCH_FDB_EVICT) || fdb_evict(&key, now))
			goto full;
		if (over > 1) { /* another CPU inserts, too */
			fdb_evict(&key, now);
			goto full;
		}
	}
	/* -EBUSY (nested on this CPU) and -EEXIST (another CPU was first) are
	 * as good as a full table: the next frame tries again.
	 */
	err = bpf_map_update_elem(shard, &key, &e, BPF_NOEXIST);
	if (err == -E2BIG && sw->flags & XSW_SWITCH_FDB_EVICT && !fdb_evict(&key, now))
		err = bpf_map_update_elem(shard, &key, &e, BPF_NOEXIST);
	if (err)
		goto full;
	event(XSW_EVENT_LEARNED, port, &key, 0);
	return 0;

full:
	__sync_fetch_and_add(&c->learned, -1);
	return -1;
}
