/* SPDX-License-Identifier: GPL-2.0 */
/* Copies of a frame by TC, which clones it. Each is made of the frame in the program's hands: the
 * tags are changed, the frame is cloned to the device, and the tags are changed back. What is known of
 * the frame stands in memory of this CPU, for the stack has no room for it; no other program runs on
 * the CPU meanwhile.
 */
#pragma once

#include "bpf/tc_capture.h"
#include "bpf/ingress.h"
#include "bpf/mark.h"
#include "bpf/members.h"
#include "bpf/mirror.h"
#include "bpf/tc_frame.h"

#define ENOMEM 12

/* A frame that leaves by a port with mirrors, and how it is tagged there */
struct mirror_leaving {
	__u16 port;
	__u16 pop;
	struct vtag push;
};

/* What is to come. Each step of the loop that makes the copies does one thing: the calls would nest
 * too deep, if there were a loop for the ports where the frame leaves, one for their mirrors, and
 * one for the ports of a mirror's VLAN.
 */
struct mirror_walk {
	struct members_walk members; /* of the mirror's VLAN */
	__u32 left;		     /* mirrors, a bit a place */
	__u32 place;		     /* the mirror whose VLAN is visited */
	__u32 vlan;		     /* that VLAN, 0: none is */
	__u32 sent;		     /* a copy has left in it */
	__u32 next;		     /* element of @leaving */
	__u32 left_by; /* the frame is as it leaves by the element before, 0: as it came */
};

struct mirror_work {
	struct pkt frame; /* as it was selected */
	struct pkt copy;
	struct mirror_walk walk;
	__u32 done;	   /* mirrors whose destination has its copy, a bit a place */
	__u32 broken;	   /* changing tags failed: the frame is of no use any more */
	struct retag last; /* of the port that gets the frame itself, see tc_flood_end() */
	__u16 last_port;
	__u32 last_ifindex;
	__u32 n; /* elements of @leaving, for mirror_all() */
	struct mirror_leaving leaving[XSW_MAX_PORTS];
};

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct mirror_work);
} xsw_copies SEC(".maps");

static __always_inline struct mirror_work *mirror_work(void)
{
	__u32 zero = 0;

	return bpf_map_lookup_elem(&xsw_copies, &zero);
}

/* Send the frame with tags @r by @out, and take it back as it was. Return: 0 or -errno. */
static __always_inline int mirror_clone(struct __sk_buff *skb, struct mirror_work *w,
					const struct xsw_port *out, const struct retag *r)
{
	__u32 port = out->port, bytes = w->copy.bytes + retag_delta(r);
	int err = tc_retag(skb, r);

	if (err) {
		w->broken = 1;
		return err;
	}
	skb->tc_index = mark_for(out->ifindex);
	count_tx(port, bytes, vlan_slot(port, w->copy.dst.vlan));
	tc_left(skb, port, w->copy.dst.vlan, XSW_CAPTURE_OUT, 0);
	err = bpf_clone_redirect(skb, out->ifindex, 0);
	if (err == -ENOMEM)
		tc_clone_lost(skb, port, bytes);
	skb->tc_index = 0;
	if ((r->pop || r->push.tpid) && tc_untag(skb, &w->frame, r))
		w->broken = 1;
	return err;
}

/* A copy of the frame for mirror @m by port @port. Return: how many bytes have left.
 * verifier: global, to be verified once for any frame and port
 */
__noinline int mirror_send(struct __sk_buff *skb, const struct xsw_mirror *m, __u32 port)
{
	const struct xsw_port *out = port_by_number(port);
	struct mirror_work *w = mirror_work();
	__u32 mtu = 0;
	struct retag r;
	int why;

	if (!m || !w || !out || w->broken)
		return 0;
	mirror_copy(m, &w->frame, &w->copy);
	why = mirror_admit(m, &w->copy, out);
	if (why == MIRROR_NOT_HERE)
		return 0;
	egress_tags(&w->copy, out, &r);
	if (why == ADMITTED && bpf_check_mtu(skb, out->ifindex, &mtu, 0, 0) < 0)
		why = XSW_DROP_PORT_DOWN; /* the device is gone */
	if (why == ADMITTED)
		why = egress_prepare(&w->copy, out, mtu, &r);
	if (why != ADMITTED) {
		count_tx_drop(port, why);
		tc_left(skb, port, w->copy.dst.vlan, XSW_CAPTURE_TX_DROP, why);
	}
	if (why != ADMITTED || mirror_clone(skb, w, out, &r)) {
		mirror_count_drop(m);
		return 0;
	}
	return w->copy.bytes + retag_delta(&r);
}

/* The next mirror: one with an output port is done at once. */
static __always_inline void mirror_next(struct __sk_buff *skb, struct mirror_work *w)
{
	__u32 bit = w->walk.left & -w->walk.left;
	const struct xsw_mirror *m;
	__u32 place, bytes;

	w->walk.left &= ~bit;
	place = bit_number(bit);
	m = mirror_at(&w->frame, place);
	if (!m || !mirror_takes(m, &w->frame))
		return;
	w->done |= m->same;
	w->walk.left &= ~m->same;
	if (m->flags & XSW_MIRROR_TO_VLAN) {
		w->walk.members = (struct members_walk){};
		w->walk.place = place;
		w->walk.vlan = m->out_vlan;
		w->walk.sent = 0;
		return;
	}
	bytes = mirror_send(skb, m, m->out_port);
	if (bytes)
		mirror_count(m, bytes);
}

/* The next port of the VLAN of a mirror. */
static __always_inline void mirror_member(struct __sk_buff *skb, struct mirror_work *w)
{
	const struct xsw_mirror *m = mirror_at(&w->frame, w->walk.place);
	__u32 bytes;

	if (!m || (!w->walk.members.bits && !members_word(&w->walk.members, w->walk.vlan))) {
		w->walk.vlan = 0;
		return;
	}
	if (!w->walk.members.bits)
		return;
	bytes = mirror_send(skb, m, members_take(&w->walk.members));
	if (bytes && !w->walk.sent)
		mirror_count(m, bytes);
	w->walk.sent |= bytes;
}

static __always_inline void leaving_read(const struct mirror_work *w, __u32 index, __u32 *port,
					 struct retag *r)
{
	const struct mirror_leaving *to = &w->leaving[index & (XSW_MAX_PORTS - 1)];

	*port = to->port;
	r->pop = to->pop;
	r->push = to->push;
}

/* The next port where the frame leaves: it is tagged as there, and classified as if that port had
 * received it. Before, what was done for the one before is undone.
 * verifier: global, to be verified once
 */
__noinline int mirror_leave(struct __sk_buff *skb, struct pkt *pkt)
{
	struct mirror_work *w = mirror_work();
	const struct xsw_port *out;
	__u32 port, places, end;
	struct retag r;

	if (!pkt || !w)
		return 0;
	if (w->walk.left_by) {
		leaving_read(w, w->walk.left_by - 1, &port, &r);
		w->broken |= (r.pop || r.push.tpid) && tc_untag(skb, pkt, &r);
		w->walk.left_by = 0;
	}
	if (w->broken || w->walk.next >= w->n)
		return 0;
	leaving_read(w, w->walk.next++, &port, &r);
	out = port_by_number(port);
	places = out ? mirrors_of_dst(pkt, out) & ~w->done : 0;
	if (!places)
		return 0;
	w->walk.left_by = w->walk.next;
	if (tc_retag(skb, &r)) {
		w->broken = 1;
		return 0;
	}
	w->frame = *pkt;
	w->frame.len += retag_delta(&r);
	if (tc_parse_tags(skb, &w->frame, &end) == FRAME_OK &&
	    ingress_classify(&w->frame, out) == ADMITTED)
		w->walk.left = places;
	return 0;
}

struct mirror_ctx {
	struct __sk_buff *skb;
	struct pkt *pkt;
};

static long mirror_walk_cb(__u32 index, struct mirror_ctx *ctx)
{
	struct mirror_work *w = mirror_work();

	if (!w || w->broken)
		return 1;
	if (w->walk.vlan)
		mirror_member(ctx->skb, w);
	else if (w->walk.left)
		mirror_next(ctx->skb, w);
	else if (w->walk.next < w->n || w->walk.left_by)
		mirror_leave(ctx->skb, ctx->pkt);
	else
		return 1;
	return 0;
}

/* Steps that are enough for all mirrors, whose places are taken once a frame, and all ports */
#define MIRROR_STEPS (XSW_MIRRORS * (MEMBERS_STEPS + 2) + XSW_MAX_PORTS + 1)

/**
 * mirror_all() - make copies of a frame, which is as it came
 * @places: of the mirrors that select it where it entered; 0: those that select it where it leaves, by
 *          the ports that mirror_note() has noted
 *
 * verifier: global, to be verified once. Return: 0, or -1 if the frame is of no use any more.
 */
__noinline int mirror_all(struct __sk_buff *skb, struct pkt *pkt, __u32 places)
{
	struct mirror_work *w = mirror_work();
	struct mirror_ctx ctx = { skb, pkt };

	if (!w || !pkt)
		return 0;
	w->broken = 0;
	w->walk = (struct mirror_walk){ .left = places };
	bpf_loop(MIRROR_STEPS, mirror_walk_cb, &ctx, 0);
	return w->broken ? -1 : 0;
}

/**
 * mirror_enter() - before mirror_all() copies a frame that enters by the port of settings @slot
 *
 * Called beside mirror_all(), for the sake of the stack. Return: @places for it; 0: none selects the frame.
 */
static __noinline __u32 mirror_enter(const struct pkt *pkt, __u32 slot)
{
	const struct xsw_port *in = port_by_slot(slot);
	struct mirror_work *w = mirror_work();

	if (!in || !w)
		return 0;
	w->frame = *pkt;
	w->frame.port = in->port;
	w->frame.in_flags = in->flags;
	w->n = 0;
	w->done = 0;
	if (ingress_port(&w->frame, in) != ADMITTED || ingress_vlan(&w->frame, in) != ADMITTED)
		return 0;
	return mirrors_of_src(&w->frame, in);
}

/* Before a flood, for mirror_note() */
static __always_inline void mirror_begin(const struct pkt *pkt)
{
	struct mirror_work *w = mirror_work();

	if (!w)
		return;
	w->n = 0;
	if (!pkt->mirrored)
		w->done = 0;
}

/* Note that a flood leaves by @port with tags @r. */
static __always_inline void mirror_note(__u32 port, const struct retag *r)
{
	struct mirror_work *w = mirror_work();
	__u32 n;

	if (!w)
		return;
	n = w->n & (XSW_MAX_PORTS - 1);
	w->leaving[n].port = port;
	w->leaving[n].pop = r->pop;
	w->leaving[n].push = r->push;
	w->n = n + 1;
}
