/* SPDX-License-Identifier: GPL-2.0 */
/* What the steps share that look behind the Ethernet header: guard.h, punt_match.h. */
#pragma once

#include <linux/in.h>
#include <linux/in6.h>

#include "bpf/pkt.h"

#define ETHERTYPE_IPV4 0x0800
#define ETHERTYPE_ARP 0x0806
#define ETHERTYPE_RARP 0x8035
#define ETHERTYPE_IPV6 0x86dd

/* Of the field that says where a fragment belongs: its place and whether more follow. A packet
 * with neither is whole: of IPv4 RFC 791, of IPv6 an "atomic fragment", RFC 6946.
 */
#define IP4_FRAGMENT 0x3fff
#define IP6_FRAGMENT 0xfff9

/* bpf_xdp_load_bytes() or bpf_skb_load_bytes(). Return: 0, or -errno if they are not there. */
typedef long (*load_bytes)(void *ctx, __u32 off, void *to, __u32 len);

static __always_inline bool ip6_is_extension(__u8 next)
{
	return next == IPPROTO_HOPOPTS || next == IPPROTO_ROUTING || next == IPPROTO_DSTOPTS ||
	       next == IPPROTO_FRAGMENT;
}
