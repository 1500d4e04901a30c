/* SPDX-License-Identifier: GPL-2.0 */
/* The table of the forwarding database (maps/fdb.h says how it is laid out): look-ups, and the time of
 * an address that speaks again. Neither takes a lock, and a look-up writes nothing. Entries are
 * changed in fdb_change.h, buckets split and merged in fdb_resize.h. What the entries mean, and how
 * many there may be, fdb.h knows.
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
	if (!match || !key) /* free slots have key 0 */
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
static __always_inline void fdb_aim_by(const struct xsw_fdb_count *c, __u64 key,
				       struct fdb_aim *aim)
{
	aim->bucket = NULL;
	aim->index = xsw_fdb_first(word_read(&c->shape), xsw_fdb_hash(c->secret, key));
	aim->bucket = fdb_bucket(aim->index);
	if (aim->bucket)
		word_read(&aim->bucket->key[0]);
}

static __always_inline void fdb_aim(__u64 key, struct fdb_aim *aim)
{
	const struct xsw_fdb_count *c = fdb_count();

	aim->bucket = NULL;
	if (c)
		fdb_aim_by(c, key, aim);
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
