/* SPDX-License-Identifier: GPL-2.0 */
/* Step "guard": which sources may speak on a port, and how many. See maps/guard.h.
 * A source is checked where the kernel lets the frame's bytes be read, so each hook
 * brings its own way to load them.
 */
#pragma once

#include "bpf/ingress.h"
#include "bpf/l3.h"
#include "bpf/tables.h"

#define ND_FIRST 133 /* types of neighbour discovery, RFC 4861 */
#define ND_LAST 137
#define ND_SOLICIT 135
#define ND_ADVERTISE 136
#define ND_OPT_SOURCE 1 /* link-layer addresses */
#define ND_OPT_TARGET 2
#define DHCP_CLIENT 68

/* An entry learned on @port has moved or gone. */
static __always_inline void guard_forget(__u32 port)
{
	struct xsw_guard *g = guard_get(port);

	if (g)
		__sync_fetch_and_add(&g->learned, -1);
}

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

/* The link-local address that a host makes of its MAC (RFC 4291, appendix A). */
static __always_inline bool ip6_is_own_link_local(const __u8 *ip, const __u8 *mac)
{
	const __u32 *w = (const __u32 *)ip;

	return w[0] == bpf_htonl(0xfe800000) && !w[1] && ip[8] == (mac[0] ^ 2) &&
	       ip[9] == mac[1] && ip[10] == mac[2] && ip[11] == 0xff && ip[12] == 0xfe &&
	       ip[13] == mac[3] && ip[14] == mac[4] && ip[15] == mac[5];
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

/* ARP, RFC 826: sender addresses. 0.0.0.0 asks whether an address is free (RFC 5227). */
static __always_inline bool arp_spoofed(void *ctx, load_bytes load, __u32 l3,
					struct xsw_bind_ip_key *key, bool check_ip)
{
	struct {
		__be16 hw, proto;
		__u8 hlen, plen;
		__be16 op;
		__u8 sha[6];
		__u8 spa[4];
	} __attribute__((aligned(4))) arp;
	__be32 ip;

	if (load(ctx, l3, &arp, sizeof(arp)))
		return true;
	if (arp.hlen != 6 || arp.plen != 4 || !mac_equal(arp.sha, key->mac))
		return true;
	__builtin_memcpy(&ip, arp.spa, sizeof(ip));
	if (!check_ip || !ip)
		return false;
	ip4_key(key, ip);
	return !ip_is_bound(key);
}

static __always_inline bool ip4_spoofed(void *ctx, load_bytes load, __u32 l3,
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

	if (load(ctx, l3, &ip, sizeof(ip)))
		return true;
	if (!ip.src) /* a DHCP client without an address, RFC 2131 */
		return ip.proto != IPPROTO_UDP || load(ctx, l3 + (ip.ihl & 15) * 4, &sport, 2) ||
		       sport != bpf_htons(DHCP_CLIENT);
	ip4_key(key, ip.src);
	return !ip_is_bound(key);
}

static __always_inline bool ip6_is_unspecified(const __u8 *ip)
{
	const __u32 *w = (const __u32 *)ip;

	return !(w[0] | w[1] | w[2] | w[3]);
}

#define ND_OPTIONS 3 /* that are looked at; hosts send two at most (RFC 4861, 4.3; RFC 3971, nonce) */

/* A solicitation or advertisement tells the sender's addresses once more. */
static __always_inline bool nd_spoofed(void *ctx, load_bytes load, __u32 l4, __u32 type,
				       struct xsw_bind_ip_key *key)
{
	struct {
		__u8 type, len;
		__u8 mac[6];
	} __attribute__((aligned(8))) opt;

	if (type == ND_ADVERTISE || ip6_is_unspecified(key->ip)) { /* claims the target */
		if (load(ctx, l4 + 8, key->ip, sizeof(key->ip)) || !ip_is_bound(key))
			return true;
	}
	l4 += 24;
	for (int i = 0; i < ND_OPTIONS; i++) {
		if (load(ctx, l4, &opt, sizeof(opt)) || !opt.len)
			return false; /* no more; with length 0 nobody takes it (RFC 4861, 4.6) */
		if (opt.type == (type == ND_ADVERTISE ? ND_OPT_TARGET : ND_OPT_SOURCE) &&
		    !mac_equal(opt.mac, key->mac))
			return true;
		l4 += opt.len * 8;
	}
	return true; /* who knows what more there is */
}

#define IP6_FRAG_OFFSET 0xfff8

/* Neighbour discovery may hide behind extension headers, where hosts that look for it
 * do not find it (RFC 7113), and in fragments (forbidden by RFC 6980). One header is
 * looked behind, for reports of multicast listeners have one, and long pings are
 * fragments; two are refused. The first fragment tells what all are (RFC 8200, 4.5) and
 * hosts take none that overlap it (RFC 5722), so later ones may pass.
 */
static __always_inline bool nd_hidden(void *ctx, load_bytes load, __u32 off, __u8 next)
{
	struct {
		__u8 next, len;
		__be16 frag;
	} ext = {};
	__u8 type = 0;

	if (!ip6_is_extension(next))
		return false;
	if (load(ctx, off, &ext, sizeof(ext)))
		return true;
	if (next == IPPROTO_FRAGMENT) {
		if (ext.frag & bpf_htons(IP6_FRAG_OFFSET))
			return false;
		ext.len = 0; /* reserved, and no length */
	}
	if (ip6_is_extension(ext.next))
		return true;
	if (ext.next != IPPROTO_ICMPV6)
		return false;
	if (load(ctx, off + (ext.len + 1) * 8, &type, 1))
		return true;
	return type >= ND_FIRST && type <= ND_LAST;
}

static __always_inline bool ip6_spoofed(void *ctx, load_bytes load, __u32 l3,
					struct xsw_bind_ip_key *key)
{
	struct {
		__u8 version[4];
		__be16 len;
		__u8 next, hops;
		__u8 src[16];
	} __attribute__((aligned(8))) ip;
	__u8 type = 0;

	if (load(ctx, l3, &ip, sizeof(ip)))
		return true;
	if (nd_hidden(ctx, load, l3 + 40, ip.next))
		return true;
	__builtin_memcpy(key->ip, ip.src, sizeof(key->ip));
	/* "::" while it has none: duplicate detection, and reports behind hop-by-hop options */
	if (ip6_is_unspecified(key->ip)) {
		if (ip.next != IPPROTO_ICMPV6 && ip.next != IPPROTO_HOPOPTS)
			return true;
	} else if (!ip_is_bound(key)) {
		return true;
	}
	if (ip.next != IPPROTO_ICMPV6 || load(ctx, l3 + 40, &type, 1))
		return false;
	if (type != ND_SOLICIT && type != ND_ADVERTISE)
		return false;
	return nd_spoofed(ctx, load, l3 + 40, type, key);
}

/**
 * spoof_source() - may this source speak on a port with XSW_PORT_SPOOF_MAC?
 * @load: bpf_xdp_load_bytes or bpf_skb_load_bytes
 * @outer: does the first tag stand in the bytes?
 *
 * Return: true if it must not.
 */
static __always_inline bool spoof_source(void *ctx, load_bytes load, const struct pkt *pkt,
					 bool outer)
{
	/* behind the second tag, or the last */
	__u32 l3 = ETH_HLEN + (outer ? VLAN_HLEN : 0) + (pkt->inner.tpid ? VLAN_HLEN : 0);
	struct xsw_bind_ip_key key = {};
	struct xsw_bind_key mac = {};
	struct xsw_bind *bind;
	__be16 proto = 0;
	bool check_ip;

	load(ctx, l3 - sizeof(proto), &proto, sizeof(proto));
	__builtin_memcpy(mac.mac, pkt->src.mac, sizeof(mac.mac));
	mac.port = pkt->port;
	bind = bpf_map_lookup_elem(&xsw_bind, &mac);
	if (!bind)
		return true;
	check_ip = bind->flags & XSW_BIND_IP;
	__builtin_memcpy(key.mac, mac.mac, sizeof(key.mac));
	key.port = mac.port;
	switch (bpf_ntohs(proto)) {
	case ETHERTYPE_ARP:
		return arp_spoofed(ctx, load, l3, &key, check_ip);
	case ETHERTYPE_RARP:
		return arp_spoofed(ctx, load, l3, &key, false);
	case ETHERTYPE_IPV4:
		return check_ip && ip4_spoofed(ctx, load, l3, &key);
	case ETHERTYPE_IPV6:
		return check_ip && ip6_spoofed(ctx, load, l3, &key);
	}
	return is_vlan_tpid(proto); /* a third tag: what is behind cannot be told, it may be ARP */
}
