/* SPDX-License-Identifier: GPL-2.0 */
/* Changes of the FDB's entries (fdb_table.h): insert, move to the other bucket, change, delete.
 *
 * Whoever changes keys holds the lock of the key's stripe. So the table never holds a key twice but
 * while the entry changes its bucket, two CPUs that learn one address insert it once, and what is found
 * under the lock stays. A lock is right here, as in the kernel's own hash map: it is held for 50 to
 * 100 instructions with interrupts off, no function is called and nothing waited for meanwhile, and
 * it is of one of 16 stripes; frames whose addresses are known take none.
 */
#pragma once

#include "bpf/fdb_table.h"

/* A key's two buckets, and its lock. */
struct fdb_pair {
	struct xsw_fdb_count *c;
	struct xsw_fdb_lock *lock;
	struct xsw_fdb_bucket *b[2];
	__u64 hash;
	__u32 index[2];
};

/* verifier: no call may be made while a lock is held, so buckets are looked up before. */
static __always_inline bool fdb_pair(__u64 key, struct fdb_pair *p)
{
	__u32 stripe;
	__u64 shape;

	p->c = fdb_count();
	if (!p->c)
		return false;
	shape = word_read(&p->c->shape);
	p->hash = xsw_fdb_hash(p->c->secret, key);
	stripe = p->hash & (XSW_FDB_STRIPES - 1);
	p->lock = bpf_map_lookup_elem(&xsw_fdb_lock, &stripe);
	p->index[0] = xsw_fdb_first(shape, p->hash);
	p->index[1] = xsw_fdb_second(shape, p->hash);
	p->b[0] = fdb_bucket(p->index[0]);
	p->b[1] = fdb_bucket(p->index[1]);
	return p->lock && p->b[0] && p->b[1];
}

/* Are these still the key's buckets, now that its stripe is locked? */
static __always_inline bool pair_holds(const struct fdb_pair *p)
{
	__u64 shape = word_read(&p->c->shape);

	return xsw_fdb_first(shape, p->hash) == p->index[0] &&
	       xsw_fdb_second(shape, p->hash) == p->index[1];
}

/* What a change came to */
#define FDB_DONE 0
#define FDB_THERE 1 /* the key is there already */
#define FDB_OTHER 2 /* it is not there, or has another value */
#define FDB_FULL 3  /* both buckets are full */
#define FDB_AGAIN 4 /* a bucket was being split: ask again */

/* Fill a free slot: the value first. */
static __always_inline void slot_fill(struct xsw_fdb_bucket *b, __u32 way, __u64 key, __u64 value)
{
	word_write(&b->value[way], value);
	word_put(&b->key[way], key);
}

static __always_inline void slot_clear(struct xsw_fdb_bucket *b, __u32 way)
{
	word_put(&b->value[way], XSW_FDB_GONE);
	word_put(&b->key[way], 0);
}

/* Mark the entry in slot @way as one that is about to stand twice. Return: its value, marked. */
static __always_inline __u64 slot_mark(struct xsw_fdb_bucket *b, __u32 way)
{
	return __sync_fetch_and_or(&b->value[way], XSW_FDB_MOVING_WORD) | XSW_FDB_MOVING_WORD;
}

static __always_inline void slot_unmark(struct xsw_fdb_bucket *b, __u32 way)
{
	__sync_fetch_and_and(&b->value[way], ~XSW_FDB_MOVING_WORD);
}

static __always_inline int pair_enter(struct fdb_pair *p, __u64 key, __u64 value)
{
	__u32 match;

	if (!pair_holds(p))
		return FDB_AGAIN;
	if (bucket_match(p->b[0], key) || bucket_match(p->b[1], key))
		return FDB_THERE;
	match = bucket_match(p->b[0], 0);
	if (match) {
		slot_fill(p->b[0], match_first(match), key, value);
		return FDB_DONE;
	}
	match = bucket_match(p->b[1], 0);
	if (!match)
		return FDB_FULL;
	slot_fill(p->b[1], match_first(match), key, value);
	return FDB_DONE;
}

/* verifier: global, to be verified once, and so are all that follow; numbers, because on 6.1 they
 * need not be told where pointers point. Return: FDB_*
 */
__noinline int fdb_enter_once(__u64 key, __u64 value)
{
	struct fdb_pair p;
	int is;

	if (!fdb_pair(key, &p))
		return FDB_FULL;
	bpf_spin_lock(&p.lock->lock);
	is = pair_enter(&p, key, value);
	bpf_spin_unlock(&p.lock->lock);
	return is;
}

/* Move the entry in slot @way of bucket @from to a free slot of bucket @to. In between, readers find
 * it twice.
 */
static __always_inline void slot_move(struct fdb_pair *p, struct xsw_fdb_bucket *from, __u32 way,
				      struct xsw_fdb_bucket *to, __u32 to_way, __u64 key)
{
	slot_fill(to, to_way, key, slot_mark(from, way));
	__sync_fetch_and_add(&p->c->relocated, 1);
	__sync_fetch_and_add(&p->c->shape, XSW_FDB_SHAPE_CHANGE);
	slot_clear(from, way);
	slot_unmark(to, to_way);
}

/* Move the entry of @key from bucket @from to its other bucket.
 * Return: 1 if there is a free slot in @from now, else 0.
 */
__noinline int fdb_relocate(__u64 key, __u32 from)
{
	struct xsw_fdb_bucket *b, *to;
	__u32 match, room, done = 0;
	struct fdb_pair p;

	if (!key || !fdb_pair(key, &p) || p.index[0] == p.index[1])
		return !key;
	b = p.index[0] == from ? p.b[0] : p.b[1];
	to = p.index[0] == from ? p.b[1] : p.b[0];
	bpf_spin_lock(&p.lock->lock);
	match = bucket_match(b, key);
	room = bucket_match(to, 0);
	if (pair_holds(&p) && match && room) {
		slot_move(&p, b, match_way(match), to, match_first(room), key);
		done = 1;
	}
	bpf_spin_unlock(&p.lock->lock);
	return done;
}

/* The same for the entries of one bucket, until one has moved. */
static __always_inline int bucket_make_room(const struct xsw_fdb_bucket *b, __u32 index)
{
	for (__u32 way = 0; way < XSW_FDB_WAYS; way++)
		if (fdb_relocate(word_read(&b->key[way]), index))
			return 1;
	return 0;
}

/* Both buckets of @key are full: move one of the entries there to its other bucket.
 * Return: 1 if there is room now, else 0.
 */
__noinline int fdb_make_room(__u64 key)
{
	struct fdb_pair p;

	if (!fdb_pair(key, &p))
		return 0;
	return bucket_make_room(p.b[0], p.index[0]) || bucket_make_room(p.b[1], p.index[1]);
}

#define FDB_TRIES 8

static __always_inline int slot_change(struct xsw_fdb_bucket *b, __u32 way, __u64 old, __u64 next)
{
	if (__sync_val_compare_and_swap(&b->value[way], old, next) != old)
		return FDB_OTHER;
	if (next == XSW_FDB_GONE)
		word_put(&b->key[way], 0);
	return FDB_DONE;
}

static __always_inline int pair_change(struct fdb_pair *p, __u64 key, __u64 old, __u64 next)
{
	__u32 match;

	if (!pair_holds(p))
		return FDB_AGAIN;
	match = bucket_match(p->b[0], key);
	if (match)
		return slot_change(p->b[0], match_way(match), old, next);
	match = bucket_match(p->b[1], key);
	return match ? slot_change(p->b[1], match_way(match), old, next) : FDB_OTHER;
}

__noinline int fdb_change_once(__u64 key, __u64 old, __u64 next)
{
	struct fdb_pair p;
	int is;

	if (!fdb_pair(key, &p))
		return FDB_OTHER;
	bpf_spin_lock(&p.lock->lock);
	is = pair_change(&p, key, old, next);
	bpf_spin_unlock(&p.lock->lock);
	return is;
}

/* Make the entry of @key @next if it is still @old; XSW_FDB_GONE deletes it.
 * Return: FDB_DONE or FDB_OTHER.
 */
__noinline int fdb_change(__u64 key, __u64 old, __u64 next)
{
	int is = FDB_OTHER;

	for (int i = 0; i < FDB_TRIES; i++) {
		is = fdb_change_once(key, old, next);
		if (is != FDB_AGAIN)
			return is;
	}
	return FDB_OTHER;
}
