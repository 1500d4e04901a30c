/* SPDX-License-Identifier: GPL-2.0 */
/* Step "guard": what a guest must not say, whoever it is: see dhcp_guard of xsw(8). */
#pragma once

#include "bpf/l3.h"
#include "bpf/tables.h"
#include "maps/port.h"

/* Ports of UDP, RFC 2131, 4.1, and RFC 8415, 7.2 */
#define DHCP4_SERVER 67
#define DHCP4_CLIENT 68
#define DHCP6_CLIENT 546
#define DHCP6_SERVER 547

#define IP4_OFFSET 0x1fff  /* of a fragment */
#define GUARD_EXTENSIONS 8 /* extension headers that are looked behind */

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

/* All headers in front of UDP are looked behind, and stand in the packet, not behind its end, where
 * hosts do not look: what a packet hides, the next fragment may bring (RFC 7610, 5; RFC 7113, 2.1).
 * Later fragments alone say nothing to anybody.
 */
static __always_inline bool ip6_is_dhcp(const struct hook *hook, __u32 l3)
{
	struct {
		__u8 version[4];
		__be16 len;
		__u8 next, hops;
	} __attribute__((aligned(8))) ip;
	struct {
		__u8 next, len;
		__be16 frag;
	} __attribute__((aligned(4))) ext;
	__u32 l4 = l3 + IP6_HLEN, end;
	__u8 next;

	if (hook_load(hook, l3, &ip, sizeof(ip)))
		return true;
	next = ip.next;
	end = l4 + (ip.len ? bpf_ntohs(ip.len) : 0xffff); /* 0: longer than that, RFC 2675 */
	for (int i = 0; i < GUARD_EXTENSIONS && ip6_may_precede(next); i++) {
		if (l4 + sizeof(ext) > end || hook_load(hook, l4, &ext, sizeof(ext)))
			return true;
		if (next == IPPROTO_FRAGMENT && ext.frag & bpf_htons(IP6_FRAG_OFFSET))
			return false;
		l4 += ip6_extension_len(next, ext.len);
		next = ext.next;
	}
	if (ip6_may_precede(next))
		return true;
	return next == IPPROTO_UDP && udp_is_dhcp(hook, l4, end, DHCP6_SERVER, DHCP6_CLIENT);
}

/**
 * guard_dhcp() - may the frame be of a DHCP server?
 *
 * Return: true also of what hides whether it is. Source: xsw(8), dhcp_guard.
 */
static __always_inline bool guard_dhcp(const struct hook *hook, const struct pkt *pkt)
{
	__u32 l3;
	int type = l3_type(hook, pkt, &l3);

	if (type == ETHERTYPE_IPV4)
		return ip4_is_dhcp(hook, l3);
	if (type == ETHERTYPE_IPV6)
		return ip6_is_dhcp(hook, l3);
	return l3_is_hidden(type);
}

/* Must the frame not enter, because its port's guests are no servers? */
static __always_inline bool guard(const struct hook *hook, const struct pkt *pkt,
				  const struct xsw_port *in)
{
	return in->flags & XSW_PORT_RARE && in->rare & XSW_RARE_DHCP_GUARD &&
	       hook->guarded(hook->ctx, pkt);
}
