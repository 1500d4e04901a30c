/* SPDX-License-Identifier: GPL-2.0 */
/* Step "spoof": which sources may speak on a port, see maps/spoof.h. */
#pragma once

#include "bpf/l3.h"
#include "bpf/tables.h"
#include "maps/port.h"

#define ND_OPT_SOURCE 1 /* link-layer addresses */
#define ND_OPT_TARGET 2
#define ND_OPTIONS 16 /* or more are refused; hosts send one or two, routers one a prefix */
#define DHCP_CLIENT 68

/**
 * spoof_vlan() - does a frame bear only tags that its port was given by name?
 *
 * A list left empty admits every VLAN, and names none. A second VLAN tag is a
 * customer's business behind dot1q-tunnel; anywhere else it is there to be exposed
 * by the next switch ("double tagging").
 */
static __always_inline bool spoof_vlan(const struct pkt *pkt, const struct xsw_port *in)
{
	__u32 vid = pkt->outer.tpid ? pkt->outer.tci & VID_MASK : 0;

	if (in->vlan_mode == XSW_MODE_DOT1Q_TUNNEL)
		return vid && in->flags & XSW_PORT_CVLANS_ALL;
	if (pkt->inner.tpid)
		return true;
	return vid && vid != in->tag && in->flags & XSW_PORT_TRUNKS_ALL;
}

/* Is @ip the link-local address that a host makes of @mac (RFC 4291, appendix A)? */
static __always_inline bool ip6_is_own_link_local(const __u8 *ip, const __u8 *mac)
{
	const __u32 *w = (const __u32 *)ip;

	return w[0] == bpf_htonl(0xfe800000) && !w[1] && ip[8] == (mac[0] ^ 2) && ip[9] == mac[1] &&
	       ip[10] == mac[2] && ip[11] == 0xff && ip[12] == 0xfe && ip[13] == mac[3] &&
	       ip[14] == mac[4] && ip[15] == mac[5];
}

static __always_inline bool ip_is_bound(const struct xsw_bind_ip_key *key)
{
	return bpf_map_lookup_elem(&xsw_bind_ip, key) || ip6_is_own_link_local(key->ip, key->mac);
}

static __always_inline void ip4_key(struct xsw_bind_ip_key *key, __be32 ip)
{
	__u32 *w = (__u32 *)key->ip;

	w[0] = 0;
	w[1] = 0;
	w[2] = bpf_htonl(0xffff);
	w[3] = ip;
}

static __always_inline bool mac_equal(const __u8 *a, const __u8 *b)
{
	const __u16 *v = (const __u16 *)a, *w = (const __u16 *)b;

	return !((v[0] ^ w[0]) | (v[1] ^ w[1]) | (v[2] ^ w[2]));
}

/* ARP, RFC 826, and its kin, RFC 903 and 2390: sender addresses, whatever it asks or tells,
 * for whatever hardware. 0.0.0.0 asks whether an address is free (RFC 5227).
 */
static __always_inline bool arp_spoofed(const struct hook *hook, __u32 l3,
					struct xsw_bind_ip_key *key, bool check_ip)
{
	struct {
		__be16 hw, proto;
		__u8 hlen, plen;
		__be16 op;
		__u8 sha[6], spa[4];
		__u8 tha[6], tpa[4]; /* a message without them is cut */
	} __attribute__((aligned(4))) arp;
	__be32 ip;

	if (hook_load(hook, l3, &arp, sizeof(arp)))
		return true;
	if (arp.hlen != 6 || arp.plen != 4 || !mac_equal(arp.sha, key->mac))
		return true;
	__builtin_memcpy(&ip, arp.spa, sizeof(ip));
	if (!check_ip || !ip)
		return false;
	ip4_key(key, ip);
	return !ip_is_bound(key);
}

static __always_inline bool ip4_spoofed(const struct hook *hook, __u32 l3,
					struct xsw_bind_ip_key *key)
{
	struct {
		__u8 ihl, tos;
		__be16 len, id, frag;
		__u8 ttl, proto;
		__be16 check;
		__be32 src, dst;
	} __attribute__((aligned(4))) ip;
	__be16 sport = 0;

	if (hook_load(hook, l3, &ip, sizeof(ip)))
		return true;
	if (!ip.src) { /* a host without an address: a listener, RFC 3376, 4.2.13, or ... */
		if (ip.proto == IPPROTO_IGMP)
			return false;
		/* ... a DHCP client, RFC 2131, 4.1 */
		return ip.proto != IPPROTO_UDP ||
		       hook_load(hook, l3 + (ip.ihl & 15) * 4, &sport, 2) ||
		       sport != bpf_htons(DHCP_CLIENT);
	}
	ip4_key(key, ip.src);
	return !ip_is_bound(key);
}

static __always_inline bool ip6_is_unspecified(const __u8 *ip)
{
	const __u32 *w = (const __u32 *)ip;

	return !(w[0] | w[1] | w[2] | w[3]);
}

/* What icmp6_type() answers, if not a type */
#define ICMP6_NONE (-1)	   /* it is another protocol, or a later fragment */
#define ICMP6_UNKNOWN (-2) /* it cannot be told */

/* The type of ICMPv6 behind one extension header.
 *
 * One is looked behind, for reports of multicast listeners have one, and long pings are
 * fragments. The first fragment tells what all are (RFC 8200, 4.5) and hosts take none that
 * overlap it (RFC 5722), so later ones may be anything.
 */
static __always_inline int icmp6_type_behind(const struct hook *hook, __u32 off, __u8 next)
{
	struct {
		__u8 next, len;
		__be16 frag;
	} ext = {};
	__u8 type = 0;

	if (hook_load(hook, off, &ext, sizeof(ext)))
		return ICMP6_UNKNOWN;
	if (next == IPPROTO_FRAGMENT && ext.frag & bpf_htons(IP6_FRAG_OFFSET))
		return ICMP6_NONE;
	if (ip6_may_precede(ext.next))
		return ICMP6_UNKNOWN;
	if (ext.next != IPPROTO_ICMPV6)
		return ICMP6_NONE;
	if (hook_load(hook, off + ip6_extension_len(next, ext.len), &type, 1))
		return ICMP6_UNKNOWN;
	return type;
}

static __always_inline bool icmp6_is_nd(int type)
{
	return (type >= ND_ROUTER_SOLICIT && type <= ND_REDIRECT) || type == IND_SOLICIT ||
	       type == IND_ADVERT;
}

/* What a host sends from "::", before it has an address: duplicate detection, RFC 4862, 5.4.2;
 * RFC 4861, 4.1; reports, RFC 3590, 4, and RFC 3810, 5.2.13.
 */
static __always_inline bool icmp6_needs_no_source(int type)
{
	return type == ND_SOLICIT || type == ND_ROUTER_SOLICIT || type == MLD_REPORT ||
	       type == MLD_DONE || type == MLD2_REPORT;
}

/* Where options begin in a message of neighbour discovery, RFC 4861, 4.1 to 4.5. */
static __always_inline __u32 nd_options_at(int type)
{
	switch (type) {
	case ND_ROUTER_SOLICIT:
		return 8;
	case ND_ROUTER_ADVERT:
		return 16;
	case ND_REDIRECT:
		return 40;
	}
	return 24;
}

/* What link-layer addresses the options of a message are */
#define ND_NO_ADDRESS 0
#define ND_OWN_ADDRESS 1
#define ND_FOREIGN 2 /* or too many options to tell */

/**
 * nd_options_look() - whose link-layer addresses are in the options of a message?
 * @off: of the first option
 * @mac: of the sender
 *
 * An option of length 0 ends them, because hosts discard such a message (RFC 4861, 4.6).
 * Return: ND_NO_ADDRESS, ND_OWN_ADDRESS or ND_FOREIGN.
 */
static __always_inline int nd_options_look(const struct hook *hook, __u32 off, __u64 mac)
{
	int what = ND_NO_ADDRESS;
	__u64 opt = 0; /* from the lowest byte on: type, length in 8 bytes, address */

	for (int i = 0; i < ND_OPTIONS; i++) {
		__u32 len;

		if (hook_load(hook, off, &opt, sizeof(opt)))
			return what;
		len = opt >> 8 & 0xff;
		if (!len)
			return what;
		off += len * 8;
		if ((opt & 0xff) - ND_OPT_SOURCE > ND_OPT_TARGET - ND_OPT_SOURCE)
			continue;
		if (opt >> 16 != mac)
			return ND_FOREIGN;
		what = ND_OWN_ADDRESS;
	}
	return ND_FOREIGN;
}

/* Neighbour discovery says who has which link-layer address, in any message (RFC 4861, 4.6.1):
 * all such options have to bear the sender's. And whose address a message claims, which has a
 * target: an advertisement; a solicitation from "::", that it will be the sender's own
 * (RFC 4862, 5.4); a redirect with such an option, that the target is there.
 *
 * Inverse discovery lists addresses of the sender's. Nobody has it on Ethernet (it is for
 * Frame Relay, RFC 3122), so it is refused.
 */
static __always_inline bool nd_spoofed(const struct hook *hook, __u32 l4, int type,
				       struct xsw_bind_ip_key *key, bool check_ip)
{
	int what;

	if (type == IND_SOLICIT || type == IND_ADVERT)
		return true;
	what = hook->nd_options(hook->ctx, l4 + nd_options_at(type),
				*(const __u64 *)key->mac & MAC_BITS);
	if (what == ND_FOREIGN)
		return true;
	if (!check_ip)
		return false;
	if (type == ND_ADVERT || (type == ND_SOLICIT && ip6_is_unspecified(key->ip)) ||
	    (type == ND_REDIRECT && what == ND_OWN_ADDRESS))
		return hook_load(hook, l4 + 8, key->ip, sizeof(key->ip)) || !ip_is_bound(key);
	return false;
}

/* Neighbour discovery may hide behind extension headers (RFC 7113) and in fragments (forbidden by
 * RFC 6980): there it is refused. A packet whose protocol cannot be told is refused too, if its hop
 * limit is that of neighbour discovery.
 */
static __always_inline bool ip6_spoofed(const struct hook *hook, __u32 l3,
					struct xsw_bind_ip_key *key, bool check_ip)
{
	struct {
		__u8 version[4];
		__be16 len;
		__u8 next, hops;
		__u8 src[16];
	} __attribute__((aligned(8))) ip;
	__u8 direct = 0;
	int type = ICMP6_NONE;

	if (hook_load(hook, l3, &ip, sizeof(ip)))
		return true;
	if (ip6_may_precede(ip.next)) {
		type = icmp6_type_behind(hook, l3 + IP6_HLEN, ip.next);
		if (icmp6_is_nd(type) || (type == ICMP6_UNKNOWN && ip.hops == ND_HOPS))
			return true;
	} else if (ip.next == IPPROTO_ICMPV6 && !hook_load(hook, l3 + IP6_HLEN, &direct, 1)) {
		type = direct;
	}
	__builtin_memcpy(key->ip, ip.src, sizeof(key->ip));
	if (check_ip &&
	    !(ip6_is_unspecified(key->ip) ? icmp6_needs_no_source(type) : ip_is_bound(key)))
		return true;
	return icmp6_is_nd(type) && nd_spoofed(hook, l3 + IP6_HLEN, type, key, check_ip);
}

/**
 * spoof_source() - may this source speak on a port with XSW_PORT_SPOOF_MAC?
 *
 * Return: true if it must not.
 */
static __always_inline bool spoof_source(const struct hook *hook, const struct pkt *pkt)
{
	struct xsw_bind_ip_key key = {};
	struct xsw_bind_key mac = {};
	struct xsw_bind *bind;
	bool check_ip;
	__u32 l3;
	int type;

	__builtin_memcpy(mac.mac, pkt->src.mac, sizeof(mac.mac));
	mac.port = pkt->port;
	bind = bpf_map_lookup_elem(&xsw_bind, &mac);
	if (!bind)
		return true;
	check_ip = bind->flags & XSW_BIND_IP;
	__builtin_memcpy(key.mac, mac.mac, sizeof(key.mac));
	key.port = mac.port;
	type = l3_type(hook, pkt, &l3);
	switch (type) {
	case ETHERTYPE_ARP:
	case ETHERTYPE_RARP:
		return arp_spoofed(hook, l3, &key, check_ip);
	case ETHERTYPE_IPV4:
		return check_ip && ip4_spoofed(hook, l3, &key);
	case ETHERTYPE_IPV6:
		return ip6_spoofed(hook, l3, &key, check_ip);
	}
	return l3_is_hidden(type);
}

/* Must the frame not enter, for what it says of where it comes from? */
static __always_inline bool spoof(const struct hook *hook, const struct pkt *pkt,
				  const struct xsw_port *in)
{
	return (in->flags & XSW_PORT_SPOOF_VLAN && spoof_vlan(pkt, in)) ||
	       (in->flags & XSW_PORT_SPOOF_MAC && hook->spoofed(hook->ctx, pkt));
}
