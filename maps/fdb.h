/* SPDX-License-Identifier: GPL-2.0 */
/* The forwarding database: (VLAN, address) -> port, one per switch.
 *
 * A hash table of buckets of one cache line, four entries each. The place of an entry is one of two
 * buckets, by two halves of one hash, keyed with a secret of the switch. The number of buckets
 * follows the number of entries (linear hashing): bucket N is split off bucket N - 2^level, when
 * there are more entries than buckets.
 *
 * Programs alone write (bpf/fdb_change.h); processes map the table and read. A reader takes no lock:
 *  - A slot whose key is 0 is free. A slot is written value first, and cleared value first (port 0,
 *    static: an entry that is being deleted).
 *  - A reader that found a key reads the value, and then the key again: if that has changed, the
 *    value may be another entry's.
 *  - An entry changes its bucket in this order: its value is marked XSW_FDB_MOVING, which keeps
 *    others from changing it; the copy is made, marked, too; @shape changes; the first slot is
 *    cleared; the copy's mark is taken away. So a reader that finds nothing looks again if @shape has
 *    changed since before it looked, and a reader of all entries that has seen neither a mark nor a
 *    change of @shape has seen no entry twice.
 */
#pragma once

#include <linux/types.h>

struct xsw_fdb_key {
	__u8 mac[6];
	__u16 vlan; /* host order, 0 to 4094; 0 is untagged on a trunk */
} __attribute__((aligned(8)));

#define XSW_FDB_STATIC (1U << 0)
#define XSW_FDB_LOCAL (1U << 1)	  /* of a host port, see maps/local.h; stands in no entry here */
#define XSW_FDB_MOVING (1U << 15) /* the entry stands twice for a moment: this is either copy */
#define XSW_FDB_MOVING_WORD ((__u64)XSW_FDB_MOVING << 48)

/* 8 bytes, written whole by the programs only, which the controller asks (maps/request.h).
 * One of port 0, static, is no entry any more: it is being deleted by who made it so.
 */
struct xsw_fdb_entry {
	__u32 seen;  /* tick (see XSW_TICK_SHIFT) when the address last spoke */
	__u16 port;  /* port number */
	__u16 flags; /* XSW_FDB_* */
};

#define XSW_FDB_GONE ((__u64)XSW_FDB_STATIC << 48) /* such an entry of port 0, as a word */

_Static_assert(sizeof(struct xsw_fdb_key) == 8, "layout of xsw_fdb_key");
_Static_assert(sizeof(struct xsw_fdb_entry) == 8, "layout of xsw_fdb_entry");

#define XSW_FDB_WAYS 4

/* @key: words of struct xsw_fdb_key, 0: free. @value: words of struct xsw_fdb_entry */
struct xsw_fdb_bucket {
	__u64 key[XSW_FDB_WAYS];
	__u64 value[XSW_FDB_WAYS];
};

_Static_assert(sizeof(struct xsw_fdb_bucket) == 64, "one cache line");

/* The buckets lie in segments: elements of xsw_fdb, an array of maps, each an array of this many.
 * There are as many segments as fdb_max and the static entries need; a command adds them.
 */
#define XSW_FDB_SEGMENT_BITS 14
#define XSW_FDB_SEGMENT (1U << XSW_FDB_SEGMENT_BITS)
#define XSW_FDB_SEGMENTS 1024

/* A stripe is what one lock is for: all buckets whose numbers have the same low bits. Both buckets of
 * an entry are in one stripe, and a bucket is split within its stripe.
 */
#define XSW_FDB_STRIPES 16
#define XSW_FDB_BUCKETS_MIN 256
#define XSW_FDB_LEVEL_MIN 8

#define XSW_FDB_BUCKETS_LEAST XSW_FDB_SEGMENT /* that there are for the smallest table */

_Static_assert(XSW_FDB_BUCKETS_MIN == 1 << XSW_FDB_LEVEL_MIN, "the table begins at a power of two");

/* Value of map xsw_fdb_count (one element).
 *
 * @learned: learned entries. Raised by learn() before it inserts, so that fdb_max binds
 * exactly; lowered by whoever deleted a learned entry. Counted anew whenever
 * XSW_SWITCH_FDB_HOLD is over.
 * @moves_begun, @moves_done: entries that learn() takes from port to port, before and
 * after; equal when the numbers of the ports (struct xsw_guard) can be told.
 * @statics: static entries.
 * @relocated: entries that went to the other of their two buckets, or back when the table shrank:
 * a reader that goes through the table from its beginning may have missed these, and no others.
 * @generation: raised, after the change, by whoever moved, overwrote or
 * deleted an entry, or changed a port; what was decided before is then decided
 * again. On a cache line of its own, because every frame reads it.
 * @captures: on the same line: which captures are on, see maps/capture.h.
 *
 * Then what every look-up reads, and few write:
 * @shape: XSW_FDB_SHAPE_*. Changes of buckets are added to it under the lock of their stripe. The
 * number of buckets changes by compare-and-swap, because bucket N is split off under another lock
 * than bucket N - 1 is merged under.
 * @secret: of the switch, made once and kept over upgrades; the last two are odd.
 * @buckets_max: how many buckets there are; the controller's.
 */
struct xsw_fdb_count {
	__s64 learned;
	__u64 moves_begun;
	__u64 moves_done;
	__s64 statics;
	__u64 relocated;
	__u64 pad[3];
	__u32 generation;
	__u32 captures;
	__u32 pad2[14];
	__u64 shape;
	__u64 secret[3];
	__u32 buckets_max;
	__u32 pad3[7];
};

_Static_assert(sizeof(struct xsw_fdb_count) == 192, "layout of xsw_fdb_count");

/* @shape: how many buckets are in use, the level, which is the power of two that this number has
 * reached, and how often entries have changed buckets.
 */
#define XSW_FDB_SHAPE_LEVEL 27 /* bits of the number of buckets, below 5 of the level */
#define XSW_FDB_SHAPE_BUCKETS ((1ULL << XSW_FDB_SHAPE_LEVEL) - 1)
#define XSW_FDB_SHAPE_CHANGE (1ULL << 32)
#define XSW_FDB_SHAPE_MIN (XSW_FDB_BUCKETS_MIN | (__u64)XSW_FDB_LEVEL_MIN << XSW_FDB_SHAPE_LEVEL)

static inline __attribute__((always_inline)) __u32 xsw_fdb_buckets(__u64 shape)
{
	return shape & XSW_FDB_SHAPE_BUCKETS;
}

static inline __attribute__((always_inline)) __u32 xsw_fdb_level(__u64 shape)
{
	return (__u32)shape >> XSW_FDB_SHAPE_LEVEL;
}

/* Two hashes of 32 bits. Halves are folded onto each other before each multiplication, because
 * the low bits of a product know nothing of the high bits of what is multiplied; the odd factors
 * are secret, so that nobody can choose addresses that meet in a bucket (Knuth, 6.4; Dietzfelbinger
 * and others, "A reliable randomized algorithm for the closest-pair problem", 1997).
 */
static inline __attribute__((always_inline)) __u64 xsw_fdb_hash(const __u64 *secret, __u64 key)
{
	__u64 x = key ^ secret[0];

	x = (x ^ x >> 32) * secret[1];
	x = (x ^ x >> 32) * secret[2];
	return x ^ x >> 32;
}

/* The number of the bucket for a hash of 32 bits (Litwin, "Linear hashing", 1980). */
static inline __attribute__((always_inline)) __u32 xsw_fdb_index(__u64 shape, __u32 hash)
{
	__u32 mask = (2U << xsw_fdb_level(shape)) - 1, index = hash & mask;

	return index < xsw_fdb_buckets(shape) ? index : index & mask >> 1;
}

static inline __attribute__((always_inline)) __u32 xsw_fdb_first(__u64 shape, __u64 hash)
{
	return xsw_fdb_index(shape, hash);
}

/* The other bucket, in the same stripe; for some keys it is the same. */
static inline __attribute__((always_inline)) __u32 xsw_fdb_second(__u64 shape, __u64 hash)
{
	__u32 stripe = hash & (XSW_FDB_STRIPES - 1);

	return xsw_fdb_index(shape, (hash >> 32 & ~(__u64)(XSW_FDB_STRIPES - 1)) | stripe);
}

/* How many buckets there must be for @entries: a power of two, so that all can be split evenly, and
 * no more than two entries each.
 */
static inline __attribute__((always_inline)) __u32 xsw_fdb_buckets_for(__u64 entries)
{
	__u32 n = XSW_FDB_BUCKETS_LEAST;

	while (n < entries - entries / 2)
		n *= 2;
	return n;
}

/* How many segments that is. */
static inline __attribute__((always_inline)) __u32 xsw_fdb_segments_for(__u64 entries)
{
	return (xsw_fdb_buckets_for(entries) + XSW_FDB_SEGMENT - 1) / XSW_FDB_SEGMENT;
}

/* How long ago a learned entry spoke, in ticks. Never negative: another CPU may
 * have read its clock after @now was read.
 */
static inline __attribute__((always_inline)) __u32 xsw_fdb_age(const struct xsw_fdb_entry *e,
							       __u32 now)
{
	__s32 age = now - e->seen;

	return age > 0 ? age : 0;
}

/* Has a learned entry outlived @ageing_ticks at @now? */
static inline __attribute__((always_inline)) int xsw_fdb_expired(const struct xsw_fdb_entry *e,
								 __u32 now, __u32 ageing_ticks)
{
	return !(e->flags & XSW_FDB_STATIC) && xsw_fdb_age(e, now) >= ageing_ticks;
}
