/* SPDX-License-Identifier: GPL-2.0 */
/* Recognise frames whose checksum is still to be completed by hardware.
 *
 * A guest or container with checksum offload leaves in the TCP or UDP
 * checksum field the folded sum of the pseudo header alone, and notes
 * beside the frame where to finish. A redirect loses that note, so such frames must
 * go on to the skb path. Native XDP sees it on a veth alone (bpf/veth.h); elsewhere
 * the field itself gives them away (virtio 1.2, 5.1.6.2 demands that content). A
 * full checksum has the same value once in 65536 frames, and then the frame only
 * takes the slower path, or a process looks closer (tools/slowpath/steps/csum_complete.h).
 */
#pragma once

#include <linux/in.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/tcp.h>
#include <linux/udp.h>

#include "bpf/pkt.h"

static __always_inline __u16 csum_fold16(__u64 sum)
{
	sum = (sum & 0xffffffff) + (sum >> 32);
	sum = (sum & 0xffff) + (sum >> 16);
	sum = (sum & 0xffff) + (sum >> 16);
	sum = (sum & 0xffff) + (sum >> 16);
	return sum;
}

/* What the look at a frame comes to */
#define CSUM_FULL 0
#define CSUM_PARTIAL 1 /* it looks partial; a sum over the whole frame would prove it */
#define CSUM_UNKNOWN 2 /* only the skb tells */

/* Encapsulations may carry a packet whose own checksum is partial, under an outer
 * one that is complete. Others than these go by ports that users chose: see
 * csum_inner_partial().
 */
static __always_inline bool port_is_tunnel(__be16 port)
{
	switch (port) {
	case bpf_htons(4789): /* VXLAN, RFC 7348 */
	case bpf_htons(8472): /* the same before it had a number */
	case bpf_htons(4790): /* VXLAN-GPE */
	case bpf_htons(6081): /* Geneve, RFC 8926 */
	case bpf_htons(6080): /* GUE */
	case bpf_htons(6635): /* MPLS in UDP, RFC 7510 */
	case bpf_htons(2152): /* GTP-U */
	case bpf_htons(1701): /* L2TP */
		return true;
	}
	return false;
}

#define IP_UDP_LEN 28 /* the least that a tunnel's payload holds if it has a checksum */
#define INNER_SCAN 64 /* bytes behind a UDP header in which an inner packet may begin */

/* Is @check what a sender leaves for hardware to complete? @sum: addresses and
 * protocol of the pseudo header; @len: its length part. Some senders leave the
 * length out of the sum of a TSO frame.
 */
static __always_inline bool csum_is_partial(__u16 check, __u64 sum, __u16 len)
{
	__u16 bare = csum_fold16(sum);
	__u32 with_len = (__u32)bare + bpf_htons(len);

	return check == bare || check == (__u16)(with_len + (with_len >> 16));
}

static __always_inline __u64 ipv4_pseudo_sum(const struct iphdr *ip)
{
	return (__u64)ip->saddr + ip->daddr + bpf_htons(ip->protocol);
}

static __always_inline __u64 ipv6_pseudo_sum(const struct ipv6hdr *ip)
{
	__u64 sum = bpf_htons(ip->nexthdr);

	for (int i = 0; i < 4; i++)
		sum += (__u64)ip->saddr.in6_u.u6_addr32[i] + ip->daddr.in6_u.u6_addr32[i];
	return sum;
}

/* Does a packet with a partial checksum begin at byte @off, as the payload of a
 * tunnel? What else may stand there says nothing.
 * verifier: global, to be verified once and not for each place (209k instructions).
 */
__noinline int packet_is_partial(struct xdp_md *ctx, __u32 off)
{
	const void *end = (void *)(long)ctx->data_end;
	const void *l3 = (void *)(long)ctx->data + (off & 0xff);
	const struct ipv6hdr *ip6 = l3;
	const struct iphdr *ip = l3;
	const void *l4;
	__u64 sum;
	__u16 len;
	__u8 proto;

	if ((const void *)(ip + 1) > end)
		return false;
	if (ip->version == 4 && ip->ihl == 5) {
		proto = ip->protocol;
		sum = ipv4_pseudo_sum(ip);
		len = bpf_ntohs(ip->tot_len) - sizeof(*ip);
		l4 = ip + 1;
	} else if (ip->version == 6 && (const void *)(ip6 + 1) <= end) {
		proto = ip6->nexthdr;
		sum = ipv6_pseudo_sum(ip6);
		len = bpf_ntohs(ip6->payload_len);
		l4 = ip6 + 1;
	} else {
		return false;
	}
	if (proto == IPPROTO_TCP && l4 + sizeof(struct tcphdr) <= end)
		return csum_is_partial(((const struct tcphdr *)l4)->check, sum, len);
	if (proto == IPPROTO_UDP && l4 + sizeof(struct udphdr) <= end)
		return csum_is_partial(((const struct udphdr *)l4)->check, sum, len);
	return false;
}

#define LANES 0x0001000100010001ULL /* every other byte of a word, 16 bits each */

/* Is one of the four even bytes of @word the first of an IPv4 header without options, or
 * of IPv6? A lane that is 0 gets no carry into its highest bit.
 */
static __always_inline bool word_may_begin_ip(__u64 word)
{
	__u64 v4 = (word & LANES * 0xff) ^ LANES * 0x45, v6 = (word & LANES * 0xf0) ^ LANES * 0x60;

	return ((v4 + LANES * 0x7fff) & (v6 + LANES * 0x7fff) & LANES * 0x8000) != LANES * 0x8000;
}

/* Look for a packet with a partial checksum in a UDP payload, which begins at byte @off.
 *
 * Every tunnel puts an IP header at some even place near the front: at once
 * (FOU), behind a header of its own (GUE, GTP), or behind an Ethernet header too.
 * Places are looked at by the word first: each by itself would cost more than all
 * the rest of the program (200 ns a frame). The last 8 bytes hold no IP header.
 * verifier: global, to be verified once, and with a stack of its own.
 */
__noinline int csum_inner_partial(struct xdp_md *ctx, __u32 off)
{
	const void *payload = (void *)(long)ctx->data + (off & 0xff);
	const void *end = (void *)(long)ctx->data_end;

	for (__u32 i = 0; i < INNER_SCAN; i += 8) {
		if (payload + i + 8 > end)
			return false;
		if (!word_may_begin_ip(*(const __u64 *)(payload + i)))
			continue;
		for (__u32 j = i; j < i + 8; j += 2)
			if (packet_is_partial(ctx, off + j))
				return true;
	}
	return false;
}

/* As csum_is_partial(), of a frame's TCP or UDP header. Return: CSUM_* */
static __always_inline int l4_csum_partial(struct xdp_md *ctx, const void *l4, const void *end,
					   __u8 proto, __u64 sum, __u16 len)
{
	const struct tcphdr *tcp = l4;
	const struct udphdr *udp = l4;

	if (proto == IPPROTO_TCP)
		return (const void *)(tcp + 1) <= end && csum_is_partial(tcp->check, sum, len);
	if ((const void *)(udp + 1) > end)
		return CSUM_FULL;
	if (port_is_tunnel(udp->dest))
		return CSUM_UNKNOWN;
	if (udp->check && csum_is_partial(udp->check, sum, len))
		return CSUM_PARTIAL;
	if (len < sizeof(*udp) + IP_UDP_LEN)
		return CSUM_FULL;
	if (!udp->check) /* what tunnels send by default, whatever their port */
		return CSUM_UNKNOWN;
	return csum_inner_partial(ctx, (const void *)(udp + 1) - (void *)(long)ctx->data);
}

static __always_inline int ipv4_csum_partial(struct xdp_md *ctx, const void *l3, const void *end)
{
	const struct iphdr *ip = l3;

	if ((const void *)(ip + 1) > end)
		return CSUM_FULL;
	if (ip->version != 4)
		return CSUM_FULL;
	if (ip->ihl != 5 || ip->frag_off & bpf_htons(0x3fff))
		return CSUM_UNKNOWN; /* cannot tell: let the skb path do it */
	if (ip->protocol == IPPROTO_ICMP || ip->protocol == IPPROTO_IGMP)
		return CSUM_FULL;
	if (ip->protocol != IPPROTO_TCP && ip->protocol != IPPROTO_UDP)
		return CSUM_UNKNOWN; /* SCTP, GRE, IPIP ...: cannot tell */
	return l4_csum_partial(ctx, ip + 1, end, ip->protocol, ipv4_pseudo_sum(ip),
			       bpf_ntohs(ip->tot_len) - sizeof(*ip));
}

static __always_inline int ipv6_csum_partial(struct xdp_md *ctx, const void *l3, const void *end)
{
	const struct ipv6hdr *ip = l3;

	if ((const void *)(ip + 1) > end)
		return CSUM_FULL;
	if (ip->version != 6 || ip->nexthdr == IPPROTO_ICMPV6)
		return CSUM_FULL;
	if (ip->nexthdr != IPPROTO_TCP && ip->nexthdr != IPPROTO_UDP)
		return CSUM_UNKNOWN; /* extension headers, tunnels: cannot tell */
	if (!ip->payload_len)	     /* BIG TCP */
		return CSUM_UNKNOWN;
	return l4_csum_partial(ctx, ip + 1, end, ip->nexthdr, ipv6_pseudo_sum(ip),
			       bpf_ntohs(ip->payload_len));
}

/**
 * csum_may_be_partial() - must the skb path forward this frame?
 * @l3: the byte after the last tag that was looked at
 * @proto: EtherType there
 *
 * Return: CSUM_*; it must unless CSUM_FULL. Of a flow's frames that are no fragments all
 * are CSUM_UNKNOWN or none is, but for the shortest of UDP without a checksum.
 */
static __always_inline int csum_may_be_partial(struct xdp_md *ctx, const void *l3, const void *end,
					       __be16 proto)
{
	if (proto == bpf_htons(0x0800))
		return ipv4_csum_partial(ctx, l3, end);
	if (proto == bpf_htons(0x86dd))
		return ipv6_csum_partial(ctx, l3, end);
	/* A third tag, MPLS, PPPoE: what is behind may be IP. */
	if (is_vlan_tpid(proto) || proto == bpf_htons(0x9100) || proto == bpf_htons(0x8847) ||
	    proto == bpf_htons(0x8864))
		return CSUM_UNKNOWN;
	return CSUM_FULL;
}
