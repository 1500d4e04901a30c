/* SPDX-License-Identifier: GPL-2.0 */
/* Step "punt": frames that leave the switch for a program or for the host's stack,
 * see maps/punt.h. Runs when the frame's source may speak here and before anything is
 * learned, looked up or charged.
 */
#pragma once

#include <linux/errno.h>

#include "bpf/police.h"
#include "bpf/punt_match.h"

/* What a rule did with a frame */
#define PUNT_NONE 0 /* no rule matches, or no program reads: the frame is switched */
#define PUNT_SOCKET 1
#define PUNT_HOST 2
#define PUNT_LIMITED 3
#define PUNT_FULL 4

/* Frames to reserved addresses are punted even if ingress() refused them for their VLAN: they
 * belong to the link.
 */
static __always_inline bool punt_is_link_local(const struct pkt *pkt, int why)
{
	return mac_is_reserved(&pkt->dst) && !mac_is_group(&pkt->src) && !mac_is_zero(&pkt->src) &&
	       (why == ADMITTED || why == XSW_DROP_RESERVED || why == XSW_DROP_VLAN ||
		why == XSW_DROP_VID);
}

/**
 * punt_asks() - are there rules for a frame of which ingress() said @why?
 */
static __always_inline bool punt_asks(const struct pkt *pkt, int why)
{
	return pkt->in_flags & XSW_PORT_PUNT && (why == ADMITTED || punt_is_link_local(pkt, why));
}

/* Return: the first rule that @key matches, or NULL. @place: result: its place */
static __always_inline struct xsw_punt_rule *punt_find(__u32 port, const struct xsw_punt_key *key,
						       __u8 *place)
{
	struct xsw_punts *punt = bpf_map_lookup_elem(&xsw_punt, &port);
	__u64 order;

	if (!punt)
		return NULL;
	order = *(volatile __u64 *)&punt->order;
	for (int i = 0; i < XSW_PUNT_RULES; i++) {
		__u32 index = order >> (i * XSW_PUNT_ORDER_BITS) & (XSW_PUNT_INDEXES - 1);

		if (!index)
			break;
		if (punt_matches(&punt->rule[index], key)) {
			*place = i;
			return &punt->rule[index];
		}
	}
	return NULL;
}

/* May @frames more pass at the rule's rate?
 * verifier: global, as police_by().
 */
__noinline int punt_pays(struct xsw_punt_rule *rule, __u32 frames)
{
	__u64 now = bpf_ktime_get_ns() << XSW_BUCKET_SHIFT, idle;

	return !rule ||
	       bucket_take(&rule->until, &rule->rate, rate_cost(&rule->rate, frames & 0xfffff),
			   rate_cost(&rule->rate, 1), now, &idle);
}

/* Hand the frame to the reader of the rule's socket. Return: 0 or -errno, -ENOENT: no reader. */
static __always_inline long punt_output(const struct hook *hook, const struct pkt *pkt, __u32 place,
					const struct xsw_punt_key *key,
					const struct xsw_punt_rule *rule)
{
	bool bare = hook_has_bare(hook, pkt);
	__u64 caught = pkt->bytes - (bare ? VLAN_HLEN : 0);
	struct xsw_punt_meta meta = {
		.time_ns = bpf_ktime_get_boot_ns(),
		.ifindex = hook->ifindex,
		.len = pkt->bytes,
		.tag = bare ? (__u32)bpf_ntohs(pkt->outer.tpid) << 16 | pkt->outer.tci : 0,
		.port = pkt->port,
		.vlan = key->vlan,
		.gso_size = pkt->gso_size,
		.rule = place,
		.path = hook->path,
	};
	__u32 out = XSW_PUNT_OUT(rule->socket & (XSW_PUNT_SOCKETS - 1), bpf_get_smp_processor_id());

	if (caught > XSW_PUNT_CAUGHT_MAX)
		caught = XSW_PUNT_CAUGHT_MAX;
	meta.caught = caught;
	return bpf_perf_event_output(hook->ctx, &xsw_punt_out, caught << 32 | out, &meta,
				     sizeof(meta));
}

/**
 * punt() - do with a frame what the rules of its port say
 *
 * A frame for the host passes XDP and TC: TC charges it.
 * Return: PUNT_*
 */
static __always_inline int punt(const struct hook *hook, const struct pkt *pkt)
{
	struct xsw_punt_key key = {};
	struct xsw_punt_rule *rule;
	struct charge c;
	__u8 place = 0;
	long err;

	punt_look(hook, pkt, &key);
	rule = punt_find(pkt->port, &key, &place);
	if (!rule)
		return PUNT_NONE;
	if (rule->action == XSW_PUNT_HOST && hook->path == XSW_PATH_XDP)
		return PUNT_HOST;
	charge_frame(pkt, &c);
	if (rule->rate.mult && !punt_pays(rule, c.frames)) {
		__sync_fetch_and_add(&rule->limited, 1);
		return PUNT_LIMITED;
	}
	err = rule->action == XSW_PUNT_HOST ? 0 : punt_output(hook, pkt, place, &key, rule);
	if (!err) {
		__sync_fetch_and_add(&rule->punted, 1);
		return rule->action == XSW_PUNT_HOST ? PUNT_HOST : PUNT_SOCKET;
	}
	if (rule->rate.mult) /* it did not pass: give back */
		__sync_fetch_and_add(&rule->until, -rate_cost(&rule->rate, c.frames & 0xfffff));
	if (err == -ENOENT || err == -EOPNOTSUPP) /* no ring, or that of a CPU that went */
		return PUNT_NONE;
	__sync_fetch_and_add(&rule->full, 1);
	return PUNT_FULL;
}

/* The drop reason that @what of punt() means, ADMITTED if it means no drop. */
static __always_inline int punt_why(int what)
{
	return what == PUNT_LIMITED ? XSW_DROP_POLICER :
	       what == PUNT_FULL    ? XSW_DROP_RING_FULL :
				      ADMITTED;
}
