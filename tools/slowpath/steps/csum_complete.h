/* SPDX-License-Identifier: GPL-2.0 */
/* Complete the checksums that a sender left to hardware, of frames that bpf/csum.h says
 * CSUM_PARTIAL of. A process can sum up the whole frame, and so knows which checksums only
 * look partial: those stay. For steps.c alone.
 *
 * The kernel leaves one checksum of a packet partial at most. If that is one inside a
 * tunnel, the outer one is right already for the inner one completed (LCO, see
 * Documentation/networking/checksum-offloads.rst): it proves that what was found in a
 * payload is the packet of a tunnel, and not data that look like one.
 */
#pragma once

#include "bpf/csum.h"
#include "tools/slowpath/steps/steps.h"

/* A TCP or UDP packet, all of which is there */
struct segment {
	__u8 *data;
	__u32 len;
	__u8 proto;
	__u64 pseudo; /* sum of the pseudo header without the length */
	__be16 *check;
};

/* One's complement sum of @n bytes, the first one at an even place. */
static __u64 bytes_sum(const __u8 *p, __u32 n)
{
	__u64 sum = 0;
	__u32 word;

	for (; n >= sizeof(word); p += sizeof(word), n -= sizeof(word)) {
		memcpy(&word, p, sizeof(word));
		sum += word;
	}
	word = 0;
	memcpy(&word, p, n);
	return sum + word;
}

/* The same of the frame from byte @p of its first piece on, wherever it goes on. */
static __u16 frame_sum(const struct steps_frame *f, const __u8 *p, __u32 len)
{
	__u32 at = f->end - p < len ? f->end - p : len, n;
	__u64 sum = bytes_sum(p, at);
	__u16 part;

	for (__u32 i = 0; i < f->n_pieces && at < len; i++, at += n) {
		n = f->pieces[i].len < len - at ? f->pieces[i].len : len - at;
		part = csum_fold16(bytes_sum(f->pieces[i].data, n));
		sum += at & 1 ? __builtin_bswap16(part) : part;
	}
	return csum_fold16(sum);
}

/* 0xffff if its checksum is right. */
static __u16 segment_sum(const struct steps_frame *f, const struct segment *s)
{
	return csum_fold16(s->pseudo + bpf_htons(s->len) + frame_sum(f, s->data, s->len));
}

/* Where IP's payload is, and what IP says of it. Fragments and headers in between: none. */
static bool segment_of_ip4(const struct iphdr *ip, struct segment *s)
{
	if (ip->version != 4 || ip->ihl != 5 || ip->frag_off & bpf_htons(0x3fff) ||
	    bpf_ntohs(ip->tot_len) < sizeof(*ip))
		return false;
	s->data = (void *)(ip + 1);
	s->len = bpf_ntohs(ip->tot_len) - sizeof(*ip);
	s->proto = ip->protocol;
	s->pseudo = ipv4_pseudo_sum(ip);
	return true;
}

static bool segment_of_ip6(const struct ipv6hdr *ip, struct segment *s)
{
	if (ip->version != 6)
		return false;
	s->data = (void *)(ip + 1);
	s->len = bpf_ntohs(ip->payload_len);
	s->proto = ip->nexthdr;
	s->pseudo = ipv6_pseudo_sum(ip);
	return true;
}

/* Is its header, with a checksum, in the first piece? */
static bool segment_of_l4(const struct steps_frame *f, struct segment *s)
{
	struct tcphdr *tcp = (void *)s->data;
	struct udphdr *udp = (void *)s->data;
	__u32 there = f->end - s->data;

	if (there > s->len)
		there = s->len;
	if (s->proto == IPPROTO_TCP) {
		s->check = &tcp->check;
		return there >= sizeof(*tcp);
	}
	s->check = &udp->check;
	return s->proto == IPPROTO_UDP && there >= sizeof(*udp) && udp->check &&
	       bpf_ntohs(udp->len) == s->len;
}

/* Does a packet with a checksum begin at @l3, of IP @version, and end in this frame? */
static bool segment_find(const struct steps_frame *f, __u8 *l3, int version, struct segment *s)
{
	__u32 there;

	if (l3 + (version == 4 ? sizeof(struct iphdr) : sizeof(struct ipv6hdr)) > f->end)
		return false;
	if (version == 4 ? !segment_of_ip4((void *)l3, s) : !segment_of_ip6((void *)l3, s))
		return false;
	if (!segment_of_l4(f, s))
		return false;
	there = f->end - s->data;
	for (__u32 i = 0; i < f->n_pieces; i++)
		there += f->pieces[i].len;
	return there >= s->len;
}

/* Return: was its checksum partial? It is full now. */
static bool segment_complete(const struct steps_frame *f, const struct segment *s)
{
	__u16 sum;

	if (!csum_is_partial(*s->check, s->pseudo, s->len))
		return false;
	sum = segment_sum(f, s);
	if (sum == 0xffff)
		return false;
	sum = ~csum_fold16((__u64)sum + (__u16) ~*s->check);
	*s->check = sum ?: 0xffff;
	return true;
}

/* The packet in the tunnel @outer, if its checksum is partial. */
static void inner_complete(const struct steps_frame *f, const struct segment *outer)
{
	__u8 *payload = outer->data + sizeof(struct udphdr);
	struct segment s;
	__be16 was;

	if (segment_sum(f, outer) == 0xffff)
		return;
	for (__u32 i = 0; i < INNER_SCAN && payload + i < f->end; i += 2) {
		if (!segment_find(f, payload + i, payload[i] >> 4 == 6 ? 6 : 4, &s))
			continue;
		was = *s.check;
		if (!segment_complete(f, &s))
			continue;
		if (segment_sum(f, outer) == 0xffff)
			return;
		*s.check = was;
	}
}

/**
 * frame_complete() - make the checksum of @f full, if it is partial
 * @l3: the byte after the last tag that was looked at, as of csum_may_be_partial()
 *
 * What is there of a frame that is cut stays as it is.
 */
static void frame_complete(const struct steps_frame *f, __u8 *l3)
{
	struct segment s;

	if (!segment_find(f, l3, l3[-2] == 0x08 ? 4 : 6, &s))
		return;
	if (!segment_complete(f, &s) && s.proto == IPPROTO_UDP)
		inner_complete(f, &s);
}
