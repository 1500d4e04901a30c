/* SPDX-License-Identifier: GPL-2.0 */
/* Where a frame's steps run: XDP, TC or a process. Steps ask the hook for the bytes behind the
 * context, and never touch the context itself. A hook is made of constants where steps are inlined,
 * so nothing of it is left in the programs.
 */
#pragma once

#include "bpf/pkt.h"

/* bpf_xdp_load_bytes() or bpf_skb_load_bytes(). Return: 0, or -errno if they are not there. */
typedef long (*load_bytes)(void *ctx, __u32 off, void *to, __u32 len);

struct hook {
	void *ctx;
	load_bytes load;
	bool outer_in_bytes; /* a first tag stands in the bytes, not beside them (skb->vlan_tci) */
	__u32 ifindex;	     /* the device where the frame came in */
	__u32 path;	     /* XSW_PATH_* */

	/* Steps that a program has as functions of its own.
	 * verifier: global, to be verified once (TC: 60k instructions, XDP: 65k before)
	 */
	int (*nd_options)(void *ctx, __u32 off, __u64 mac);	      /* nd_options_look() */
	int (*spoofed)(void *ctx, const struct pkt *pkt);	      /* spoof_source() */
	int (*guarded)(void *ctx, const struct pkt *pkt, __u32 rare); /* guard_why() */
	int (*punt)(void *ctx, const struct pkt *pkt); /* punt(); NULL: it has been asked */
};

/* @len bytes at @off of the frame. Return: 0, or -errno if they are not there. */
static __always_inline long hook_load(const struct hook *hook, __u32 off, void *to, __u32 len)
{
	return hook->load(hook->ctx, off, to, len);
}

/* Does the first tag of the frame stand beside its bytes? */
static __always_inline bool hook_has_bare(const struct hook *hook, const struct pkt *pkt)
{
	return pkt->outer.tpid && !hook->outer_in_bytes;
}

/* Where in the bytes the packet begins, behind the second tag or the last. */
static __always_inline __u32 hook_l3(const struct hook *hook, const struct pkt *pkt)
{
	return ETH_HLEN + (pkt->outer.tpid && hook->outer_in_bytes ? VLAN_HLEN : 0) +
	       (pkt->inner.tpid ? VLAN_HLEN : 0);
}
