/* SPDX-License-Identifier: GPL-2.0 */
/* A small per-CPU memory of decisions for known unicast, so that further frames between two
 * addresses skip what short.h or decide.h does. It is for the few flows that have most frames: it
 * fits into the nearest cache, and a place is written only when the entry there is good no
 * longer, so flows that do not come back take no place from others and are hardly ever
 * written. An entry is good only
 *  - for the same two addresses and first tag (frames with two are not kept),
 *  - where it was made: at the same hook, for the same port,
 *  - while nothing in the tables has moved, changed or gone (their generation; a command
 *    raises it when all is written, so until it ends old decisions hold),
 *  - for two jiffies, 2 to 20 ms: so ages are refreshed and expiry is seen,
 *  - while the devices of both ports run: a hook asks that for each frame.
 */
#pragma once

#include "bpf/forward.h"

#define CACHE_NONE CACHE_SIZE /* cache_key.index: not kept */

/* Two addresses, and the first tag. */
struct flow {
	__u64 dst; /* destination, and TCI */
	__u64 src; /* source, and TPID */
};

/* Where its frames come in: a hook that has looked the port's settings up says the hook and
 * their slot; XDP, which has not, says queue and device, by their addresses in the
 * kernel: a tap's queue may be another tap's a moment later.
 */
struct flow_from {
	__u64 from; /* slot and path, or queue */
	__u64 dev;  /* XDP: the device; TC: where the egress device stands, see tc_runs(); else 0 */
};

/* As short as can be: it lies on the stack beneath all that decides. */
struct cache_key {
	__u32 in_slot;
	__u32 generation;
	__u32 time;
	__u32 index;
};

static __always_inline void flow_of(struct flow *flow, const struct pkt *pkt)
{
	flow->dst = (*(const __u64 *)&pkt->dst & MAC_BITS) | (__u64)pkt->outer.tci << 48;
	flow->src = (*(const __u64 *)&pkt->src & MAC_BITS) | (__u64)pkt->outer.tpid << 48;
}

static __always_inline __u32 flow_hash(const struct flow *flow, __u32 path)
{
	return (flow->dst ^ flow->src << 1 ^ path) * 0x9e3779b97f4a7c15ULL >>
	       (64 - CACHE_BITS); /* Knuth, 6.4 */
}

static __always_inline struct flow_from flow_from_slot(__u32 in_slot, __u32 path)
{
	return (struct flow_from){ .from = in_slot | (__u64)path << 32 };
}

static __always_inline __u32 cache_generation(void)
{
	const struct xsw_fdb_count *c = fdb_count();

	return c ? *(volatile const __u32 *)&c->generation : 0;
}

/* In two instructions; a clock costs a call. */
static __always_inline __u32 cache_time(void)
{
	return bpf_jiffies64() >> 1;
}

/* To be called before anything that the decision rests on is read: what a command changes
 * after is then seen to be newer. (It writes first, and raises the generation then.)
 */
static __always_inline void cache_key_begin(struct cache_key *key)
{
	key->generation = cache_generation();
	key->time = cache_time();
	key->index = CACHE_NONE;
	asm volatile("" ::: "memory");
}

/* What was decided for frames of @flow that came @from, or NULL. XDP compares the device too.
 * @key: begun; filled for cache_store(), which may have the place if no entry there is good
 */
static __always_inline const struct cache_entry *cache_look(const struct flow *flow, __u64 from,
							    __u32 path, struct cache_key *key)
{
	__u32 index = flow_hash(flow, path);
	const struct cache_entry *c = bpf_map_lookup_elem(&xsw_cache, &index);

	if (!c)
		return NULL;
	if (c->generation != key->generation || c->time != key->time) {
		key->index = index;
		return NULL;
	}
	return c->dst == flow->dst && c->src == flow->src && c->from == from ? c : NULL;
}

/* The same as cache_look() for frames like @pkt, of a port whose slot has been read: should
 * that be out of use by now, what is stored for it is never found.
 */
static __always_inline const struct cache_entry *cache_find(const struct pkt *pkt, __u32 in_slot,
							    __u32 path, struct cache_key *key)
{
	struct flow flow;

	cache_key_begin(key);
	key->in_slot = in_slot;
	if (pkt->inner.tpid)
		return NULL;
	flow_of(&flow, pkt);
	return cache_look(&flow, flow_from_slot(in_slot, path).from, path, key);
}

static __always_inline void cache_use(const struct cache_entry *c, struct pkt *pkt, struct retag *r)
{
	pkt->vlan_slots = c->vlan_slots;
	r->push.tpid = c->push_tpid;
	r->push.tci = c->push_tci;
	r->pop = c->pop;
}

/* @port: egress port, for which frames are retagged by @r
 * @to: its device
 * @hint: HINT_*
 */
static __always_inline void cache_store(const struct cache_key *key, struct flow_from from,
					const struct pkt *pkt, __u32 port, const struct retag *r,
					union cache_to to, __u32 hint)
{
	__u32 index = key->index;
	struct cache_entry *c;
	struct flow flow;

	c = bpf_map_lookup_elem(&xsw_cache, &index);
	if (!c)
		return;
	flow_of(&flow, pkt);
	c->dst = flow.dst;
	c->src = flow.src;
	c->from = from.from;
	c->dev = from.dev;
	c->hint = hint;
	c->generation = key->generation;
	c->time = key->time;
	c->in_port = pkt->port;
	c->port = port;
	c->to = to;
	c->pop = r->pop;
	c->push_tpid = r->push.tpid;
	c->push_tci = r->push.tci;
	c->vlan_slots = pkt->vlan_slots;
}
