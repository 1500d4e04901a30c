// SPDX-License-Identifier: GPL-2.0
/* Frames are made from a template: what varies is written anew each time, the
 * rest stays in the slot. Sums are one's complement sums of 16-bit words as
 * they lie in memory (RFC 1071: the order of bytes does not matter).
 */
#include <arpa/inet.h>
#include <errno.h>
#include <string.h>

#include "ctrl/base/error.h"
#include "tools/pktgen/dev.h"
#include "tools/pktgen/frame.h"

#define ETHERTYPE_TEST 0x88b5 /* local experimental 1, IEEE 802 */
#define MAGIC_REQUEST 0x7873
#define MAGIC_REPLY 0x7872
#define UDP 17
#define UDP_LEN 8
#define V4_LEN 20
#define V6_LEN 40
#define FILL 0x40

/* ---- bytes and sums */

static void put16(__u8 *p, __u16 v)
{
	p[0] = v >> 8;
	p[1] = v;
}

static void put32(__u8 *p, __u32 v)
{
	put16(p, v >> 16);
	put16(p + 2, v);
}

static void put48(__u8 *p, __u64 v)
{
	put16(p, v >> 32);
	put32(p + 2, v);
}

static void put64(__u8 *p, __u64 v)
{
	put32(p, v >> 32);
	put32(p + 4, v);
}

static __u16 get16(const __u8 *p)
{
	return p[0] << 8 | p[1];
}

static __u32 csum_add(__u32 sum, const __u8 *p, __u32 len)
{
	__u16 word = 0;
	__u64 s = sum;

	for (; len > 1; p += 2, len -= 2) {
		memcpy(&word, p, 2);
		s += word;
	}
	if (len) {
		word = 0;
		memcpy(&word, p, 1);
		s += word;
	}
	return (s & 0xffffffff) + (s >> 32);
}

static __u32 csum_add16(__u32 sum, __u16 v)
{
	return sum + htons(v);
}

static __u16 csum_fold(__u32 sum)
{
	sum = (sum & 0xffff) + (sum >> 16);
	return ~((sum & 0xffff) + (sum >> 16));
}

/* ---- the plan */

static __u32 l2_len(const struct config *c)
{
	return 14 + 4 * c->tags;
}

static int plan_family(struct frame_plan *p, const struct config *c)
{
	bool random = c->random_src || c->random_dst;
	int family = c->dst.family ? c->dst.family :
		     c->src.family ? c->src.family :
		     random	   ? AF_INET :
				     0;
	__u32 shortest = c->len_min ? c->len_min : c->len;
	__u32 ip = family == AF_INET6 ? V6_LEN : V4_LEN,
	      least = l2_len(c) + ip + UDP_LEN + MARK_LEN;

	if (shortest < l2_len(c))
		return xsw_fail(EINVAL, "option", "-l", "'%u': header and tags alone are %u bytes",
				shortest, l2_len(c));
	if (c->dst.family && c->src.family && c->dst.family != c->src.family)
		return xsw_fail(EINVAL, "option", "-s", "is not of the address family of -d");
	if (family && shortest < least)
		return xsw_fail(EINVAL, "option", "-l",
				"'%u': with these addresses and tags a frame has %u bytes or more",
				shortest, least);
	p->family = shortest < least ? 0 : family ? family : AF_INET;
	return 0;
}

static void write_l2(struct frame_plan *p, const struct config *c)
{
	__u16 type = p->family == AF_INET  ? 0x0800 :
		     p->family == AF_INET6 ? 0x86dd :
					     ETHERTYPE_TEST;
	__u8 *at = p->bytes + 12;

	put48(p->bytes, c->dmac.first);
	for (__u32 i = 0; i < c->tags; i++, at += 4) {
		put16(at, c->tag[i].tpid);
		put16(at + 2, c->tag[i].tci);
	}
	put16(at, type);
}

static void write_ip(struct frame_plan *p)
{
	__u8 *ip = p->bytes + p->l3;

	memset(ip, 0, p->l4 - p->l3);
	if (p->family == AF_INET) {
		ip[0] = 0x45;
		ip[8] = 64;
		ip[9] = UDP;
	} else {
		ip[0] = 0x60;
		ip[6] = UDP;
		ip[7] = 64;
	}
}

/* What headers say of the length: in the template, or in a frame that was made from it. */
static void write_len(const struct frame_plan *p, __u8 *frame, __u32 len)
{
	if (!p->family)
		return;
	if (p->family == AF_INET)
		put16(frame + p->l3 + 2, len - p->l3);
	else
		put16(frame + p->l3 + 4, len - p->l4);
	put16(frame + p->l4 + 4, len - p->l4);
}

/* Bytes that are written anew in each frame, from its beginning on. */
static __u32 head_len(const struct frame_plan *p)
{
	return p->mark ? p->mark + MARK_LEN : p->family ? p->l4 + UDP_LEN : p->l3;
}

static bool ends_vary(const struct end_range *e)
{
	return e->first != e->last || e->port_first != e->port_last;
}

int frame_plan_make(struct frame_plan *p, const struct config *c, const __u8 *own)
{
	int err;

	p->conf = c;
	p->len = c->len;
	p->len_min = c->len_min;
	err = plan_family(p, c);
	if (err)
		return err;
	memset(p->bytes, FILL, sizeof(p->bytes));
	write_l2(p, c);
	if (c->smac_given)
		put48(p->bytes + 6, c->smac.first);
	else
		memcpy(p->bytes + 6, own, 6);
	p->l3 = p->mark = l2_len(c);
	if (p->family) {
		p->l4 = p->l3 + (p->family == AF_INET ? V4_LEN : V6_LEN);
		p->mark = p->l4 + UDP_LEN;
	}
	if (c->announce || (p->len_min ? p->len_min : p->len) < p->mark + MARK_LEN)
		p->mark = 0; /* nobody shall answer or count what announces an address */
	else
		memset(p->bytes + p->mark, 0, MARK_LEN);
	if (p->family) {
		write_ip(p);
		memset(p->bytes + p->l4, 0, UDP_LEN);
		write_len(p, p->bytes, p->len);
	}
	if (c->piece_len && c->piece_len < p->len && c->piece_len < head_len(p))
		return xsw_fail(EINVAL, "option", c->fragments ? "-F" : "-M",
				"fragments of %u bytes: the first one holds %u of headers and mark",
				c->piece_len, head_len(p));
	p->macs_vary = c->dmac.first != c->dmac.last ||
		       (c->smac_given && c->smac.first != c->smac.last);
	p->ends_vary = p->family && (ends_vary(&c->src) || ends_vary(&c->dst) || c->random_src ||
				     c->random_dst || p->len_min);
	return 0;
}

/* ---- the ranges: Ethernet addresses step with every frame, the rest turns like the
 * wheels of a counter: source port, source address, destination port, destination address
 */

static __u64 within(__u64 first, __u64 last, __u64 steps)
{
	__u64 size = range_size(first, last);

	return first + (size ? steps % size : steps);
}

/* The value of a wheel after *@steps, which becomes the steps of the next one. */
static __u64 wheel(__u64 first, __u64 last, __u64 *steps)
{
	__u64 value = within(first, last, *steps), size = range_size(first, last);

	*steps = size ? *steps / size : 0;
	return value;
}

/* xorshift64*: any address, port and length may come, which is all that is asked of it. */
static __u64 draw(struct frame_maker *m)
{
	m->random ^= m->random >> 12;
	m->random ^= m->random << 25;
	m->random ^= m->random >> 27;
	return (m->random * 0x2545f4914f6cdd1d) >> 16;
}

/* Sums of what all frames of one length have in common. */
static void sums_of_len(struct frame_maker *m, __u32 len)
{
	const struct frame_plan *p = m->plan;
	__u32 udp = len - p->l4, fill = udp - UDP_LEN - MARK_LEN;

	if (!p->family)
		return;
	m->l3_sum = csum_add16(csum_add16(0, 0x4500), len - p->l3);
	m->l3_sum = csum_add16(m->l3_sum, 64 << 8 | UDP);
	m->l4_sum = csum_add16(csum_add16(csum_add16(0, udp), UDP), udp); /* pseudo header, too */
	m->l4_sum += fill / 2 * (FILL << 8 | FILL);
	if (fill & 1)
		m->l4_sum = csum_add16(m->l4_sum, FILL << 8);
}

static __u32 sum_of_ends(const struct frame_maker *m)
{
	const struct frame_plan *p = m->plan;
	__u32 sum = 0;
	__u8 b[32];

	if (p->family == AF_INET) {
		put32(b, m->src);
		put32(b + 4, m->dst);
		return csum_add(sum, b, 8);
	}
	put64(b, p->conf->src.prefix);
	put64(b + 8, m->src);
	put64(b + 16, p->conf->dst.prefix);
	put64(b + 24, m->dst);
	return csum_add(sum, b, 32);
}

/* Ends at random, whatever their ranges are. */
static void ends_draw(struct frame_maker *m)
{
	const struct config *c = m->plan->conf;
	__u64 all = m->plan->family == AF_INET6 ? ~0ULL : ~0U;

	if (c->random_src) {
		m->src = (draw(m) << 32 | (__u32)draw(m)) & all;
		m->src_port = draw(m);
	}
	if (c->random_dst) {
		m->dst = (draw(m) << 32 | (__u32)draw(m)) & all;
		m->dst_port = draw(m);
	}
}

void frame_maker_start(struct frame_maker *m, const struct frame_plan *plan, __u16 stream,
		       __u64 start)
{
	const struct config *c = plan->conf;
	__u64 steps = start;

	*m = (struct frame_maker){ .plan = plan, .stream = stream };
	m->dmac = within(c->dmac.first, c->dmac.last, start);
	m->smac = within(c->smac.first, c->smac.last, start);
	m->src_port = wheel(c->src.port_first, c->src.port_last, &steps);
	m->src = wheel(c->src.first, c->src.last, &steps);
	m->dst_port = wheel(c->dst.port_first, c->dst.port_last, &steps);
	m->dst = wheel(c->dst.first, c->dst.last, &steps);
	m->random = (__u64)stream << 32 | (start + 1);
	sums_of_len(m, plan->len);
	ends_draw(m);
	if (plan->family)
		m->ends_sum = sum_of_ends(m);
}

/* Return: true if the wheel went round. */
#define STEP(value, first, last)                                                                   \
	((value) == (last) ? ((value) = (first), true) : ((value)++, false))

static void ends_step(struct frame_maker *m)
{
	const struct config *c = m->plan->conf;
	const struct end_range *src = &c->src, *dst = &c->dst;

	if ((c->random_src || (STEP(m->src_port, src->port_first, src->port_last) &&
			       STEP(m->src, src->first, src->last))) &&
	    !c->random_dst && STEP(m->dst_port, dst->port_first, dst->port_last))
		STEP(m->dst, dst->first, dst->last);
	ends_draw(m);
	m->ends_sum = sum_of_ends(m);
}

static void macs_step(struct frame_maker *m)
{
	const struct config *c = m->plan->conf;

	STEP(m->dmac, c->dmac.first, c->dmac.last);
	STEP(m->smac, c->smac.first, c->smac.last);
}

/* ---- one frame */

static void write_ends(const struct frame_maker *m, __u8 *frame)
{
	const struct frame_plan *p = m->plan;
	__u8 *ip = frame + p->l3, *udp = frame + p->l4;
	__u16 sum;

	if (p->family == AF_INET) {
		put32(ip + 12, m->src);
		put32(ip + 16, m->dst);
		sum = csum_fold(m->l3_sum + m->ends_sum);
		memcpy(ip + 10, &sum, 2);
	} else {
		put64(ip + 8, p->conf->src.prefix);
		put64(ip + 16, m->src);
		put64(ip + 24, p->conf->dst.prefix);
		put64(ip + 32, m->dst);
	}
	put16(udp, m->src_port);
	put16(udp + 2, m->dst_port);
}

static void write_mark(const struct frame_maker *m, __u8 *frame)
{
	const struct frame_plan *p = m->plan;
	__u8 *mark = frame + p->mark;
	__u32 sum;
	__u16 folded;

	put16(mark, MAGIC_REQUEST);
	put16(mark + 2, m->stream);
	put32(mark + 4, m->seq);
	if (!p->family)
		return;
	sum = csum_add(m->l4_sum + m->ends_sum, mark, MARK_LEN);
	sum = csum_add16(csum_add16(sum, m->src_port), m->dst_port);
	folded = csum_fold(sum);
	if (!folded)
		folded = 0xffff; /* 0 would mean: none */
	memcpy(frame + p->l4 + 6, &folded, 2);
}

/* A length at random, below that of the template. */
static void vary_len(struct frame_maker *m, struct slot *slot)
{
	const struct frame_plan *p = m->plan;
	__u32 len = p->len_min + draw(m) % (p->len - p->len_min);

	slot_cut(slot, len);
	write_len(p, slot->piece[0].data, len);
	sums_of_len(m, len);
}

void frame_make(struct frame_maker *m, struct slot *slot)
{
	const struct frame_plan *p = m->plan;
	__u8 *frame = slot->piece[0].data;

	if (!slot->filled) {
		slot_fill(slot, p->bytes, p->len);
		slot->filled = true;
		if (p->family)
			write_ends(m, frame);
	}
	if (p->len_min)
		vary_len(m, slot);
	if (p->macs_vary) {
		put48(frame, m->dmac);
		if (p->conf->smac_given)
			put48(frame + 6, m->smac);
		macs_step(m);
	}
	if (p->ends_vary)
		write_ends(m, frame);
	if (p->mark)
		write_mark(m, frame);
	if (p->ends_vary)
		ends_step(m);
	m->seq++;
}

/* ---- frames that come in */

static bool is_vlan(__u16 type)
{
	return type == 0x8100 || type == 0x88a8;
}

/* Offset behind Ethernet header and tags; @type: what is there. 0: cut short. */
static __u32 skip_l2(const __u8 *frame, __u32 len, __u16 *type)
{
	__u32 at = 12;

	if (len < 14)
		return 0;
	*type = get16(frame + at);
	while (is_vlan(*type) && len >= at + 6) {
		at += 4;
		*type = get16(frame + at);
	}
	return at + 2;
}

/* Offset of the UDP header; 0: there is none. */
static __u32 skip_ip(const __u8 *frame, __u32 len, __u32 at, __u16 type)
{
	const __u8 *ip = frame + at;

	if (type == 0x0800 && len >= at + V4_LEN && ip[0] >> 4 == 4 && ip[9] == UDP &&
	    !(get16(ip + 6) & 0x3fff))
		return at + (ip[0] & 15) * 4;
	if (type == 0x86dd && len >= at + V6_LEN && ip[0] >> 4 == 6 && ip[6] == UDP)
		return at + V6_LEN;
	return 0;
}

bool frame_mark(const __u8 *frame, __u32 len, struct mark *mark)
{
	__u16 type = 0, magic;
	__u32 at = skip_l2(frame, len, &type);

	if (at && type != ETHERTYPE_TEST) {
		at = skip_ip(frame, len, at, type);
		at = at ? at + UDP_LEN : 0;
	}
	if (!at || len < at + MARK_LEN)
		return false;
	magic = get16(frame + at);
	if (magic != MAGIC_REQUEST && magic != MAGIC_REPLY)
		return false;
	mark->offset = at;
	mark->reply = magic == MAGIC_REPLY;
	mark->stream = get16(frame + at + 2);
	mark->seq = (__u32)get16(frame + at + 4) << 16 | get16(frame + at + 6);
	return true;
}

static void swap(__u8 *a, __u8 *b, size_t len)
{
	__u8 saved[16];

	memcpy(saved, a, len);
	memcpy(a, b, len);
	memcpy(b, saved, len);
}

/* The magic changes, the rest of what is summed only its place (RFC 1624, equation 3). */
static void udp_csum_mend(__u8 *csum)
{
	__u16 old, folded;

	memcpy(&old, csum, 2);
	if (!old)
		return;
	folded = csum_fold((__u16)~old + (__u16)~htons(MAGIC_REQUEST) + htons(MAGIC_REPLY));
	if (!folded)
		folded = 0xffff;
	memcpy(csum, &folded, 2);
}

void frame_reflect(__u8 *frame, __u32 len, const struct mark *mark, const __u8 *own)
{
	__u16 type = 0;
	__u32 l3 = skip_l2(frame, len, &type);

	swap(frame, frame + 6, 6);
	if (frame[6] & 1) /* it came to a group */
		memcpy(frame + 6, own, 6);
	if (type == 0x0800)
		swap(frame + l3 + 12, frame + l3 + 16, 4);
	else if (type == 0x86dd)
		swap(frame + l3 + 8, frame + l3 + 24, 16);
	if (type != ETHERTYPE_TEST) {
		swap(frame + mark->offset - UDP_LEN, frame + mark->offset - UDP_LEN + 2, 2);
		udp_csum_mend(frame + mark->offset - 2);
	}
	put16(frame + mark->offset, MAGIC_REPLY);
}
