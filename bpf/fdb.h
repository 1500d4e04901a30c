/* SPDX-License-Identifier: GPL-2.0 */
/* The forwarding database: find, insert, make room, expire. The callers are
 * learn.h, forward.h, hook_age.c and hook_request.c.
 */
#pragma once

#include <linux/errno.h>

#include "bpf/able.h"
#include "bpf/count.h"
#include "bpf/event.h"
#include "bpf/mac_limit.h"
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

/* Count a move, once before the entry changes and once after. The result of the addition is used,
 * which keeps that order on every CPU (Documentation/atomic_t.txt).
 */
static __always_inline void fdb_moves(bool begins)
{
	struct xsw_fdb_count *c = fdb_count();
	__u64 was;

	if (!c)
		return;
	was = __sync_fetch_and_add(begins ? &c->moves_begun : &c->moves_done, 1);
	asm volatile("" : : "r"(was));
}

/* An entry learned on @port has been deleted. */
static __always_inline void fdb_forgotten(__u32 port)
{
	struct xsw_fdb_count *c = fdb_count();

	mac_limit_forget(port);
	if (c)
		__sync_fetch_and_add(&c->learned, -1);
	tables_changed();
}

/* An entry as one word. It changes by compare-and-swap only, and the program whose swap succeeded
 * corrects the counts: so they are exact however many CPUs change the same entry.
 */
union fdb_word {
	struct xsw_fdb_entry e;
	__u64 word;
};

static __always_inline union fdb_word fdb_get(const struct xsw_fdb_entry *e)
{
	union fdb_word w = { .word = *(const volatile __u64 *)e };

	return w;
}

static __always_inline bool fdb_swap(struct xsw_fdb_entry *e, union fdb_word old,
				     union fdb_word next)
{
	return __sync_val_compare_and_swap((__u64 *)e, old.word, next.word) == old.word;
}

/**
 * fdb_forget() - delete an entry and take it from the counts, if it is still @old
 * @map: its shard
 *
 * The entry is first given port 0 and made static. Then no other program changes it, and programs
 * that found it earlier see that it is gone.
 * Return: has it been deleted?
 */
static __always_inline bool fdb_forget(void *map, struct xsw_fdb_key *key, struct xsw_fdb_entry *e,
				       union fdb_word old)
{
	const union fdb_word gone = { .e = { .flags = XSW_FDB_STATIC } };
	long err;

	if (!old.e.port || !fdb_swap(e, old, gone))
		return false;
	err = bpf_map_delete_elem(map, key);
	if (err && err != -ENOENT) /* nested on this CPU, the bucket is locked: it stays */
		*(volatile __u64 *)e = old.word;
	if (err)
		return false;
	if (old.e.flags & XSW_FDB_STATIC)
		tables_changed();
	else
		fdb_forgotten(old.e.port);
	return true;
}

/* Write a learned entry. Return: the port it pointed to; 0 if it is static, or another CPU
 * was first.
 */
static __always_inline __u32 fdb_write(struct xsw_fdb_entry *e, __u32 seen, __u16 port)
{
	union fdb_word next = { .e = { .seen = seen, .port = port } }, old = fdb_get(e);

	if (old.e.flags & XSW_FDB_STATIC || !fdb_swap(e, old, next))
		return 0;
	return old.e.port;
}

/* The address spoke again on @port: note when, unless it has moved meanwhile. */
static __always_inline void fdb_refresh(struct xsw_fdb_entry *e, __u32 seen, __u16 port)
{
	union fdb_word next = { .e = { .seen = seen, .port = port } }, old = fdb_get(e);

	if (old.e.port == port && !(old.e.flags & XSW_FDB_STATIC))
		fdb_swap(e, old, next);
}

/* An address speaks on another port. Return: has @port one entry more now? */
static __always_inline bool fdb_move(struct xsw_fdb_entry *e, const struct xsw_fdb_key *key,
				     __u32 seen, __u16 port)
{
	__u32 from = fdb_write(e, seen, port);

	if (!from || from == port)
		return false;
	mac_limit_forget(from);
	tables_changed();
	count_fdb_move(port);
	event(XSW_EVENT_MOVED, port, key, from);
	return true;
}

/* Is an entry as if it were not there, because it is too old, or its port lost its addresses? */
static __always_inline bool fdb_unknown(const struct xsw_fdb_entry *e, __u32 now,
					const struct xsw_switch *sw)
{
	return xsw_fdb_expired(e, now, sw->ageing_ticks) || able_void(e);
}

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

/* Delete the learned entry of @port that has been found under @key. */
static __always_inline bool fdb_forget_key(void *map, struct xsw_fdb_key *key, __u32 port)
{
	struct xsw_fdb_entry *e = bpf_map_lookup_elem(map, key);
	union fdb_word is;

	if (!e)
		return false;
	is = fdb_get(e);
	return is.e.port == port && !is.e.flags && fdb_forget(map, key, e, is);
}

/* Drop the oldest of some learned entries, from the shard of @key if it has
 * any, else from the next that has. Not the oldest of all: finding that would
 * cost a scan of the table for each new address.
 *
 * verifier: global, and so is fdb_insert(), to be verified once each.
 * Return: 0, or -1 if nothing could be dropped: all are static, or it has just moved.
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
		if (!fdb_forget_key(map, &v.key, v.port))
			return -1;
		event(XSW_EVENT_EVICTED, v.port, &v.key, 0);
		return 0;
	}
	return -1;
}

/* Add a learned entry, while the FDB is not on hold. fdb_max binds exactly: the place is
 * taken in the count before the entry is made.
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

	if (!from || !sw)
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
