/* SPDX-License-Identifier: GPL-2.0 */
/* The forwarding database: what its entries mean, how many there may be, and what is told of them.
 * The table itself is in fdb_table.h, fdb_change.h and fdb_resize.h. The callers are learn.h,
 * forward.h, hook_age.c and hook_request.c.
 */
#pragma once

#include "bpf/able.h"
#include "bpf/count.h"
#include "bpf/event.h"
#include "bpf/fdb_resize.h"
#include "bpf/mac_limit.h"
#include "bpf/pkt.h"
#include "bpf/tables.h"

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

/* More or fewer static entries. */
static __always_inline void fdb_statics(__s64 n)
{
	struct xsw_fdb_count *c = fdb_count();

	if (c)
		__sync_fetch_and_add(&c->statics, n);
}

/**
 * fdb_forget() - delete an entry and take it from the counts, if it is still @old
 *
 * Return: has it been deleted?
 */
static __always_inline bool fdb_forget(__u64 key, union fdb_word old)
{
	if (!old.e.port || fdb_change(key, old.word, XSW_FDB_GONE) != FDB_DONE)
		return false;
	if (old.e.flags & XSW_FDB_STATIC) {
		fdb_statics(-1);
		tables_changed();
	} else {
		fdb_forgotten(old.e.port);
	}
	return true;
}

/* An address, of which @was is known, speaks on another port. Return: has @port one entry more now?
 * Not if the address is static, or another CPU was first.
 */
static __always_inline bool fdb_move(const struct xsw_fdb_key *key, union fdb_word was, __u32 now,
				     __u16 port)
{
	union fdb_word next = { .e = { .seen = now, .port = port } };

	if (was.e.flags & XSW_FDB_STATIC || was.e.port == port ||
	    fdb_change(fdb_key_word(key), was.word, next.word) != FDB_DONE)
		return false;
	mac_limit_forget(was.e.port);
	tables_changed();
	count_fdb_move(port);
	event(XSW_EVENT_MOVED, port, key, was.e.port);
	return true;
}

/* Is an entry as if it were not there, because it is too old, or its port lost its addresses? */
static __always_inline bool fdb_unknown(const struct xsw_fdb_entry *e, __u32 now,
					const struct xsw_switch *sw)
{
	return xsw_fdb_expired(e, now, sw->ageing_ticks) || able_void(e);
}

/* How many entries there are, and for a moment of each CPU one more. */
static __always_inline __u64 fdb_entries(const struct xsw_fdb_count *c)
{
	__s64 n = word_read((const __u64 *)&c->learned) + word_read((const __u64 *)&c->statics);

	return n > 0 ? n : 0;
}

/* An entry has been inserted: let there be a bucket more. As many buckets as entries are needed,
 * because buckets that are still to be split hold twice as many entries as the others.
 */
static __always_inline void fdb_grow(const struct xsw_fdb_count *c)
{
	__u32 buckets = xsw_fdb_buckets(word_read(&c->shape));

	if (fdb_entries(c) > buckets && buckets < c->buckets_max)
		fdb_split();
}

static long fdb_fit_cb(__u32 i, __u32 *merged)
{
	if (!fdb_merge())
		return 1;
	++*merged;
	return 0;
}

/* A table for eight times as many entries as there are shrinks, by up to @n buckets.
 * Return: by how many.
 */
static __always_inline __u32 fdb_fit(const struct xsw_fdb_count *c, __u32 n)
{
	__u32 buckets = xsw_fdb_buckets(word_read(&c->shape)), merged = loop_zero;
	__u64 wants = 2 * fdb_entries(c);

	if (buckets > wants && buckets > XSW_FDB_BUCKETS_MIN)
		bpf_loop(buckets - wants < n ? buckets - wants : n, fdb_fit_cb, &merged, 0);
	return merged;
}

/* ---- fdb_full evict */

#define FDB_EVICT_EXACT 1024 /* learned entries up to which the oldest of the port is found */
#define FDB_EVICT_EXACT_BUCKETS 8192 /* ... unless static entries make the table larger */
#define FDB_EVICT_SAMPLE 32	     /* beyond: of so many the oldest */
#define FDB_EVICT_LOOKS 512	     /* or of those in so many buckets */
#define FDB_EVICT_LOOKS_MAX 8192     /* buckets looked at where none was found in these */

struct fdb_victim {
	__u64 key;
	union fdb_word is;
	__u32 age;  /* ticks, plus 1; 0 while none is found */
	__u32 seen; /* entries of these ports looked at */
	__u32 now;
	__u32 port;  /* where the new address is: it is counted there already */
	__u32 most;  /* learned entries of the port that has the most */
	__u32 all;   /* ... of all ports */
	__u32 ports; /* that have any */
	__u32 least; /* a port with fewer loses nothing */
	__u32 exact;
	__u32 first; /* bucket where the search begins */
	__u32 buckets;
};

static long fdb_most_cb(__u32 index, struct fdb_victim *v)
{
	const struct xsw_guard *g = guard_get(index + 1);
	__s32 n = g ? g->learned : 0;

	if (n <= 0 || (index + 1 == v->port && n == 1))
		return 0;
	v->ports++;
	v->all += n;
	if ((__u32)n > v->most)
		v->most = n;
	return 0;
}

/* The ports that may lose an entry. In a large table these are also ports that have nearly as many as
 * the one that has the most, because others evict at the same time; but none with fewer than its
 * equal share.
 */
static __always_inline void fdb_victim_ports(struct fdb_victim *v)
{
	__u32 share;

	v->least = v->most;
	if (v->exact || !v->ports)
		return;
	share = (v->all + v->ports - 1) / v->ports;
	v->least = v->most - v->most / 16;
	if (v->least < share)
		v->least = share;
}

static __always_inline void fdb_victim_slot(const struct xsw_fdb_bucket *b, __u32 way,
					    struct fdb_victim *v)
{
	__u64 key = word_read(&b->key[way]);
	union fdb_word is = { .word = word_read(&b->value[way]) };
	const struct xsw_guard *g;
	__u32 age;

	if (!key || is.e.flags)
		return;
	g = guard_get(is.e.port);
	if (!g || g->learned < (__s32)v->least)
		return;
	v->seen++;
	age = xsw_fdb_age(&is.e, v->now) + 1;
	if (age > v->age) {
		v->age = age;
		v->key = key;
		v->is = is;
	}
}

static long fdb_victim_cb(__u32 i, struct fdb_victim *v)
{
	__u32 index = v->first + i;
	const struct xsw_fdb_bucket *b;

	if (index >= v->buckets)
		index -= v->buckets;
	b = fdb_bucket(index);
	if (!b)
		return 0;
	fdb_victim_slot(b, 0, v);
	fdb_victim_slot(b, 1, v);
	fdb_victim_slot(b, 2, v);
	fdb_victim_slot(b, 3, v);
	return !v->exact && v->seen >= (i < FDB_EVICT_LOOKS ? FDB_EVICT_SAMPLE : 1);
}

/* Make room for an address of @port: the port that has the most learned entries gives up the one that
 * spoke longest ago. In a large table it is the oldest of a sample, which begins at a place that
 * @key and @now say.
 *
 * verifier: global, and so is fdb_insert(), to be verified once each.
 * Return: 0, or -1 if nothing could be dropped: it has just moved, or gone.
 */
__noinline int fdb_evict(const struct xsw_fdb_key *key, __u32 port, __u32 now)
{
	struct fdb_victim v = {
		.key = loop_zero,
		.is = { .word = loop_zero },
		.age = loop_zero,
		.seen = loop_zero,
		.now = now,
		.port = port,
		.most = loop_zero,
		.all = loop_zero,
		.ports = loop_zero,
		.least = loop_zero,
		.exact = loop_zero,
		.first = loop_zero,
		.buckets = loop_zero,
	};
	const struct xsw_switch *sw = switch_get();
	const struct xsw_fdb_count *c = fdb_count();
	__u64 shape;

	if (!key || !sw || !c)
		return -1;
	shape = word_read(&c->shape);
	v.buckets = xsw_fdb_buckets(shape);
	v.exact = c->learned <= FDB_EVICT_EXACT && v.buckets <= FDB_EVICT_EXACT_BUCKETS;
	v.first = xsw_fdb_first(shape, xsw_fdb_hash(c->secret, fdb_key_word(key) + now));
	bpf_loop(sw->port_end, fdb_most_cb, &v, 0);
	fdb_victim_ports(&v);
	bpf_loop(v.buckets < FDB_EVICT_LOOKS_MAX ? v.buckets : FDB_EVICT_LOOKS_MAX, fdb_victim_cb,
		 &v, 0);
	if (!v.age || !fdb_forget(v.key, v.is))
		return -1;
	event_write(XSW_EVENT_EVICTED, v.is.e.port, v.key, 0);
	return 0;
}

/* Add a learned entry, while the FDB is not on hold. fdb_max binds exactly: the place is
 * taken in the count before the entry is made. Return: 0 if it was made.
 */
__noinline int fdb_insert(const struct xsw_fdb_key *key, __u32 port, __u32 now)
{
	union fdb_word next = { .e = { .seen = now, .port = port } };
	const struct xsw_switch *sw = switch_get();
	struct xsw_fdb_count *c = fdb_count();
	__s64 over;

	if (!key || !sw || !c)
		return -1;
	over = __sync_fetch_and_add(&c->learned, 1) + 1 - sw->fdb_max;
	if (over > 0) {
		if (!(sw->flags & XSW_SWITCH_FDB_EVICT) || fdb_evict(key, port, now))
			goto full;
		if (over > 1) { /* another CPU inserts, too */
			fdb_evict(key, port, now);
			goto full;
		}
	}
	/* That another CPU was first is as good as a full table: the next frame tries again. */
	if (fdb_enter(fdb_key_word(key), next.word) != FDB_DONE)
		goto full;
	fdb_grow(c);
	event(XSW_EVENT_LEARNED, port, key, 0);
	return 0;

full:
	__sync_fetch_and_add(&c->learned, -1);
	return -1;
}
