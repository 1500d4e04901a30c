/* SPDX-License-Identifier: GPL-2.0 */
/* The number of buckets of the FDB (fdb_change.h): it grows by one at a time, when somebody inserts,
 * and shrinks so, when the timer or a command asks for it.
 */
#pragma once

#include "bpf/fdb_change.h"

/* A bucket and the one that is split off it, or goes back into it. */
struct fdb_split {
	struct xsw_fdb_count *c;
	struct xsw_fdb_lock *lock;
	struct xsw_fdb_bucket *low, *high;
	__u32 buckets; /* in use before */
	__u32 index;   /* of @high */
	__u32 level;   /* of it */
};

static __always_inline bool fdb_split_find(struct fdb_split *s, __u32 index, __u32 level)
{
	__u32 stripe = index & (XSW_FDB_STRIPES - 1);

	s->index = index;
	s->level = level;
	s->lock = bpf_map_lookup_elem(&xsw_fdb_lock, &stripe);
	s->low = fdb_bucket(index - (1U << (level & 31)));
	s->high = fdb_bucket(index);
	return s->lock && s->low && s->high;
}

/* Add @step to @shape if the number of buckets is still what it was. Another CPU may split or merge at
 * the same time, under another lock: one of the two comes first, and the other one takes back what it
 * has done. Return: has it been added?
 */
static __always_inline bool shape_step(struct fdb_split *s, __u64 step)
{
	for (int i = 0; i < FDB_LOOKS; i++) {
		__u64 shape = word_read(&s->c->shape);

		if (xsw_fdb_buckets(shape) != s->buckets)
			return false;
		if (__sync_val_compare_and_swap(&s->c->shape, shape, shape + step) == shape)
			return true;
	}
	return false;
}

static __always_inline void bucket_clear(struct xsw_fdb_bucket *b)
{
	slot_clear(b, 0);
	slot_clear(b, 1);
	slot_clear(b, 2);
	slot_clear(b, 3);
}

/* No entry of @b is on its way any more. */
static __always_inline void bucket_unmark(struct xsw_fdb_bucket *b)
{
	slot_unmark(b, 0);
	slot_unmark(b, 1);
	slot_unmark(b, 2);
	slot_unmark(b, 3);
}

/* Does @key belong to bucket @index alone, in a table of @shape? */
static __always_inline bool key_goes(const struct fdb_split *s, __u64 key, __u64 shape)
{
	__u64 hash = xsw_fdb_hash(s->c->secret, key);
	__u32 low = s->index - (1U << (s->level & 31));

	return xsw_fdb_first(shape, hash) != low && xsw_fdb_second(shape, hash) != low;
}

/* Copy what is in slot @way of the low bucket and belongs to the high one, which is empty, and where
 * no reader looks yet. Return: 1 << @way if it does, else 0.
 */
static __always_inline __u32 split_copy(struct fdb_split *s, __u32 way, __u64 shape)
{
	__u64 key = word_read(&s->low->key[way]);

	if (!key || !key_goes(s, key, shape))
		return unknown(0);
	slot_fill(s->high, way, key, slot_mark(s->low, way));
	return unknown(1U << way);
}

static __always_inline void split_clear(struct fdb_split *s, __u32 way, __u32 went)
{
	if (went & 1U << way)
		slot_clear(s->low, way);
}

static __always_inline void split_locked(struct fdb_split *s)
{
	__u64 shape = word_read(&s->c->shape), step = XSW_FDB_SHAPE_CHANGE + 1;
	__u32 went;

	if (xsw_fdb_buckets(shape) != s->buckets)
		return;
	if (s->buckets + 1 == 2U << (s->level & 31))
		step += 1ULL << XSW_FDB_SHAPE_LEVEL;
	went = split_copy(s, 0, shape + step);
	went |= split_copy(s, 1, shape + step);
	went |= split_copy(s, 2, shape + step);
	went |= split_copy(s, 3, shape + step);
	if (!shape_step(s, step)) {
		bucket_clear(s->high);
		bucket_unmark(s->low);
		return;
	}
	split_clear(s, 0, went);
	split_clear(s, 1, went);
	split_clear(s, 2, went);
	split_clear(s, 3, went);
	if (went)
		bucket_unmark(s->high);
}

/* One bucket more, unless another CPU makes their number another. Return: 1, or 0 if there are as many
 * as may be.
 */
__noinline int fdb_split(void)
{
	struct fdb_split s;
	__u64 shape;

	s.c = fdb_count();
	if (!s.c)
		return 0;
	shape = word_read(&s.c->shape);
	s.buckets = xsw_fdb_buckets(shape);
	if (s.buckets >= s.c->buckets_max || !fdb_split_find(&s, s.buckets, xsw_fdb_level(shape)))
		return 0;
	bpf_spin_lock(&s.lock->lock);
	split_locked(&s);
	bpf_spin_unlock(&s.lock->lock);
	return 1;
}

/* Insert @key, which is not there. If there is no room one of the entries in its buckets moves to its
 * other bucket, or the table grows. Return: FDB_DONE, FDB_THERE or FDB_FULL.
 */
__noinline int fdb_enter(__u64 key, __u64 value)
{
	int is = FDB_FULL;

	for (int i = 0; i < FDB_TRIES; i++) {
		is = fdb_enter_once(key, value);
		if (is != FDB_AGAIN && is != FDB_FULL)
			return is;
		if (is == FDB_FULL && !fdb_make_room(key) && !fdb_split())
			return is;
	}
	return FDB_FULL;
}

/* How many slots @match says. */
static __always_inline __u32 match_count(__u32 match)
{
	return (match & 1) + (match >> 1 & 1) + (match >> 2 & 1) + (match >> 3 & 1);
}

/* Copy what is in slot @way of the high bucket into the low one, where there is room.
 * Return: 1 << the slot there, 0 if there is nothing to copy.
 */
static __always_inline __u32 merge_copy(struct fdb_split *s, __u32 way)
{
	__u64 key = word_read(&s->high->key[way]);
	__u32 to;

	if (!key)
		return unknown(0);
	to = match_first(bucket_match(s->low, 0));
	slot_fill(s->low, to, key, slot_mark(s->high, way));
	return unknown(1U << to);
}

/* Take back what merge_copy() has put into slot @way of the low bucket. */
static __always_inline void merge_clear(struct fdb_split *s, __u32 way, __u32 came)
{
	if (came & 1U << way)
		slot_clear(s->low, way);
}

static __always_inline bool merge_locked(struct fdb_split *s)
{
	__u64 shape = word_read(&s->c->shape), step = XSW_FDB_SHAPE_CHANGE - 1;
	__u32 came;

	if (xsw_fdb_buckets(shape) != s->buckets ||
	    match_count(bucket_match(s->low, 0)) + match_count(bucket_match(s->high, 0)) <
		    XSW_FDB_WAYS)
		return false;
	if (s->level != xsw_fdb_level(shape))
		step -= 1ULL << XSW_FDB_SHAPE_LEVEL;
	came = merge_copy(s, 0);
	came |= merge_copy(s, 1);
	came |= merge_copy(s, 2);
	came |= merge_copy(s, 3);
	__sync_fetch_and_add(&s->c->relocated, 1);
	if (!shape_step(s, step)) {
		merge_clear(s, 0, came);
		merge_clear(s, 1, came);
		merge_clear(s, 2, came);
		merge_clear(s, 3, came);
		bucket_unmark(s->high);
		return false;
	}
	bucket_clear(s->high);
	bucket_unmark(s->low);
	return true;
}

/* Move an entry of bucket number @index to its other bucket. Return: 1 if one has moved, else 0. */
static __always_inline int bucket_thin(const struct xsw_fdb_bucket *b, __u32 index)
{
	for (__u32 way = 0; way < XSW_FDB_WAYS; way++) {
		__u64 key = word_read(&b->key[way]);

		if (key && fdb_relocate(key, index))
			return 1;
	}
	return 0;
}

/* One bucket less: the last goes back into the one it was split off. If its entries find no room
 * there one of them moves to its other bucket, and the next call may succeed.
 * Return: 1, or 0 if there are as few as may be, or nothing can move.
 */
__noinline int fdb_merge(void)
{
	struct fdb_split s;
	__u32 level;
	__u64 shape;
	bool done;

	s.c = fdb_count();
	if (!s.c)
		return 0;
	shape = word_read(&s.c->shape);
	s.buckets = xsw_fdb_buckets(shape);
	if (s.buckets <= XSW_FDB_BUCKETS_MIN)
		return 0;
	level = xsw_fdb_level(shape);
	if (s.buckets == 1U << (level & 31))
		level--;
	if (!fdb_split_find(&s, s.buckets - 1, level))
		return 0;
	bpf_spin_lock(&s.lock->lock);
	done = merge_locked(&s);
	bpf_spin_unlock(&s.lock->lock);
	return done || bucket_thin(s.high, s.index) ||
	       bucket_thin(s.low, s.index - (1U << (level & 31)));
}
