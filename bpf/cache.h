/* SPDX-License-Identifier: GPL-2.0 */
/* A small per-CPU memory of decisions for known unicast, so that the second
 * and later frames between two addresses skip admission, learning and both
 * look-ups. An entry is good only
 *  - for the same two addresses and first tag (frames with two are not kept),
 *  - while both ports use the slots of settings that were looked at,
 *  - while nothing in the FDB has moved or gone (its generation),
 *  - within one tick (16.8 ms): so ages are refreshed and expiry is seen.
 */
#pragma once

#include "bpf/forward.h"

struct cache_key {
	__u64 dst;
	__u64 src;
	__u32 in_slot;
	__u32 generation;
	__u32 tick;
	__u32 index;
};

/* Return: the place where @pkt's decision is or belongs, NULL for frames that
 * are not kept.
 */
static __always_inline struct cache_entry *cache_place(const struct pkt *pkt, __u32 in_slot,
						       struct cache_key *key)
{
	const struct xsw_fdb_count *c = fdb_count();
	__u64 h;

	if (pkt->inner.tpid || mac_is_group(&pkt->dst) || !c)
		return NULL;
	key->dst = *(const __u64 *)&pkt->dst | (__u64)pkt->outer.tci << 48;
	key->src = *(const __u64 *)&pkt->src | (__u64)pkt->outer.tpid << 48;
	key->in_slot = in_slot;
	key->generation = *(volatile const __u32 *)&c->generation;
	key->tick = tick_now();
	h = (key->dst ^ (key->src << 1)) * 0x9e3779b97f4a7c15ULL; /* Knuth, 6.4 */
	key->index = h >> 56;
	return bpf_map_lookup_elem(&xsw_cache, &key->index);
}

static __always_inline bool cache_match(const struct cache_entry *c, const struct cache_key *key)
{
	return c->dst == key->dst && c->src == key->src && c->in_slot == key->in_slot &&
	       c->generation == key->generation && c->tick == key->tick;
}

static __always_inline void cache_store(struct cache_entry *c, const struct cache_key *key,
					__u32 out_slot, const struct retag *r)
{
	c->dst = key->dst;
	c->src = key->src;
	c->in_slot = key->in_slot;
	c->out_slot = out_slot;
	c->generation = key->generation;
	c->tick = key->tick;
	c->push_tpid = r->push.tpid;
	c->push_tci = r->push.tci;
	c->pop = r->pop;
}
