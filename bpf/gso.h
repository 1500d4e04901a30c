/* SPDX-License-Identifier: GPL-2.0 */
/* The segments that a GSO frame stands for: how many, and how long. The kernel tells by
 * the notes in the skb: where the transport header begins, and what kind of segments
 * follows it. Only TC meets GSO frames, and only for them is anything here run.
 *
 * Source: net/core/skbuff.c, skb_gso_mac_seglen(), with three differences: of a UDP
 * datagram in a tunnel the UDP header counts as well, of a UDP datagram that is to be cut
 * into IPv6 fragments the fragment header does, and the notes of a guest are not believed
 * where the frame's own headers are longer.
 */
#pragma once

#include <stddef.h>
#include <linux/ip.h>
#include <linux/ipv6.h>

#include "bpf/l3.h"
#include "bpf/skb.h"
#include "bpf/tables.h"

#define GSO_BY_FRAGS 0xffff /* gso_size: each skb of the frag_list is a segment's data */
#define GSO_SEGS_MAX 0xffff
#define HEADER_NOT_SET 0xffff

/* Kinds of GSO, SKB_GSO_* of include/linux/skbuff.h. The loader sets what the running
 * kernel calls by these names: some of the others have moved.
 */
const volatile __u32 xsw_gso_tcp4 = 1 << 0;
const volatile __u32 xsw_gso_tcp6 = 1 << 4;
const volatile __u32 xsw_gso_dodgy = 1 << 1; /* the headers are a guest's, unchecked */
const volatile __u32 xsw_gso_sctp = 1 << 14;
const volatile __u32 xsw_gso_udp = 1 << 16;    /* UFO: IP fragments of one datagram */
const volatile __u32 xsw_gso_udp_l4 = 1 << 17; /* USO: datagrams */

/* What the kernel notes of a GSO frame. Offsets count from the Ethernet header, in the
 * frame's bytes, where an accelerated tag is not.
 */
struct gso_notes {
	__u32 type;  /* of xsw_gso_*; 0: not known */
	__u32 l3;    /* of the inner IP header in a tunnel, else 0 */
	__u32 l4;    /* innermost transport header, 0: not known */
	__u64 frags; /* address of the first skb of the frag_list */
};

/* Read the notes. A checksum that is to be completed begins where the innermost transport
 * header does, in tunnels too; of frames whose checksum is complete the kernel keeps the
 * headers' places, and those within a tunnel only if it knows the tunnel.
 */
static __always_inline void gso_look(struct __sk_buff *ctx, struct gso_notes *n)
{
	const struct skb_shared_info *info;
	const struct sk_buff *skb;
	__u32 header, begin;

	n->l3 = 0;
	n->l4 = 0;
	skb = skb_behind(ctx);
	info = skb_info(skb);
	begin = KERNEL_READ(skb, data) - KERNEL_READ(skb, head);
	n->type = KERNEL_READ(info, gso_type);
	n->frags = (__u64)KERNEL_READ(info, frag_list);
	if (KERNEL_READ_BITS(skb, encapsulation)) {
		n->l3 = KERNEL_READ(skb, inner_network_header) - begin;
		header = KERNEL_READ(skb, inner_transport_header);
	} else {
		header = KERNEL_READ(skb, transport_header);
	}
	if (KERNEL_READ_BITS(skb, ip_summed) == CHECKSUM_PARTIAL)
		header = KERNEL_READ(skb, csum_start);
	if (header != HEADER_NOT_SET && header > begin + ETH_HLEN)
		n->l4 = header - begin;
}

/* EtherType before @l3, in network order; 0: there is none. */
static __always_inline __be16 gso_proto(struct __sk_buff *skb, __u32 l3)
{
	__be16 proto = 0;

	bpf_skb_load_bytes(skb, l3 - sizeof(proto), &proto, sizeof(proto));
	return proto;
}

#define GSO_TAGS 8 /* beyond two: as many as the kernel steps over at most */

/* Where the packet begins, if tags are at @l3. */
static __always_inline __u32 gso_skip_tags(struct __sk_buff *skb, __u32 l3)
{
	for (int i = 0; i < GSO_TAGS && is_vlan_tpid(gso_proto(skb, l3)); i++)
		l3 += VLAN_HLEN;
	return l3;
}

/* Where a packet's transport header is, and whose: IPPROTO_* */
struct gso_place {
	__u32 l4; /* 0: not known */
	__u8 proto;
};

#define GSO_EXTENSIONS 8 /* IPv6 extension headers; with more the frame counts as all header */

/* Behind the extension headers that the kernel steps over when it cuts an IPv6 packet
 * (net/ipv6/ip6_offload.c, ipv6_gso_pull_exthdrs()). @l3: where its header begins
 */
static __always_inline void gso_walk_ip6(struct __sk_buff *skb, __u32 l3, struct gso_place *to)
{
	__u8 head[2];

	bpf_skb_load_bytes(skb, l3 + offsetof(struct ipv6hdr, nexthdr), &to->proto, 1);
	to->l4 = l3 + sizeof(struct ipv6hdr);
	for (int i = 0; i <= GSO_EXTENSIONS; i++) {
		if (to->proto != IPPROTO_HOPOPTS && to->proto != IPPROTO_ROUTING &&
		    to->proto != IPPROTO_DSTOPTS)
			return;
		if (bpf_skb_load_bytes(skb, to->l4, head, sizeof(head)))
			return;
		to->proto = head[0];
		to->l4 += (head[1] + 1) * 8;
	}
	to->l4 = skb->len;
}

/* The transport header of the packet at @l3, as its own headers have it, if it is IP. The
 * EtherType before it says which IP; in a tunnel that has none before the inner packet, the
 * packet does.
 */
static __always_inline void gso_walk(struct __sk_buff *skb, __u32 l3, struct gso_place *to)
{
	__be16 type = gso_proto(skb, l3);
	__u8 first = 0;

	bpf_skb_load_bytes(skb, l3, &first, 1);
	if (type == bpf_htons(ETHERTYPE_IPV4) ||
	    (type != bpf_htons(ETHERTYPE_IPV6) && first >> 4 == 4)) {
		bpf_skb_load_bytes(skb, l3 + offsetof(struct iphdr, protocol), &to->proto, 1);
		to->l4 = l3 + (first & 0xf) * 4;
	} else if (type == bpf_htons(ETHERTYPE_IPV6) || first >> 4 == 6) {
		gso_walk_ip6(skb, l3, to);
	}
}

/* Complete the notes from the headers, where the kernel does not tell. They are asked too
 * where the frame is a guest's, so that the longer of two answers counts: the kernel cuts
 * by the headers.
 */
static __always_inline void gso_check(struct __sk_buff *skb, struct gso_notes *n, __u32 l3)
{
	struct gso_place is = {};

	if (n->l4 && n->type && !(n->type & xsw_gso_dodgy))
		return;
	gso_walk(skb, n->l3 ? n->l3 : l3, &is);
	if (is.l4 > n->l4)
		n->l4 = is.l4;
	if (!n->type) /* the longest that it can be */
		n->type = is.proto == IPPROTO_TCP ? xsw_gso_tcp4 : xsw_gso_udp_l4;
}

/* Bytes of the transport header that each segment has. */
static __always_inline __u32 gso_transport_len(struct __sk_buff *skb, const struct gso_notes *n)
{
	__u8 doff = 0;

	if (n->type & (xsw_gso_tcp4 | xsw_gso_tcp6)) {
		bpf_skb_load_bytes(skb, n->l4 + 12, &doff, 1);
		return (doff >> 4) * 4;
	}
	return n->type & xsw_gso_udp_l4 ? 8 : n->type & xsw_gso_sctp ? 12 : 0;
}

/* The hop-by-hop header of IPv6 TCP of more than 64 KB, which the segments do not have
 * (include/net/ipv6.h, ipv6_has_hopopt_jumbo()).
 */
static __always_inline bool gso_is_jumbo(struct __sk_buff *skb, __u32 l3)
{
	struct {
		__u8 next;
		__u8 len;
		__u8 option;
		__u8 option_len;
	} hop = {};
	__u8 next = IPPROTO_NONE;

	if (skb->len <= 65536)
		return false;
	bpf_skb_load_bytes(skb, l3 + offsetof(struct ipv6hdr, nexthdr), &next, 1);
	bpf_skb_load_bytes(skb, l3 + sizeof(struct ipv6hdr), &hop, sizeof(hop));
	return next == IPPROTO_HOPOPTS && hop.next == IPPROTO_TCP && !hop.len &&
	       hop.option == IPV6_TLV_JUMBO;
}

/* By how much the headers of a segment are longer than those of the frame. @l3: outer */
static __always_inline int gso_grows(struct __sk_buff *skb, const struct gso_notes *n, __u32 l3)
{
	if (gso_proto(skb, l3) != bpf_htons(ETHERTYPE_IPV6))
		return 0;
	if (n->type & xsw_gso_udp)
		return 8; /* a fragment header, RFC 8200, section 4.5 */
	return gso_is_jumbo(skb, l3) ? -8 : 0;
}

struct gso_frags {
	__u64 next; /* address of the skb to look at */
	__u32 longest;
	__u32 n;
};

static long gso_frag_cb(__u32 index, struct gso_frags *f)
{
	__u32 len;

	if (!f->next)
		return 1;
	len = KERNEL_READ_AT(struct sk_buff, f->next, len);
	f->next = (__u64)KERNEL_READ_AT(struct sk_buff, f->next, next);
	if (len > f->longest)
		f->longest = len;
	f->n++;
	return 0;
}

/* The segments whose data are the skbs of a list, as SCTP makes them. Return: how many. */
static __always_inline __u32 gso_by_frags(struct pkt *pkt, __u64 frags)
{
	struct gso_frags f = { .next = frags, .longest = loop_zero, .n = loop_zero };

	bpf_loop(GSO_SEGS_MAX, gso_frag_cb, &f, 0);
	pkt->gso_size = f.longest;
	return f.n;
}

/**
 * gso_measure() - the segments of a GSO frame
 * @pkt: bytes: of the frame with its tags, given; len, gso_size, gso_segs, gso_grows: results
 * @l3: where what follows the second tag begins, in the frame's bytes
 */
static __noinline void gso_measure(struct __sk_buff *skb, struct pkt *pkt, __u32 l3)
{
	__u32 header = pkt->bytes - skb->len, segs = 1; /* a tag beside the bytes */
	struct gso_notes n;

	l3 = gso_skip_tags(skb, l3);
	gso_look(skb, &n);
	gso_check(skb, &n, l3);
	header += n.l4 + gso_transport_len(skb, &n);
	pkt->gso_size = skb->gso_size;
	if (header < pkt->bytes) {
		if (pkt->gso_size == GSO_BY_FRAGS && n.frags)
			segs = gso_by_frags(pkt, n.frags);
		else if (pkt->gso_size)
			segs = (pkt->bytes - header + pkt->gso_size - 1) / pkt->gso_size;
	}
	pkt->gso_grows = gso_grows(skb, &n, l3);
	pkt->len = header + pkt->gso_grows + pkt->gso_size;
	pkt->gso_segs = segs < GSO_SEGS_MAX ? segs : GSO_SEGS_MAX;
}
