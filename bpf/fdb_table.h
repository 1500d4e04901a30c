/* SPDX-License-Identifier: GPL-2.0 */
/* The table of the forwarding database (maps/fdb.h says how it is laid out): look up, insert,
 * change, delete, grow, shrink. What the entries mean, and how many there may be, fdb.h knows.
 *
 * A look-up takes no lock and writes nothing. Whoever changes keys holds the lock of the key's
 * stripe, so the table never holds a key twice but while the entry changes its bucket, and what is
 * found under the lock stays. A lock is held for some 50 to 100 instructions with interrupts off;
 * that an address speaks again on its port takes none (fdb_refresh()).
 */
#pragma once

#include <stdbool.h>

#include "bpf/tables.h"
#include "bpf/word.h"

/* An entry as one word. It changes by compare-and-swap only, and the program whose swap succeeded
 * corrects the counts: so they are exact however many CPUs change the same entry.
 */
union fdb_word {
	struct xsw_fdb_entry e;
	__u64 word;
};

/* What a look-up found of a key. @is.e.port is 0 if there is nothing. */
struct fdb_seen {
	union fdb_word is;
	__u32 place; /* bucket * XSW_FDB_WAYS + way */
	__u32 pad;
};

static __always_inline __u64 fdb_key_word(const struct xsw_fdb_key *key)
{
	return *(const __u64 *)key;
}

/* Bucket number @index; NULL if there is no such segment. */
static __always_inline struct xsw_fdb_bucket *fdb_bucket(__u32 index)
{
	__u32 segment = index >> XSW_FDB_SEGMENT_BITS, at = index & (XSW_FDB_SEGMENT - 1);
	void *map = bpf_map_lookup_elem(&xsw_fdb, &segment);

	return map ? bpf_map_lookup_elem(map, &at) : NULL;
}

/* 1 if two words are equal, without a branch that a CPU could only guess. */
static __always_inline __u64 words_equal(__u64 a, __u64 b)
{
	__u64 d = a ^ b;

	return ~(d | -d) >> 63;
}

/* The slots of @b that hold @key: bit N is slot N. */
static __always_inline __u32 bucket_match(const struct xsw_fdb_bucket *b, __u64 key)
{
	return words_equal(word_read(&b->key[0]), key) |
	       words_equal(word_read(&b->key[1]), key) << 1 |
	       words_equal(word_read(&b->key[2]), key) << 2 |
	       words_equal(word_read(&b->key[3]), key) << 3;
}

/* The number of the one bit of @match.
 * verifier: the mask must be seen, though a compiler may know better.
 */
static __always_inline __u32 match_way(__u32 match)
{
	__u32 way = (match >> 1) - (match >> 3);

	asm volatile("" : "+r"(way));
	return way & (XSW_FDB_WAYS - 1);
}

static __always_inline __u32 match_first(__u32 match)
{
	return match_way(match & -match);
}

/* Read the entry of @key in @b: key, value, key, in this order also on CPUs that reorder loads, because
 * the place of the value depends on what the keys were, and the second look at the key on the value.
 * @after: result: depends on all that was read
 *
 * Return: is it there?
 */
static __always_inline bool bucket_read(const struct xsw_fdb_bucket *b, __u32 index, __u64 key,
					struct fdb_seen *seen, __u64 *after)
{
	__u32 match = bucket_match(b, key), way = match_way(match);
	__u64 again;

	*after = match;
	if (!match)
		return false;
	seen->is.word = word_read(&b->value[way]) & ~XSW_FDB_MOVING_WORD;
	seen->place = index * XSW_FDB_WAYS + way;
	again = word_read_after(&b->key[way], seen->is.word);
	*after |= again;
	return again == key && seen->is.e.port;
}

#define FDB_LOOKS 8 /* as often as entries may change their buckets while one key is looked for */

/* Return: is it there? If not, @shape: as it is after both buckets were read. */
static __always_inline bool fdb_look_once(const struct xsw_fdb_count *c, __u64 key, __u64 *shape,
					  struct fdb_seen *seen)
{
	__u64 hash = xsw_fdb_hash(c->secret, key), after_first = 0, after_second = 0;
	__u32 first = xsw_fdb_first(*shape, hash), second = xsw_fdb_second(*shape, hash);
	const struct xsw_fdb_bucket *b = fdb_bucket(first);

	if (b && bucket_read(b, first, key, seen, &after_first))
		return true;
	b = fdb_bucket(second);
	if (b && bucket_read(b, second, key, seen, &after_second))
		return true;
	*shape = word_read_after(&c->shape, after_first | after_second);
	return false;
}

/* Look in both buckets of @key, again if entries have changed their buckets meanwhile.
 * verifier: global, to be verified once. Return: is it there?
 */
__noinline int fdb_look(__u64 key, struct fdb_seen *seen)
{
	const struct xsw_fdb_count *c = fdb_count();
	__u64 shape, was;

	if (!c || !seen)
		return 0;
	shape = word_read(&c->shape);
	for (int i = 0; i < FDB_LOOKS; i++) {
		was = shape;
		if (fdb_look_once(c, key, &shape, seen))
			return 1;
		if (shape == was)
			break;
	}
	seen->is.word = 0;
	return 0;
}

/* Where a look-up begins. */
struct fdb_aim {
	const struct xsw_fdb_bucket *bucket;
	__u32 index;
};

/**
 * fdb_aim() - find out where the entry of a key is looked for first, and have the memory fetched
 *
 * Two look-ups of one frame are aimed before either is finished: then the CPU waits for memory once.
 */
static __always_inline void fdb_aim(__u64 key, struct fdb_aim *aim)
{
	const struct xsw_fdb_count *c = fdb_count();

	aim->bucket = NULL;
	if (!c)
		return;
	aim->index = xsw_fdb_first(word_read(&c->shape), xsw_fdb_hash(c->secret, key));
	aim->bucket = fdb_bucket(aim->index);
	if (aim->bucket)
		word_read(&aim->bucket->key[0]);
}

/** fdb_get() - what is known of @key, expired or not. @aim: of fdb_aim(). Return: is it there? */
static __always_inline bool fdb_get(__u64 key, const struct fdb_aim *aim, struct fdb_seen *seen)
{
	__u64 after;

	if (aim->bucket && bucket_read(aim->bucket, aim->index, key, seen, &after))
		return true;
	return fdb_look(key, seen);
}

/** fdb_find() - the same where there is only one look-up */
static __always_inline bool fdb_find(const struct xsw_fdb_key *key, struct fdb_seen *seen)
{
	struct fdb_aim aim;

	fdb_aim(fdb_key_word(key), &aim);
	return fdb_get(fdb_key_word(key), &aim, seen);
}

/* The address spoke again on its port: note when, unless the entry has changed meanwhile. Without a
 * lock: should the slot hold another entry by now that is of the same port and time, that
 * one has spoken a moment longer than it has.
 */
static __always_inline void fdb_refresh(const struct fdb_seen *seen, __u32 now)
{
	struct xsw_fdb_bucket *b = fdb_bucket(seen->place / XSW_FDB_WAYS);
	union fdb_word next = seen->is;
	__u32 way = seen->place;

	next.e.seen = now;
	asm volatile("" : "+r"(way));
	if (b)
		__sync_val_compare_and_swap(&b->value[way & (XSW_FDB_WAYS - 1)], seen->is.word,
					    next.word);
}

/* ---- changes, under a lock */

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

/* ---- the number of buckets */

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
