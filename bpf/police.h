/* SPDX-License-Identifier: GPL-2.0 */
/* Step "police": may a frame pass, at the rates of a port? See maps/policer.h. A frame is charged
 * by the hook that finishes it: XDP charges nothing for a frame that it passes on to TC.
 */
#pragma once

#include "bpf/event.h"
#include "bpf/mac_limit.h"
#include "bpf/pkt.h"
#include "bpf/tables.h"

#define DEI_MASK 0x1000
#define PCP_SHIFT 13

/* What a frame is charged for: its segments if it is GSO, with a header each. */
struct charge {
	__u32 bytes;
	__u32 frames;
	__u32 first; /* bytes of the first segment */
};

static __always_inline void charge_frame(const struct pkt *pkt, struct charge *c)
{
	c->bytes = pkt->bytes;
	c->first = pkt->bytes;
	c->frames = 1;
	if (!pkt->gso_size || pkt->gso_segs <= 1)
		return;
	c->bytes += (pkt->gso_segs - 1) * (pkt->len - pkt->gso_size) + pkt->gso_grows;
	c->first = pkt->len;
	c->frames = pkt->gso_segs;
}

static __always_inline __u64 rate_cost(const struct xsw_rate *rate, __u32 n)
{
	return n * rate->mult >> (rate->shift & 63);
}

#define BUCKET_TRIES 8

/* Take @cost from the bucket @until if @first, the cost of the first segment, is there.
 * A GSO frame passes whole or not at all; if it overdraws the bucket, the next frames wait.
 * @idle: result: how long the bucket had been full
 *
 * Lock-free. After BUCKET_TRIES attempts in vain the frame passes and is charged all the same: so
 * the sum obeys the rate, however many CPUs compete.
 */
static __always_inline bool bucket_take(__u64 *until, const struct xsw_rate *rate, __u64 cost,
					__u64 first, __u64 now, __u64 *idle)
{
	__u64 old, base;

	for (int i = 0; i < BUCKET_TRIES; i++) {
		old = *(volatile __u64 *)until;
		base = old;
		*idle = 0;
		/* A bucket further ahead than any frame moves it was not used for a year. */
		if ((__s64)(old - now) < 0 || old - now > rate->burst + rate_cost(rate, 1 << 20)) {
			*idle = now - old;
			base = now;
		}
		if (base + first - now > rate->burst)
			return false;
		if (__sync_val_compare_and_swap(until, old, base + cost) == old)
			return true;
	}
	__sync_fetch_and_add(until, cost);
	return true;
}

/* RFC 2697: what the first burst did not need has filled the second. */
static __always_inline void excess_fill(struct xsw_policer *p, __u64 idle)
{
	__u64 lacks = *(volatile __u64 *)&p->peak_until;

	if (idle && lacks)
		__sync_val_compare_and_swap(&p->peak_until, lacks, lacks > idle ? lacks - idle : 0);
}

static __always_inline bool excess_take(struct xsw_policer *p, __u64 cost, __u64 first)
{
	__u64 lacks;

	for (int i = 0; i < BUCKET_TRIES; i++) {
		lacks = *(volatile __u64 *)&p->peak_until;
		if (lacks + first > p->peak.burst)
			return false;
		if (__sync_val_compare_and_swap(&p->peak_until, lacks, lacks + cost) == lacks)
			return true;
	}
	__sync_fetch_and_add(&p->peak_until, cost);
	return true;
}

enum colour { GREEN, YELLOW, RED };

/* Colour by bytes, RFC 2697 and 2698, both colour-blind. */
static __always_inline enum colour colour_bytes(struct xsw_policer *p, const struct charge *c,
						__u64 now)
{
	__u64 cost = rate_cost(&p->bytes, c->bytes), first = rate_cost(&p->bytes, c->first);
	__u64 idle;

	if (p->peak.mult && !bucket_take(&p->peak_until, &p->peak, rate_cost(&p->peak, c->bytes),
					 rate_cost(&p->peak, c->first), now, &idle))
		return RED;
	if (bucket_take(&p->bytes_until, &p->bytes, cost, first, now, &idle)) {
		if (!p->peak.mult && p->peak.burst)
			excess_fill(p, idle);
		return GREEN;
	}
	if (p->peak.mult)
		return YELLOW;
	return p->peak.burst && excess_take(p, cost, first) ? YELLOW : RED;
}

static __always_inline enum colour colour_frame(struct xsw_policer *p, const struct charge *c)
{
	__u64 now = bpf_ktime_get_ns() << XSW_BUCKET_SHIFT, idle, cost = 0;
	enum colour colour = GREEN;

	if (p->packets.mult) {
		cost = rate_cost(&p->packets, c->frames);
		if (!bucket_take(&p->packets_until, &p->packets, cost, rate_cost(&p->packets, 1),
				 now, &idle))
			return RED;
	}
	if (p->bytes.mult)
		colour = colour_bytes(p, c, now);
	if (colour == RED && p->packets.mult) /* it did not pass: give back */
		__sync_fetch_and_add(&p->packets_until, -cost);
	return colour;
}

/* What police() answers: */
#define POLICE_PASS 0
#define POLICE_DROP (-1)
#define POLICE_MARK 0x100 /* or'ed with flags of maps/policer.h, PCP above them */
#define POLICE_MARK_PCP_SHIFT 16

/* verifier: global, as all of this file that is not inlined: verified once. */
__noinline int police_by(struct xsw_policer *p, const struct charge *c)
{
	if (!p || !c)
		return POLICE_PASS;
	/* A GSO frame of so many short segments that bucket_take() would take its cost for a
	 * bucket out of use. No network stack makes such frames.
	 */
	if (c->bytes > 1 << 20) {
		__sync_fetch_and_add(&p->red, 1);
		return POLICE_DROP;
	}
	switch (colour_frame(p, c)) {
	case GREEN:
		__sync_fetch_and_add(&p->green, 1);
		return POLICE_PASS;
	case YELLOW:
		__sync_fetch_and_add(&p->yellow, 1);
		if (p->flags & XSW_POLICER_YELLOW_DROP)
			return POLICE_DROP;
		return POLICE_MARK | (p->flags & 0xff) |
		       (p->yellow_pcp & 7) << POLICE_MARK_PCP_SHIFT;
	default:
		__sync_fetch_and_add(&p->red, 1);
		return POLICE_DROP;
	}
}

/* Charge the policer of VLAN or PCP @value, if there is one. These policers stand in a hash, which
 * only programs can charge (in_kernel.h): a process has a program do it
 * (tools/slowpath/steps/in_process.h).
 */
static __always_inline int police_of(__u32 port, __u32 kind, __u32 of, __u32 value,
				     const struct charge *c);

/* police_of() where the tables are one's own. */
static __always_inline int police_of_here(__u32 port, __u32 kind, __u32 of, __u32 value,
					  const struct charge *c)
{
	struct xsw_policer_key key = { .port = port, .kind = kind, .of = of, .value = value };
	struct xsw_policer *p = bpf_map_lookup_elem(&xsw_policer_of, &key);

	return p ? police_by(p, c) : POLICE_PASS;
}

static __always_inline int police_port(__u32 port, __u32 kind, const struct charge *c)
{
	__u32 index = XSW_POLICER_INDEX(port, kind);
	struct xsw_policer *p = bpf_map_lookup_elem(&xsw_policer, &index);

	return p ? police_by(p, c) : POLICE_PASS;
}

/* The marks of two policers: the PCP of the later one, DEI if either sets it. */
static __always_inline int mark_both(int mark, int next)
{
	if (next & XSW_POLICER_YELLOW_PCP)
		mark &= ~(7 << POLICE_MARK_PCP_SHIFT);
	return mark | next;
}

/**
 * police() - by all policers of a port
 * @kind: XSW_POLICE_INGRESS, XSW_POLICE_EGRESS
 * @flags: of the port
 * @c: what to charge
 *
 * Return: POLICE_DROP, POLICE_PASS, or how to mark the frame.
 */
__noinline int police(const struct pkt *pkt, __u32 port, __u32 kind, __u32 flags,
		      const struct charge *c)
{
	__u32 of = kind == XSW_POLICE_INGRESS ? XSW_PORT_POLICE_IN_OF : XSW_PORT_POLICE_OUT_OF;
	__u32 all = kind == XSW_POLICE_INGRESS ? XSW_PORT_POLICE_IN : XSW_PORT_POLICE_OUT;
	int mark = POLICE_PASS, next;

	if (!pkt || !c)
		return POLICE_PASS;
	if (flags & of) {
		mark = police_of(port, kind, XSW_POLICE_VLAN, pkt->dst.vlan, c);
		if (mark == POLICE_DROP)
			return POLICE_DROP;
		next = police_of(port, kind, XSW_POLICE_PCP, pkt->vtag.tci >> PCP_SHIFT, c);
		if (next == POLICE_DROP)
			return POLICE_DROP;
		mark = mark_both(mark, next);
	}
	if (flags & all) {
		next = police_port(port, kind, c);
		if (next == POLICE_DROP)
			return POLICE_DROP;
		mark = mark_both(mark, next);
	}
	return mark;
}

static __always_inline __u16 tci_mark(__u16 tci, int mark)
{
	if (mark & XSW_POLICER_YELLOW_PCP)
		tci = (tci & ~PCP_MASK) | (mark >> POLICE_MARK_PCP_SHIFT & 7) << PCP_SHIFT;
	if (mark & XSW_POLICER_YELLOW_DEI)
		tci |= DEI_MASK;
	return tci;
}

/* Mark a yellow frame in the tag that it will leave with, of its VLAN or of its priority. */
static __always_inline void police_mark(struct pkt *pkt, int mark)
{
	pkt->vtag.tci = tci_mark(pkt->vtag.tci, mark);
	pkt->prio = tci_mark(pkt->prio << PCP_DEI_SHIFT, mark) >> PCP_DEI_SHIFT;
	pkt->tag_unchanged = false;
}

/**
 * police_ingress() - charge a frame that enters, and mark it if it is yellow
 *
 * Return: whether it may pass.
 */
static __always_inline bool police_ingress(struct pkt *pkt)
{
	struct charge c;
	int mark;

	if (!(pkt->in_flags & (XSW_PORT_POLICE_IN | XSW_PORT_POLICE_IN_OF)))
		return true;
	charge_frame(pkt, &c);
	mark = police(pkt, pkt->port, XSW_POLICE_INGRESS, pkt->in_flags, &c);
	if (mark == POLICE_DROP)
		return false;
	if (mark)
		police_mark(pkt, mark);
	return true;
}

/**
 * police_egress() - charge a frame that leaves by @out, longer by @delta than it came
 *
 * Return: as police().
 */
static __always_inline int police_egress(const struct pkt *pkt, const struct xsw_port *out,
					 int delta)
{
	struct charge c;

	if (!(out->flags & (XSW_PORT_POLICE_OUT | XSW_PORT_POLICE_OUT_OF)))
		return POLICE_PASS;
	charge_frame(pkt, &c);
	c.bytes += c.frames * delta;
	c.first += delta;
	return police(pkt, out->port, XSW_POLICE_EGRESS, out->flags, &c);
}

/**
 * storm() - charge a frame that is to be flooded
 * @flood_flag: XSW_PORT_*FLOOD, which says its class
 *
 * Return: whether it may pass.
 */
static __always_inline bool storm(const struct pkt *pkt, __u32 flood_flag)
{
	struct xsw_guard *g;
	struct charge c;
	__u32 kind;

	if (!(pkt->in_flags & XSW_PORT_STORM))
		return true;
	kind = flood_flag == XSW_PORT_BCAST_FLOOD ? XSW_STORM_BROADCAST :
	       flood_flag == XSW_PORT_MCAST_FLOOD ? XSW_STORM_MULTICAST :
						    XSW_STORM_UNKNOWN;
	charge_frame(pkt, &c);
	if (police_port(pkt->port, kind, &c) != POLICE_DROP)
		return true;
	g = guard_get(pkt->port);
	if (g && event_is_due(&g->storm_told_ns))
		event(XSW_EVENT_STORM, pkt->port, &pkt->dst,
		      kind - XSW_STORM_BROADCAST + XSW_EVENT_STORM_BROADCAST);
	return false;
}
