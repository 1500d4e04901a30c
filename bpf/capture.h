/* SPDX-License-Identifier: GPL-2.0 */
/* Step "capture": hand a copy of a frame to the processes that capture, see maps/capture.h. It stands
 * where frames are counted: so each frame is told once where it came in, as it came, and once for
 * each port where it leaves, as it leaves.
 *
 * Nothing waits for a process: what its ring has no room for is counted.
 */
#pragma once

#include "bpf/pkt.h"
#include "bpf/tables.h"
#include "maps/drop.h"
#include "maps/stats.h"

static __always_inline struct xsw_captures *captures_get(void)
{
	__u32 zero = 0;

	return bpf_map_lookup_elem(&xsw_capture, &zero);
}

/* Which captures are on, a bit each? */
static __always_inline __u32 capture_on(void)
{
	const struct xsw_fdb_count *c = fdb_count();

	return c ? *(const volatile __u32 *)&c->captures : 0;
}

/* What a frame is captured as, in one word: for programs' own functions. */
static __always_inline __u32 capture_as(__u32 kind, __u32 path, __u32 why)
{
	return kind | path << 8 | why << 16;
}

/* The VLAN of a frame that came in: that inside the switch, or of its tag if none was found for it. */
static __always_inline __u32 capture_vlan(const struct pkt *pkt)
{
	return pkt->dst.vlan || !pkt->outer.tpid ? pkt->dst.vlan : pkt->outer.tci & VID_MASK;
}

/* Does the capture want the frame that @m describes? */
static __always_inline bool capture_wants(const struct xsw_capture *c,
					  const struct xsw_capture_meta *m)
{
	if (!(c->kinds >> m->kind & 1) ||
	    !(c->ports[m->port / 64 & (XSW_MAX_PORTS / 64 - 1)] >> (m->port & 63) & 1))
		return false;
	if (1U << m->kind & XSW_CAPTURE_DROPS && !(c->reasons >> (m->reason & 31) & 1))
		return false;
	return (c->vlan == XSW_CAPTURE_ANY || c->vlan == m->vlan) &&
	       (c->queue == XSW_CAPTURE_ANY || c->queue == m->queue);
}

#define CAPTURE_HEAD 32 /* a power of two, above the bytes that stand beside a context */

/* bpf_perf_event_output(), or bpf_skb_output() */
typedef long (*capture_output)(void *ctx, void *map, __u64 flags, void *data, __u64 size);

/* How many of the bytes that stand beside a context, of which there are fewer than CAPTURE_HEAD.
 * verifier: it must see the mask, which a compiler that knows this leaves out (6.1 takes the length of
 * such a frame to be any).
 */
static __always_inline __u64 capture_head(__u32 caught)
{
	asm volatile("" : "+r"(caught));
	return caught & (CAPTURE_HEAD - 1);
}

/* @has: bytes of the frame that there are; @beside: they stand behind @m, and not in the context */
static __always_inline void capture_one(void *ctx, capture_output output, struct xsw_capture *c,
					__u32 number, struct xsw_capture_meta *m, __u32 has,
					bool beside)
{
	__u64 caught = has, size = sizeof(*m);

	if (!capture_wants(c, m))
		return;
	if (caught > c->snaplen)
		caught = c->snaplen;
	if (caught > XSW_CAPTURE_CAUGHT_MAX)
		caught = XSW_CAPTURE_CAUGHT_MAX;
	m->caught = caught;
	if (beside) {
		size += capture_head(caught);
		caught = 0;
	} else if (caught) {
		caught += m->skip;
	}
	if (output(ctx, &xsw_capture_out,
		   caught << 32 | XSW_CAPTURE_RING(number, bpf_get_smp_processor_id()), m, size))
		__sync_fetch_and_add(&c->lost[m->port & (XSW_MAX_PORTS - 1)], 1);
}

/* All of @m but time and length caught is set. @has, @beside: see capture_one() */
static __always_inline void capture(void *ctx, capture_output output, struct xsw_capture_meta *m,
				    __u32 has, bool beside)
{
	struct xsw_captures *all = captures_get();
	__u32 on = capture_on();

	if (!all)
		return;
	m->time_ns = bpf_ktime_get_boot_ns();
	for (__u32 i = 0; i < XSW_CAPTURES; i++)
		if (on >> i & 1)
			capture_one(ctx, output, &all->capture[i], i, m, has, beside);
}

/* What @as of capture_as() says. */
static __always_inline void capture_is(struct xsw_capture_meta *m, __u32 as)
{
	m->kind = as;
	m->path = as >> 8;
	m->reason = as >> 16;
}

static __always_inline bool capture_is_inbound(__u32 as)
{
	return XSW_CAPTURE_INBOUND >> (as & 7) & 1;
}
