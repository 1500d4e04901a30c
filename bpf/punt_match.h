/* SPDX-License-Identifier: GPL-2.0 */
/* What rules of punting look at in a frame, and whether a rule matches. A part of punt.h that needs
 * no table.
 */
#pragma once

#include "bpf/l3.h"
#include "maps/punt.h"

#define IP4_WORDS 5 /* of a header at the least, RFC 791 */

/* All fragments of a datagram have to go one way, or the datagram cannot be put together. So the
 * first fragment, which alone has ports or a type of ICMP, counts as without them, and rules with
 * them match whole packets only. The protocol of the first fragment is the one that later fragments
 * tell as well.
 */

/* Return: where ports would be, 0 if there are none. */
static __always_inline __u32 punt_ip4(const struct hook *hook, __u32 l3, struct xsw_punt_key *key)
{
	struct {
		__u8 version, tos;
		__be16 len, id, frag;
		__u8 ttl, proto;
		__be16 check;
		__be32 src, dst;
	} __attribute__((aligned(4))) ip;
	__u32 *src = (__u32 *)key->src_ip, *dst = (__u32 *)key->dst_ip;

	if (hook_load(hook, l3, &ip, sizeof(ip)) || ip.version >> 4 != 4)
		return 0;
	key->is = XSW_PUNT_IS_IP | XSW_PUNT_IS_IP4;
	key->proto = ip.proto;
	src[2] = dst[2] = bpf_htonl(0xffff);
	src[3] = ip.src;
	dst[3] = ip.dst;
	if (ip.frag & bpf_htons(IP4_FRAGMENT) || (ip.version & 15) < IP4_WORDS)
		return 0;
	return l3 + (ip.version & 15) * 4;
}

/* The same. In a fragment the protocol is that of the first header which was cut in pieces,
 * an extension header perhaps: only the first fragment knows what follows (RFC 8200, 4.5).
 */
static __always_inline __u32 punt_ip6(const struct hook *hook, __u32 l3, struct xsw_punt_key *key)
{
	struct {
		__u8 next, len;
		__be16 frag;
	} __attribute__((aligned(4))) ext;
	__u32 l4 = l3 + 40;
	__u8 version = 0;

	if (hook_load(hook, l3, &version, 1) || version >> 4 != 6 ||
	    hook_load(hook, l3 + 8, key->src_ip, 2 * sizeof(key->src_ip)) ||
	    hook_load(hook, l3 + 6, &key->proto, 1))
		return 0;
	key->is = XSW_PUNT_IS_IP | XSW_PUNT_IS_IP6;
	for (int i = 0; i < XSW_PUNT_EXTENSIONS && ip6_is_extension(key->proto); i++) {
		bool fragment = key->proto == IPPROTO_FRAGMENT;

		if (hook_load(hook, l4, &ext, sizeof(ext)))
			return 0;
		key->proto = ext.next;
		if (fragment && ext.frag & bpf_htons(IP6_FRAGMENT))
			return 0;
		l4 += fragment ? 8 : (ext.len + 1) * 8;
	}
	return l4;
}

/* What stands where the header of a protocol begins, if it is looked at: XSW_PUNT_IS_*, 0: nothing */
static __always_inline __u8 punt_l4_is(const struct xsw_punt_key *key)
{
	switch (key->proto) {
	case IPPROTO_TCP:
	case IPPROTO_UDP:
	case IPPROTO_SCTP:
		return XSW_PUNT_IS_PORTS;
	case IPPROTO_ICMP:
		return key->is & XSW_PUNT_IS_IP4 ? XSW_PUNT_IS_ICMP : 0;
	case IPPROTO_ICMPV6:
		return key->is & XSW_PUNT_IS_IP6 ? XSW_PUNT_IS_ICMP : 0;
	}
	return 0;
}

static __always_inline void punt_look(const struct hook *hook, const struct pkt *pkt,
				      struct xsw_punt_key *key)
{
	__u32 l3 = hook_l3(hook, pkt), l4 = 0;
	__u8 is;

	*(__u64 *)key = *(const __u64 *)&pkt->dst;
	if (mac_is_reserved(&pkt->dst))
		key->vlan = pkt->outer.tpid ? pkt->outer.tci & VID_MASK : 0;
	hook_load(hook, l3 - sizeof(key->ethertype), &key->ethertype, sizeof(key->ethertype));
	if (key->ethertype == bpf_htons(ETHERTYPE_IPV4))
		l4 = punt_ip4(hook, l3, key);
	else if (key->ethertype == bpf_htons(ETHERTYPE_IPV6))
		l4 = punt_ip6(hook, l3, key);
	is = l4 ? punt_l4_is(key) : 0;
	if (is && !hook_load(hook, l4, &key->src_port, 2 * sizeof(key->src_port)))
		key->is |= is;
}

static __always_inline bool punt_matches(const struct xsw_punt_rule *rule,
					 const struct xsw_punt_key *key)
{
	const __u64 *mask = (const __u64 *)&rule->mask, *value = (const __u64 *)&rule->value;
	const __u64 *k = (const __u64 *)key;
	__u64 differ = 0;

	for (__u32 i = 0; i < sizeof(*key) / sizeof(*k); i++)
		differ |= (k[i] ^ value[i]) & mask[i];
	return !differ;
}
