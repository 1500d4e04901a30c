// SPDX-License-Identifier: GPL-2.0
/* Hook: a process, for frames that the kernel gave to its AF_XDP sockets. The steps are those of
 * the other hooks, compiled from the same headers, which no other file of the process includes.
 *
 * The context is a struct xdp_md, so that parsing and retagging are those of XDP.
 */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_endian.h>

#include "bpf/capture.h"
#include "bpf/count.h"
#include "bpf/decide.h"
#include "bpf/xdp_frame.h"
#include "tools/slowpath/steps/csum_complete.h"
#include "tools/slowpath/steps/in_process.h"
#include "tools/slowpath/steps/steps.h"
#ifdef STEPS_TELL
#include "tools/slowpath/steps/told.h"
#else
#include "tools/slowpath/steps/untold.h"
#endif

const struct request_ops *request_ops;

/* A frame on its way */
struct way {
	const struct steps_ops *ops;
	void *arg;
	struct steps_frame *f;
	struct xdp_md ctx;
	struct pkt pkt;
	__u8 *partial; /* the packet whose checksum may be so, or NULL */
};

static void ctx_of(struct xdp_md *ctx, const struct steps_frame *f)
{
	ctx->data = (long)f->data;
	ctx->data_end = (long)f->end;
	ctx->data_meta = ctx->data;
	ctx->data_hard_start = (long)f->room;
}

/* Have frame @f captured at @port as it is now; NULL: it is gone. On a live switch alone. */
static void frame_capture(const struct steps_frame *f, __u32 port, __u32 vlan, __u32 kind,
			  __u32 why)
{
	struct xsw_request_capture ask = {
		.as = capture_as(kind, XSW_PATH_AFXDP, why),
		.len = f ? f->end - f->data + f->more : 0,
		.port = port,
		.vlan = vlan,
		.queue = f && capture_is_inbound(kind) ? f->queue : XSW_CAPTURE_ANY,
	};

	if (!request_ops || !request_ops->capture || !capture_on())
		return;
	ask.caught = ask.len < XSW_REQUEST_CAUGHT ? ask.len : XSW_REQUEST_CAUGHT;
	request_ops->capture(&ask, f);
}

/* The frame that came in has been counted as what @kind says, XSW_CAPTURE_*. */
static void way_came(const struct way *w, __u32 kind, __u32 why)
{
	frame_capture(w->f, w->pkt.port, capture_vlan(&w->pkt), kind, why);
}

/* @f has been counted where it leaves, by @port. */
static void way_left(const struct way *w, const struct steps_frame *f, __u32 port, __u32 kind,
		     __u32 why)
{
	frame_capture(f, port, w->pkt.dst.vlan, kind, why);
}

static bool way_drop(const struct way *w, int why)
{
	count_rx_drop(&w->pkt, XSW_PATH_AFXDP, why);
	way_came(w, XSW_CAPTURE_RX_DROP, why);
	return false;
}

/* The same, but it was for @port alone, which does not send it. */
static bool way_unsent(const struct way *w, __u32 port, int why)
{
	count_unsent(&w->pkt, XSW_PATH_AFXDP, COUNT_UNICAST, port, why);
	way_came(w, XSW_CAPTURE_IN, 0);
	way_left(w, w->f, port, XSW_CAPTURE_TX_DROP, why);
	return false;
}

/* What becomes of a frame that a rule matched. @what: PUNT_* but PUNT_NONE */
static bool way_punted(const struct way *w, int what)
{
	if (what != PUNT_SOCKET && what != PUNT_HOST)
		return way_drop(w, punt_why(what));
	count_rx_punted(&w->pkt, XSW_PATH_AFXDP, what == PUNT_HOST);
	return false;
}

/* Only of what leaves, once for all copies, and before a tag is moved. */
static void way_complete(struct way *w)
{
	if (w->partial)
		frame_complete(w->f, w->partial);
	w->partial = NULL;
}

/* Retag @f and send it; @f must not be used after that. @vlan: the port's counter of the VLAN */
static void frame_send(const struct way *w, struct steps_frame *f, __u32 port,
		       const struct retag *r, __u32 vlan)
{
	__u32 bytes = w->pkt.bytes + retag_delta(r);
	struct xdp_md ctx;
	int err, why;

	ctx_of(&ctx, f);
	if (xdp_retag(&ctx, r)) {
		count_tx_drop(port, XSW_DROP_NO_MEMORY);
		way_left(w, f, port, XSW_CAPTURE_TX_DROP, XSW_DROP_NO_MEMORY);
		w->ops->drop(w->arg, f);
		return;
	}
	f->data = (void *)ctx.data;
	count_tx(port, bytes, vlan);
	way_left(w, f, port, XSW_CAPTURE_OUT, 0);
	err = w->ops->send(w->arg, f, port);
	if (!err)
		return;
	why = err == -ENETDOWN ? XSW_DROP_PORT_DOWN : XSW_DROP_XMIT;
	count_tx_lost(port, 1, bytes, why);
	way_left(w, NULL, port, XSW_CAPTURE_LOST, why);
}

/* To one port, retagged by @r. */
static bool way_send(struct way *w, __u32 port, __u32 mtu, const struct retag *r)
{
	count_rx(&w->pkt, XSW_PATH_AFXDP, COUNT_UNICAST);
	way_came(w, XSW_CAPTURE_IN, 0);
	if (!egress_fits(&w->pkt, r, mtu)) {
		count_tx_drop(port, XSW_DROP_MTU);
		way_left(w, w->f, port, XSW_CAPTURE_TX_DROP, XSW_DROP_MTU);
		return false;
	}
	way_complete(w);
	frame_send(w, w->f, port, r, w->pkt.vlan_out);
	return true;
}

/* Are the settings that were read still in use? A process is not waited for before the
 * slot is written again, as programs are (ctrl/bpffs/port_table.c).
 */
static bool slot_holds(__u32 port, __u32 slot, __u32 generation)
{
	__atomic_thread_fence(__ATOMIC_ACQUIRE);
	return slot_by_port(port) == slot && steps_generation() == generation;
}

/* Does @port get a copy? If so it is charged for it, and @r says how the copy is tagged. */
static bool flood_wants(struct way *w, __u32 flood_flag, __u32 port, struct retag *r)
{
	const struct xsw_port *out = port_by_number(port);
	__u32 mtu;
	int why;

	if (!out)
		return false;
	if (!flood_reaches(&w->pkt, flood_flag, out)) {
		tell_unreached(w, flood_flag, out);
		return false;
	}
	mtu = w->ops->mtu(w->arg, port);
	if (!mtu)
		return false;
	tell_leaving(w, out);
	egress_tags(&w->pkt, out, r);
	why = egress_prepare(&w->pkt, out, mtu, r);
	tell_leaves(w, out, mtu, r, why);
	if (why == ADMITTED)
		return true;
	count_tx_drop(port, why);
	way_left(w, w->f, port, XSW_CAPTURE_TX_DROP, why);
	return false;
}

static void flood_copy(struct way *w, __u32 port, const struct retag *r)
{
	struct steps_frame *copy = w->ops->clone(w->arg, w->f);

	if (copy) {
		frame_send(w, copy, port, r, vlan_slot(port, w->pkt.dst.vlan));
		return;
	}
	count_tx_drop(port, XSW_DROP_NO_MEMORY);
	way_left(w, w->f, port, XSW_CAPTURE_TX_DROP, XSW_DROP_NO_MEMORY);
}

/* Each port gets a copy, the last one the frame itself. */
static bool way_flood(struct way *w, __u32 flood_flag, __u32 port_end)
{
	struct retag r, next = {};
	__u32 waits = 0;

	count_rx(&w->pkt, XSW_PATH_AFXDP, flood_flag ? COUNT_FLOODED : COUNT_UNICAST);
	way_came(w, XSW_CAPTURE_IN, 0);
	for (__u32 port = 1; port <= port_end && port < XSW_MAX_PORTS; port++) {
		if (!flood_wants(w, flood_flag, port, &r))
			continue;
		way_complete(w);
		if (waits)
			flood_copy(w, waits, &next);
		waits = port;
		next = r;
	}
	if (!waits)
		return false;
	frame_send(w, w->f, waits, &next, vlan_slot(waits, w->pkt.dst.vlan));
	return true;
}

/* As bpf_xdp_load_bytes(), of a frame that may go on in further pieces. @ctx: of a way */
static long way_load(void *ctx, __u32 off, void *to, __u32 len)
{
	const struct way *w = (void *)((char *)ctx - offsetof(struct way, ctx));
	const struct steps_frame *f = w->f;
	struct steps_piece piece = { f->data, f->end - f->data };
	__u32 n;

	for (__u32 i = 0;; i++) {
		n = off < piece.len ? piece.len - off : 0;
		if (n > len)
			n = len;
		if (n)
			memcpy(to, piece.data + off, n);
		len -= n;
		if (!len)
			return 0;
		if (i == f->n_pieces)
			return -EINVAL;
		to += n;
		off += n - piece.len;
		piece = f->pieces[i];
	}
}

static int way_nd_options(void *ctx, __u32 off, __u64 mac);
static int way_spoofed(void *ctx, const struct pkt *pkt);
static int way_guarded(void *ctx, const struct pkt *pkt, __u32 rare);

static struct hook way_hook(void *ctx)
{
	return (struct hook){
		.ctx = ctx,
		.load = way_load,
		.outer_in_bytes = true,
		.path = XSW_PATH_AFXDP,
		.nd_options = way_nd_options,
		.spoofed = way_spoofed,
		.guarded = way_guarded,
		.punt = way_punt,
	};
}

static int way_nd_options(void *ctx, __u32 off, __u64 mac)
{
	const struct hook hook = way_hook(ctx);

	return nd_options_look(&hook, off, mac);
}

static int way_spoofed(void *ctx, const struct pkt *pkt)
{
	const struct hook hook = way_hook(ctx);

	return spoof_source(&hook, pkt);
}

static int way_guarded(void *ctx, const struct pkt *pkt, __u32 rare)
{
	const struct hook hook = way_hook(ctx);

	return guard_why(&hook, pkt, rare);
}

#define LOOKS 4 /* a command takes longer than three */

/* decide(), by one port's settings as they were at one time. Return: false if the port is gone. */
static bool way_look(struct way *w, const struct xsw_switch *sw, struct verdict *v)
{
	const struct hook hook = way_hook(&w->ctx);
	const struct pkt parsed = w->pkt;
	const struct xsw_port *in;
	__u32 slot, generation;

	for (int i = 0; i < LOOKS; i++) {
		generation = steps_generation();
		__atomic_thread_fence(__ATOMIC_ACQUIRE);
		slot = slot_by_port(parsed.port);
		in = port_by_slot(slot);
		if (!in)
			return false;
		w->pkt = parsed;
		decide(&w->pkt, &hook, in, sw, v);
		if (slot_holds(parsed.port, slot, generation))
			break;
	}
	return true;
}

/* What a decision for one port comes to. */
static bool way_unicast(struct way *w, const struct xsw_port *out, __u32 mtu)
{
	struct retag r;
	int why;

	w->pkt.vlan_out = vlan_slot(out->port, w->pkt.dst.vlan);
	tell_leaving(w, out);
	egress_tags(&w->pkt, out, &r);
	why = egress_prepare(&w->pkt, out, 0, &r);
	tell_leaves(w, out, mtu, &r, why);
	if (why != ADMITTED)
		return way_unsent(w, out->port, why);
	return way_send(w, out->port, mtu, &r);
}

/* The whole decision. */
static bool way_decide(struct way *w)
{
	const struct xsw_switch *sw = switch_get();
	const struct xsw_port *out;
	struct verdict v = {};
	__u32 mtu;
	int why;

	if (!sw || !way_look(w, sw, &v))
		return false;
	if (v.what == TO_PUNT)
		return way_punted(w, v.why);
	tell_decided(w, &v);
	why = commit(&w->pkt, &v);
	tell_commit(w, &v, why);
	if (why != ADMITTED)
		return way_drop(w, why);
	if (v.what == TO_FLOOD)
		return way_flood(w, v.flood_flag, sw->port_end);
	out = port_by_slot(v.out);
	if (out && v.what == TO_DOWN)
		return way_unsent(w, out->port, XSW_DROP_PORT_DOWN);
	mtu = out ? w->ops->mtu(w->arg, out->port) : 0;
	if (!mtu) /* the device is gone */
		return way_flood(w, XSW_PORT_FLOOD, sw->port_end);
	return way_unicast(w, out, mtu);
}

/* May checksums come partial from the port of @slot? */
static bool port_checks_csum(__u32 slot)
{
	const struct xsw_port *in = port_by_slot(slot);

	return in && in->flags & XSW_PORT_CSUM_CHECK;
}

bool steps_run(const struct steps_ops *ops, void *arg, struct steps_frame *f, __u32 port)
{
	struct way w = { .ops = ops, .arg = arg, .f = f };
	__u32 slot = slot_by_port(port);
	int suspect;

	if (!slot)
		return false;
	ctx_of(&w.ctx, f);
	w.pkt.port = port;
	if (xdp_parse(&w.ctx, &w.pkt, port_checks_csum(slot), &suspect) == FRAME_RUNT)
		return way_drop(&w, XSW_DROP_RUNT);
	if (suspect == CSUM_PARTIAL)
		w.partial =
			f->data + ETH_HLEN + VLAN_HLEN * (!!w.pkt.outer.tpid + !!w.pkt.inner.tpid);
	w.pkt.len += f->more;
	w.pkt.bytes += f->more;
	return way_decide(&w);
}

void steps_lost(__u32 port, __u32 bytes)
{
	count_tx_lost(port, 1, bytes, XSW_DROP_XMIT);
	frame_capture(NULL, port, XSW_CAPTURE_ANY, XSW_CAPTURE_LOST, XSW_DROP_XMIT);
}

__u32 steps_generation(void)
{
	const struct xsw_fdb_count *c = fdb_count();

	return c ? *(volatile const __u32 *)&c->generation : 0;
}

/* ---- the FDB in the memory of this process */

int steps_fdb_put(const struct xsw_fdb_key *key, const struct xsw_fdb_entry *e)
{
	const union fdb_word next = { .e = *e };
	struct xsw_fdb_count *c = fdb_count();

	if (fdb_enter(fdb_key_word(key), next.word) != FDB_DONE)
		return -EEXIST;
	if (e->flags & XSW_FDB_STATIC)
		fdb_statics(1);
	else
		c->learned++;
	if (!(e->flags & XSW_FDB_STATIC) && guard_get(e->port))
		guard_get(e->port)->learned++;
	fdb_grow(c);
	return 0;
}

void steps_fdb_each(void (*each)(const struct xsw_fdb_key *key, const struct xsw_fdb_entry *e,
				 void *arg),
		    void *arg)
{
	for (__u32 i = 0; i < xsw_fdb_buckets(fdb_count()->shape); i++) {
		const struct xsw_fdb_bucket *b = fdb_bucket(i);

		for (int way = 0; way < XSW_FDB_WAYS; way++)
			if (b->key[way])
				each((const struct xsw_fdb_key *)&b->key[way],
				     (const struct xsw_fdb_entry *)&b->value[way], arg);
	}
}

void steps_fdb_clear(void)
{
	struct xsw_fdb_count *c = fdb_count();

	for (__u32 i = 0; i < xsw_fdb_buckets(c->shape); i++)
		memset(fdb_bucket(i), 0, sizeof(struct xsw_fdb_bucket));
	c->shape = XSW_FDB_SHAPE_MIN;
	c->learned = c->statics = 0;
}

/* ---- the maps that all this looks at */

#define DECL(map)                                                                                  \
	{                                                                                          \
#map, &map, sizeof(*map.type) / sizeof(int),                                       \
			sizeof(*map.max_entries) / sizeof(int), sizeof(*map.key),                  \
			sizeof(*map.value)                                                         \
	}

const struct umap_decl *steps_maps(void)
{
	static const struct umap_decl decls[] = {
		DECL(xsw_switch),
		DECL(xsw_port),
		DECL(xsw_slot),
		DECL(xsw_state),
		DECL(xsw_able),
		{ "xsw_fdb", &xsw_fdb, BPF_MAP_TYPE_ARRAY_OF_MAPS, XSW_FDB_SEGMENTS, sizeof(__u32),
		  sizeof(__u32) },
		DECL(xsw_fdb_lock),
		DECL(xsw_fdb_count),
		DECL(xsw_local),
		DECL(xsw_stats),
		DECL(xsw_vlan_keys),
		DECL(xsw_vlan_used),
		DECL(xsw_vlan_stats),
		DECL(xsw_policer),
		DECL(xsw_policer_of),
		DECL(xsw_guard),
		DECL(xsw_bind),
		DECL(xsw_bind_ip),
		DECL(xsw_event),
		{},
	};

	return decls;
}
