/* SPDX-License-Identifier: GPL-2.0 */
/* A small per-CPU memory of decisions for known unicast, so that the second
 * and later frames between two addresses skip admission, learning and both
 * look-ups. An entry is good only
 *  - for the same two addresses and first tag (frames with two are not kept),
 *  - at the same hook, for a port with the settings that were looked at,
 *  - while nothing in the tables has moved, changed or gone (their generation),
 *  - for two jiffies, 2 to 20 ms: so ages are refreshed and expiry is seen.
 */
#pragma once

#include "bpf/forward.h"

#define MAC_BITS 0xffffffffffffULL /* of a key; ingress() adds the VLAN */
#define CACHE_NONE CACHE_SIZE /* cache_key.index: not kept */

/* As short as can be: it lies on the stack beneath all that decides. */
struct cache_key {
	__u16 in_slot;
	__u16 path;
	__u32 generation;
	__u32 time;
	__u32 index;
};

static __always_inline __u64 cache_dst(const struct pkt *pkt)
{
	return (*(const __u64 *)&pkt->dst & MAC_BITS) | (__u64)pkt->outer.tci << 48;
}

static __always_inline __u64 cache_src(const struct pkt *pkt)
{
	return (*(const __u64 *)&pkt->src & MAC_BITS) | (__u64)pkt->outer.tpid << 48;
}

static __always_inline void cache_key_fill(struct cache_key *key, const struct pkt *pkt,
					   __u32 in_slot, __u32 path)
{
	const struct xsw_fdb_count *c = fdb_count();
	__u64 h;

	key->in_slot = in_slot;
	key->path = path;
	key->generation = c ? *(volatile const __u32 *)&c->generation : 0;
	key->time = bpf_jiffies64() >> 1; /* two instructions; a clock costs a call */
	h = (cache_dst(pkt) ^ (cache_src(pkt) << 1) ^ path) * 0x9e3779b97f4a7c15ULL; /* Knuth, 6.4 */
	key->index = pkt->inner.tpid || mac_is_group(&pkt->dst) ? CACHE_NONE :
								  h >> (64 - CACHE_BITS);
}

/* What was decided for frames like @pkt, or NULL. Fills @key for cache_store(). */
static __always_inline const struct cache_entry *cache_find(const struct pkt *pkt, __u32 in_slot,
							    __u32 path, struct cache_key *key)
{
	const struct cache_entry *c;

	cache_key_fill(key, pkt, in_slot, path);
	c = bpf_map_lookup_elem(&xsw_cache, &key->index);
	if (c && c->dst == cache_dst(pkt) && c->src == cache_src(pkt) && c->in_slot == in_slot &&
	    c->path == path && c->generation == key->generation && c->time == key->time)
		return c;
	return NULL;
}

static __always_inline void cache_use(const struct cache_entry *c, struct pkt *pkt,
				      struct retag *r)
{
	pkt->vlan_slots = c->vlan_slots;
	r->push.tpid = c->push_tpid;
	r->push.tci = c->push_tci;
	r->pop = c->pop;
}

/* @mtu: of the egress device, for TC
 * @hint: TCP_TO_TC*, TO_PEER or 0
 */
static __always_inline void cache_store(const struct cache_key *key, const struct pkt *pkt,
					const struct xsw_port *out, __u32 mtu, __u32 hint)
{
	__u32 index = key->index;
	struct cache_entry *c = bpf_map_lookup_elem(&xsw_cache, &index);
	struct retag r;

	if (!c)
		return;
	egress_tags(pkt, out, &r);
	c->dst = cache_dst(pkt);
	c->src = cache_src(pkt);
	c->in_slot = key->in_slot;
	c->path = key->path;
	c->hint = hint;
	c->generation = key->generation;
	c->time = key->time;
	c->ifindex = out->ifindex;
	c->mtu = mtu;
	c->port = out->port;
	c->pop = r.pop;
	c->push_tpid = r.push.tpid;
	c->push_tci = r.push.tci;
	c->vlan_slots = pkt->vlan_slots;
}
