/* SPDX-License-Identifier: GPL-2.0 */
/* What steps share that look behind the Ethernet header: spoof.h, guard.h and punt_match.h. */
#pragma once

#include <linux/in.h>
#include <linux/in6.h>

#include "bpf/hook.h"

#define ETHERTYPE_IPV4 0x0800
#define ETHERTYPE_ARP 0x0806
#define ETHERTYPE_RARP 0x8035
#define ETHERTYPE_IPV6 0x86dd

/* The bits of a fragment's place, and the bit that says whether more fragments follow. A packet
 * with none of them is whole: RFC 791 for IPv4; for IPv6 it is an "atomic fragment", RFC 6946.
 */
#define IP4_FRAGMENT 0x3fff
#define IP6_FRAGMENT 0xfff9
#define IP6_FRAG_OFFSET 0xfff8 /* the place alone */

/* Headers that rules of punting look behind; a protocol stands in front of all others. */
static __always_inline bool ip6_is_extension(__u8 next)
{
	return next == IPPROTO_HOPOPTS || next == IPPROTO_ROUTING || next == IPPROTO_DSTOPTS ||
	       next == IPPROTO_FRAGMENT;
}

/* Types of ICMPv6 */
#define MLD_REPORT 131 /* RFC 2710 */
#define MLD_DONE 132
#define ND_ROUTER_SOLICIT 133 /* neighbour discovery, RFC 4861 */
#define ND_ROUTER_ADVERT 134
#define ND_SOLICIT 135
#define ND_ADVERT 136
#define ND_REDIRECT 137
#define IND_SOLICIT 141 /* inverse neighbour discovery, RFC 3122 */
#define IND_ADVERT 142
#define MLD2_REPORT 143 /* RFC 3810 */

#define ND_HOPS 255 /* hosts ignore messages with fewer, RFC 4861, 6.1, 7.1 and 8.1 */

#define IP6_HLEN 40
#define IPPROTO_MOBILITY 135 /* RFC 6275 */
#define IPPROTO_HIP 139	     /* RFC 7401 */
#define IPPROTO_SHIM6 140    /* RFC 5533 */

/* Every header that may stand between IPv6 and a protocol: the IANA registry "IPv6 Extension
 * Header Types", but for ESP, whose contents are encrypted, and numbers for experiments.
 */
static __always_inline bool ip6_may_precede(__u8 next)
{
	return ip6_is_extension(next) || next == IPPROTO_AH || next == IPPROTO_MOBILITY ||
	       next == IPPROTO_HIP || next == IPPROTO_SHIM6;
}

/**
 * ip6_extension_len() - bytes of an extension header
 * @next: its number
 * @len: its second byte, reserved in a fragment header
 *
 * Source: RFC 8200, 4.3 to 4.6; RFC 4302, 2.2 (words of 4 bytes); RFC 6564, 4 (all others).
 */
static __always_inline __u32 ip6_extension_len(__u8 next, __u8 len)
{
	if (next == IPPROTO_FRAGMENT)
		return 8;
	return next == IPPROTO_AH ? (len + 2) * 4 : (len + 1) * 8;
}

#define LLC_HLEN 8
#define LLC_OTHER (-1)
#define ETHERTYPE_MIN 0x600 /* what is less is a length, IEEE 802.3, 3.2.6 */

/**
 * llc_ethertype() - the EtherType in an LLC frame with SNAP
 * @off: of what follows the length
 *
 * RFC 1042 and IEEE 802.1H. Windows and every access point for wireless LANs take such a
 * frame for the Ethernet frame that it stands for, also if the length is wrong
 * (CVE-2021-27854, -27862).
 *
 * Return: the EtherType, or LLC_OTHER if there is none.
 */
static __always_inline int llc_ethertype(const struct hook *hook, __u32 off)
{
	struct {
		__u8 dsap, ssap, control;
		__u8 oui[3];
		__be16 type;
	} __attribute__((aligned(8))) llc;

	if (hook_load(hook, off, &llc, sizeof(llc)))
		return LLC_OTHER;
	if ((llc.dsap & 0xfe) != 0xaa || (llc.ssap & 0xfe) != 0xaa) /* but for a flag each */
		return LLC_OTHER;
	if (llc.oui[0] || llc.oui[1] || (llc.oui[2] && llc.oui[2] != 0xf8))
		return LLC_OTHER;
	return bpf_ntohs(llc.type);
}

/**
 * l3_type() - the EtherType of what a frame carries, of a frame with SNAP that behind it
 * @l3: result: where that begins
 *
 * Return: the EtherType; LLC_OTHER; or one of which l3_is_hidden() says that it tells nothing.
 */
static __always_inline int l3_type(const struct hook *hook, const struct pkt *pkt, __u32 *l3)
{
	__be16 proto = 0;
	int type;

	*l3 = hook_l3(hook, pkt);
	hook_load(hook, *l3 - sizeof(proto), &proto, sizeof(proto));
	type = bpf_ntohs(proto);
	if (type < ETHERTYPE_MIN) {
		type = llc_ethertype(hook, *l3);
		*l3 += LLC_HLEN;
	}
	return type;
}

/* A third tag, or one behind SNAP, or SNAP once more: what follows may be anything. */
static __always_inline bool l3_is_hidden(int type)
{
	return type != LLC_OTHER && (type < ETHERTYPE_MIN || is_vlan_tpid(bpf_htons(type)));
}
