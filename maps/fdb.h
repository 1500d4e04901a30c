/* SPDX-License-Identifier: GPL-2.0 */
/* The forwarding database: (VLAN, address) -> port, one per switch.
 *
 * It is split into XSW_FDB_SHARDS hash maps inside the array xsw_fdb so that
 * ageing visits a part at a time with softirqs off only briefly.
 */
#pragma once

#include <linux/types.h>

#define XSW_FDB_SHARDS 16

struct xsw_fdb_key {
	__u8 mac[6];
	__u16 vlan; /* host order, 0 to 4094; 0 is untagged on a trunk */
} __attribute__((aligned(8)));

#define XSW_FDB_STATIC (1U << 0)
#define XSW_FDB_LOCAL (1U << 1) /* of a host port, see maps/local.h; stands in no entry here */

/* 8 bytes, written whole by the programs only, which the controller asks (maps/request.h).
 * One of port 0, static, is no entry any more: it is being deleted by who made it so.
 */
struct xsw_fdb_entry {
	__u32 seen;  /* tick (see XSW_TICK_SHIFT) when the address last spoke */
	__u16 port;  /* port number */
	__u16 flags; /* XSW_FDB_* */
};

_Static_assert(sizeof(struct xsw_fdb_key) == 8, "layout of xsw_fdb_key");
_Static_assert(sizeof(struct xsw_fdb_entry) == 8, "layout of xsw_fdb_entry");

/* Which shard holds a key: all its bits have a say (Knuth, 6.4). */
static inline __attribute__((always_inline)) __u32 xsw_fdb_shard(const struct xsw_fdb_key *key)
{
	return *(const __u64 *)key * 0x9e3779b97f4a7c15ULL >> 60;
}

_Static_assert(XSW_FDB_SHARDS == 1 << (64 - 60), "xsw_fdb_shard() says one of so many");

/* Room of one shard for a table of @fdb_max learned entries: twice the mean,
 * and space for static entries.
 */
static inline __u32 xsw_fdb_shard_size(__u32 fdb_max)
{
	return fdb_max / (XSW_FDB_SHARDS / 2) + 1024;
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

/* Value of map xsw_fdb_count (one element).
 *
 * @learned: learned entries, all shards. Raised by learn() before it inserts,
 * so that fdb_max binds exactly; lowered by whoever deleted a learned entry.
 * Counted anew whenever XSW_SWITCH_FDB_HOLD is over.
 * @moves_begun, @moves_done: entries that learn() takes from port to port, before and
 * after; equal when the numbers of the ports (struct xsw_guard) can be told.
 * @generation: raised, after the change, by whoever moved, overwrote or
 * deleted an entry, or changed a port; what was decided before is then decided
 * again. On a cache line of its own, because every frame reads it.
 */
struct xsw_fdb_count {
	__s64 learned;
	__u64 moves_begun;
	__u64 moves_done;
	__u64 pad[5];
	__u32 generation;
	__u32 pad2[15];
};

_Static_assert(sizeof(struct xsw_fdb_count) == 128, "layout of xsw_fdb_count");
