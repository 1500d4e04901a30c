/* SPDX-License-Identifier: GPL-2.0 */
/* Is this device still in the network namespace of the switch? One that is moved
 * takes its programs along, and its ifindex there may be a port's here.
 */
#pragma once

#include "bpf/tables.h"

/* The members of kernel structures that are read here; CO-RE finds them. */
struct net {
	__u64 net_cookie;
} __attribute__((preserve_access_index));

typedef struct {
	struct net *net;
} possible_net_t;

struct net_device {
	int ifindex;
	unsigned int flags;
	unsigned long state;
	possible_net_t nd_net;
} __attribute__((preserve_access_index));

struct sk_buff {
	struct net_device *dev;
	unsigned int len;
	__u16 tc_index;
	__be16 protocol;
	__be16 vlan_proto;
} __attribute__((preserve_access_index));

struct xdp_rxq_info {
	struct net_device *dev;
} __attribute__((preserve_access_index));

struct xdp_buff {
	struct xdp_rxq_info *rxq;
} __attribute__((preserve_access_index));

/* Kernel 6.2. Set before loading; without it a moved device is found by the next
 * command only.
 */
const volatile bool xsw_can_cast;
extern void *bpf_cast_to_kern_ctx(void *ctx) __ksym __weak;

static __always_inline bool netns_has(const struct net_device *dev)
{
	const struct xsw_switch *sw = switch_get();

	return sw && dev && dev->nd_net.net->net_cookie == sw->netns_cookie;
}

static __always_inline bool netns_has_skb(struct __sk_buff *ctx)
{
	struct sk_buff *skb;

	if (!xsw_can_cast)
		return true;
	skb = bpf_cast_to_kern_ctx(ctx);
	return netns_has(skb->dev);
}

static __always_inline bool netns_has_xdp(struct xdp_md *ctx)
{
	struct xdp_buff *xdp;

	if (!xsw_can_cast)
		return true;
	xdp = bpf_cast_to_kern_ctx(ctx);
	return netns_has(xdp->rxq->dev);
}
