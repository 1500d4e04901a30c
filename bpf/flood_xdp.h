/* SPDX-License-Identifier: GPL-2.0 */
/* Flooding from XDP: one redirect to the devmap of all ports, and a program
 * on each device that drops the copies it must not send and retags the rest
 * (hook_egress.c). What the kernel's broadcast would lose without a trace is
 * left to TC: so every member of the VLAN is asked first.
 *
 * The kernel makes a copy for each port of the switch, member or not. Where members are few among
 * many ports TC has the frame, which makes copies for members alone.
 *
 * A CPU collects redirected frames of a device in bulks, and runs on all of them
 * until the end of the poll the program that came with the first of the first bulk
 * (kernel/bpf/devmap.c, bq_enqueue()). Known unicast goes without one, which saves
 * 26 ns a frame: so a flood may not follow such a frame, to any port, for those that
 * are to get no copy rely on the program as well. xsw_stats.tx_unflushed of the port
 * on this CPU counts these frames, from count_tx_bulk() until xsw_loss_xmit() sees
 * them leave: while it is not 0, a flood goes by TC. It may count too many (generic
 * XDP has no bulks), never too few. Unicast that follows a flood has no metadata,
 * and passes the program unchanged.
 *
 * Where floods are many among known unicast nearly each would follow such a frame. While there are,
 * unicast goes with the program, too (flood_lets_through()), and floods stay with XDP: a flood that
 * TC makes costs 10 us more, as much as 26 ns a frame of some hundred frames.
 */
#pragma once

#include "bpf/count.h"
#include "bpf/forward.h"
#include "bpf/members.h"
#include "bpf/xdp_frame.h"

#define FLOOD_MAGIC 0x78737731 /* "xsw1" */

/* Travels in front of a flooded frame, in its metadata. */
struct flood_meta {
	__u32 magic;
	__u32 in_flags;
	__u16 port;
	__u16 vlan;
	struct vtag vtag;
	__u16 cvid;
	__u16 flood_flag;
	struct vtag outer;
	__u8 replaces_tag;
	__u8 tag_unchanged;
	__u8 prio;
	__u8 has_cvlan;
	__u16 only_port;
	__u16 mirror_bank;
};

_Static_assert(sizeof(struct flood_meta) <= 32, "metadata limit before 6.?: 32 bytes");
_Static_assert(sizeof(struct flood_meta) % 4 == 0, "metadata comes in words");

/* A frame above this may not fit the page into which the kernel copies it
 * (net/core/xdp.c, xdpf_clone()).
 */
#define FLOOD_XDP_MAX 3000

#define FLOOD_SPARSE_MIN 16
#define FLOOD_SPARSE_SHARE 5

struct flood_probe {
	struct xdp_md *ctx;
	struct pkt *pkt;
	struct members_walk walk;
	__u32 flood_flag;
	__u32 reached; /* ports that get a copy */
	__u32 last;    /* one of them */
	__u32 need_tc; /* one of them cannot be reached by XDP */
	__u32 taken;   /* a device runs no xsw_egress() on copies now */
};

/* May the kernel have frames of @port in hand that go without xsw_egress()? */
static __always_inline bool flood_bulk_taken(__u32 port)
{
	struct xsw_stats *s = stats_get(port);

	return s && s->tx_unflushed;
}

/* So many floods in a jiffy, which XDP makes or could make, are many; so long they count. */
#define FLOODS_MANY 8
#define FLOODS_JIFFIES 2

__u64 floods_jiffy; /* in which floods_seen were counted */
__u64 floods_until; /* jiffy up to which floods are many */
__u32 floods_seen;

/* There is a flood. CPUs may miss some of each other's: the count decides on speed alone. */
static __always_inline void flood_note(void)
{
	__u64 jiffy = bpf_jiffies64();
	__u32 seen = *(volatile __u64 *)&floods_jiffy == jiffy ? floods_seen + 1 : 1;

	*(volatile __u64 *)&floods_jiffy = jiffy;
	floods_seen = seen;
	if (seen >= FLOODS_MANY)
		*(volatile __u64 *)&floods_until = jiffy + FLOODS_JIFFIES;
}

/**
 * flood_lets_through() - shall known unicast to @port go with xsw_egress(), so that floods may follow?
 *
 * Not behind a frame that went without: the bulk has no program then, and what joins it has to be
 * counted in tx_unflushed until it has left.
 */
static __always_inline bool flood_lets_through(__u32 port)
{
	__u64 until = *(volatile __u64 *)&floods_until;

	return until && until >= bpf_jiffies64() && !flood_bulk_taken(port);
}

/* Are @reached ports so few among all that copies for them by TC cost less than one for each port
 * by the kernel? A copy that xsw_egress() drops costs about a fifth of one that TC sends.
 */
static __always_inline bool flood_is_sparse(__u32 reached, __u32 port_end)
{
	return port_end > FLOOD_SPARSE_MIN && port_end > reached * FLOOD_SPARSE_SHARE;
}

static long flood_taken_cb(__u32 index, struct flood_probe *p)
{
	p->taken = flood_bulk_taken(index + 1);
	return p->taken;
}

static long flood_probe_cb(__u32 index, struct flood_probe *p)
{
	const struct retag as_it_came = {};
	const struct xsw_port *out;
	__u32 port, mtu = 0;
	struct retag r;

	if (!p->walk.bits)
		return !members_word(&p->walk, p->pkt->dst.vlan);
	port = members_take(&p->walk);
	out = port_by_number(port);
	if (!out || !flood_reaches(p->pkt, p->flood_flag, out))
		return 0;
	if (bpf_check_mtu(p->ctx, out->ifindex, &mtu, 0, 0) < 0)
		return 0; /* the device is gone */
	p->reached++;
	p->last = port;
	/* The kernel measures a copy before xsw_egress() has retagged it, and
	 * skips the port without a word: the frame must fit as it came, too.
	 */
	egress_tags(p->pkt, out, &r);
	if (!port_takes_xdp(port) || mirrors_of_dst(p->pkt, out) ||
	    !egress_fits(p->pkt, &as_it_came, mtu) || !egress_fits(p->pkt, &r, mtu)) {
		p->need_tc = 1;
		return 1;
	}
	return 0;
}

static __always_inline int flood_push_meta(struct xdp_md *ctx, const struct pkt *pkt,
					   __u32 flood_flag)
{
	struct flood_meta *m;

	if (bpf_xdp_adjust_meta(ctx, -(int)sizeof(*m)))
		return -1;
	m = (void *)(long)ctx->data_meta;
	if ((void *)(m + 1) > (void *)(long)ctx->data)
		return -1;
	m->magic = FLOOD_MAGIC;
	m->in_flags = pkt->in_flags;
	m->port = pkt->port;
	m->vlan = pkt->dst.vlan;
	m->vtag = pkt->vtag;
	m->cvid = pkt->cvid;
	m->flood_flag = flood_flag;
	m->outer = pkt->outer;
	m->replaces_tag = pkt->replaces_tag;
	m->tag_unchanged = pkt->tag_unchanged;
	m->prio = pkt->prio;
	m->has_cvlan = pkt->has_cvlan;
	m->only_port = pkt->only_port;
	m->mirror_bank = pkt->mirror_bank;
	return 0;
}

static __always_inline void flood_pop_meta(const struct flood_meta *m, struct pkt *pkt)
{
	pkt->in_flags = m->in_flags;
	pkt->port = m->port;
	pkt->dst.vlan = m->vlan;
	pkt->vtag = m->vtag;
	pkt->cvid = m->cvid;
	pkt->outer = m->outer;
	pkt->replaces_tag = m->replaces_tag;
	pkt->tag_unchanged = m->tag_unchanged;
	pkt->prio = m->prio;
	pkt->has_cvlan = m->has_cvlan;
	pkt->only_port = m->only_port;
	pkt->mirror_bank = m->mirror_bank;
}
