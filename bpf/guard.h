/* SPDX-License-Identifier: GPL-2.0 */
/* Step "guard": what a guest must not say, whoever it is, for it is no router and no DHCP server:
 * see ra_guard and dhcp_guard of xsw(8). Looked at is only what enters a port that has a guard.
 */
#pragma once

#include "bpf/l3.h"
#include "bpf/tables.h"
#include "maps/drop.h"
#include "maps/port.h"

/* Ports of UDP, RFC 2131, 4.1, and RFC 8415, 7.2 */
#define DHCP4_SERVER 67
#define DHCP4_CLIENT 68
#define DHCP6_CLIENT 546
#define DHCP6_SERVER 547

#define IP4_OFFSET 0x1fff  /* of a fragment */
#define GUARD_EXTENSIONS 8 /* extension headers that are looked behind */
#define IPPROTO_LAST 147 /* of the numbers that IANA has given to protocols, but for experiments */

/* What ip6_upper() answers, if not the number of a protocol */
#define UPPER_NONE (-1)	   /* a later fragment, or nothing: it says nothing to anybody */
#define UPPER_CUT (-2)	   /* the packet ends in the midst of its headers */
#define UPPER_UNKNOWN (-3) /* perhaps one more header, or behind more than are looked at */

/* What of a packet of IPv6 the guards look at */
struct guard_ip6 {
	int upper;    /* a protocol, or UPPER_* */
	__u32 l4;     /* where the header of the protocol stands */
	__u32 end;    /* behind the packet */
	bool is_near; /* hosts may take it for neighbour discovery */
};

/* From a server, or for a client, who need not look at the port that a message comes from.
 * @l4: where the header of UDP stands; @end: behind the packet
 */
static __always_inline bool udp_is_dhcp(const struct hook *hook, __u32 l4, __u32 end, __u16 server,
					__u16 client)
{
	__be16 ports[2];

	if (l4 + sizeof(ports) > end || hook_load(hook, l4, ports, sizeof(ports)))
		return true; /* the packet hides them, as in a first fragment that is cut */
	return ports[0] == bpf_htons(server) || ports[1] == bpf_htons(client);
}

static __always_inline bool ip4_is_dhcp(const struct hook *hook, __u32 l3)
{
	struct {
		__u8 version, tos;
		__be16 len, id, frag;
		__u8 ttl, proto;
		__be16 check;
	} __attribute__((aligned(4))) ip;

	if (hook_load(hook, l3, &ip, sizeof(ip)))
		return true;
	if (ip.proto != IPPROTO_UDP || ip.frag & bpf_htons(IP4_OFFSET))
		return false;
	return udp_is_dhcp(hook, l3 + (ip.version & 15) * 4, l3 + bpf_ntohs(ip.len), DHCP4_SERVER,
			   DHCP4_CLIENT);
}

/* The first header that is no extension header, RFC 7113, 3, and RFC 7610, 5.
 * @next: the number of what stands at @p->l4
 *
 * All headers must stand in the packet, not behind its end, where hosts do not look: what a first
 * fragment hides, the next one may bring (RFC 7112). Later fragments need no look, for the first
 * one tells what all are, and hosts take none that overlap it (RFC 5722).
 */
static __always_inline int ip6_upper(const struct hook *hook, struct guard_ip6 *p, __u8 next)
{
	struct {
		__u8 next, len;
		__be16 frag;
	} __attribute__((aligned(4))) ext;

	for (int i = 0; i < GUARD_EXTENSIONS && ip6_may_precede(next); i++) {
		if (p->l4 + sizeof(ext) > p->end || hook_load(hook, p->l4, &ext, sizeof(ext)))
			return UPPER_CUT;
		if (next == IPPROTO_FRAGMENT && ext.frag & bpf_htons(IP6_FRAG_OFFSET))
			return UPPER_NONE;
		p->l4 += ip6_extension_len(next, ext.len);
		next = ext.next;
	}
	if (next == IPPROTO_NONE)
		return UPPER_NONE;
	if (ip6_may_precede(next) || next > IPPROTO_LAST)
		return UPPER_UNKNOWN;
	return p->l4 < p->end ? next : UPPER_CUT;
}

static __always_inline void guard_ip6_look(const struct hook *hook, __u32 l3, struct guard_ip6 *p)
{
	struct {
		__u8 version[4];
		__be16 len;
		__u8 next, hops;
		__u8 src[8];
	} __attribute__((aligned(8))) ip;

	p->upper = UPPER_CUT;
	if (hook_load(hook, l3, &ip, sizeof(ip)))
		return;
	p->l4 = l3 + IP6_HLEN;
	p->end = p->l4 + (ip.len ? bpf_ntohs(ip.len) : 0xffff); /* 0: more than that, RFC 2675 */
	p->is_near = ip.hops == ND_HOPS && ip.src[0] == 0xfe && (ip.src[1] & 0xc0) == 0x80;
	p->upper = ip6_upper(hook, p, ip.next);
}

/* Cut packets and unknown headers may hide it: RFC 7610, 5. */
static __always_inline bool ip6_is_dhcp(const struct hook *hook, const struct guard_ip6 *p)
{
	if (p->upper == IPPROTO_UDP)
		return udp_is_dhcp(hook, p->l4, p->end, DHCP6_SERVER, DHCP6_CLIENT);
	return p->upper == UPPER_CUT || p->upper == UPPER_UNKNOWN;
}

/* What routers alone send, RFC 4861, 4.2 and 4.5: a redirect takes a neighbour's traffic as an
 * advertisement does. What unknown headers hide hosts believe only of a neighbour, so that all else
 * passes (RFC 7113, 3, rules 1 and 2).
 */
static __always_inline bool ip6_is_router(const struct hook *hook, const struct guard_ip6 *p)
{
	__u8 type;

	if (p->upper == IPPROTO_ICMPV6)
		return hook_load(hook, p->l4, &type, sizeof(type)) || type == ND_ROUTER_ADVERT ||
		       type == ND_REDIRECT;
	return p->upper == UPPER_CUT || (p->upper == UPPER_UNKNOWN && p->is_near);
}

/**
 * guard_why() - may a guest say what is in the frame?
 * @rare: XSW_RARE_* of the port, one of the guards among them
 *
 * What hides whether it is that is treated as if it were.
 * Return: ADMITTED, or the drop reason. Source: xsw(7) "Guards".
 */
static __always_inline int guard_why(const struct hook *hook, const struct pkt *pkt, __u32 rare)
{
	bool dhcp = rare & XSW_RARE_DHCP_GUARD, ra = rare & XSW_RARE_RA_GUARD;
	struct guard_ip6 p = {};
	__u32 l3;
	int type = l3_type(hook, pkt, &l3);

	if (type == ETHERTYPE_IPV4) {
		dhcp = dhcp && ip4_is_dhcp(hook, l3);
		ra = false;
	} else if (type == ETHERTYPE_IPV6) {
		guard_ip6_look(hook, l3, &p);
		dhcp = dhcp && ip6_is_dhcp(hook, &p);
		ra = ra && ip6_is_router(hook, &p);
	} else if (!l3_is_hidden(type)) {
		return ADMITTED;
	}
	return ra ? XSW_DROP_RA : dhcp ? XSW_DROP_DHCP : ADMITTED;
}

/**
 * guard() - ask the guards of port @in
 *
 * Return: ADMITTED, or the drop reason.
 */
static __always_inline int guard(const struct hook *hook, const struct pkt *pkt,
				 const struct xsw_port *in)
{
	if (!(in->flags & XSW_PORT_RARE) || !(in->rare & XSW_RARE_GUARDS))
		return ADMITTED;
	return hook->guarded(hook->ctx, pkt, in->rare);
}
