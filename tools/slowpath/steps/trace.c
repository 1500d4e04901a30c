// SPDX-License-Identifier: GPL-2.0
/* Hook: a process that only asks. The steps are those of xsw-slowpath, compiled once more with
 * somebody who listens to what they tell.
 */
#define STEPS_TELL
#include "tools/slowpath/steps/steps.c"

#include <linux/if_ether.h>

static struct trace *tracing;
static long bpf_check_mtu(void *ctx, __u32 ifindex, __u32 *mtu, __s32 delta, __u64 flags);

#include "bpf/flood_xdp.h"
#include "bpf/mirror.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "ctrl/base/mac.h"
#include "ctrl/base/vlan_set.h"
#include "tools/slowpath/steps/copied.h"
#include "tools/slowpath/steps/trace.h"

#define XDP_BUFFER 3520 /* bytes in one page with XDP's headroom and the kernel's notes */

/* ---- telling */

#define DROP_TEXT(name, text) [XSW_DROP_##name] = text,
static const char *const drop_text[] = { XSW_DROP_REASONS(DROP_TEXT) };
#undef DROP_TEXT

static void __attribute__((format(printf, 2, 3))) tell(const char *step, const char *fmt, ...)
{
	struct trace_step *more;
	va_list args;

	more = realloc(tracing->steps, (tracing->n_steps + 1) * sizeof(*more));
	if (!more)
		return;
	tracing->steps = more;
	more += tracing->n_steps++;
	more->step = step;
	va_start(args, fmt);
	vsnprintf(more->text, sizeof(more->text), fmt, args);
	va_end(args);
}

static const char *name_of(__u32 port)
{
	const char *name = port < XSW_MAX_PORTS ? tracing->ports[port].ifname : "";

	return name[0] ? name : "a port that has gone";
}

/* "access 10", "trunk 10,20", "native-tagged 10 of 20-29", "dot1q-tunnel 10" */
static const char *mode_of(const struct xsw_port *p)
{
#define MODE_TEXT(name, text) text,
	static const char *const modes[] = { XSW_VLAN_MODES(MODE_TEXT) };
#undef MODE_TEXT
	bool tunnel = p->vlan_mode == XSW_MODE_DOT1Q_TUNNEL;
	const __u64 *bits = tunnel ? p->cvlans : p->trunks;
	bool all = p->flags & (tunnel ? XSW_PORT_CVLANS_ALL : XSW_PORT_TRUNKS_ALL);
	char list[64] = "all VLANs", tag[8] = "";
	static char text[128];
	struct vlan_set set;

	memcpy(set.bits, bits, sizeof(set.bits));
	if (!all)
		vlan_set_format(&set, list, sizeof(list));
	if (p->vlan_mode != XSW_MODE_TRUNK)
		snprintf(tag, sizeof(tag), " %u", p->tag);
	snprintf(text, sizeof(text), "%s%s%s%s",
		 p->vlan_mode < XSW_MODE_COUNT ? modes[p->vlan_mode] : "of unknown mode", tag,
		 p->vlan_mode == XSW_MODE_ACCESS ? "" :
		 tunnel				 ? ", cvlans " :
						   ", trunks ",
		 p->vlan_mode == XSW_MODE_ACCESS ? "" : list);
	return text;
}

static const char *tag_of(const struct vtag *tag)
{
	static char text[48];

	if (!tag->tpid)
		return "no tag";
	snprintf(text, sizeof(text), "vlan %s%u",
		 tag->tpid == bpf_htons(0x8100) ? "" : "802.1ad:", tag->tci & VID_MASK);
	if (tag->tci >> PCP_DEI_SHIFT)
		snprintf(text + strlen(text), sizeof(text) - strlen(text), " pcp %u%s",
			 tag->tci >> PCP_SHIFT, tag->tci & DEI_MASK ? " dei" : "");
	return text;
}

/* How many units of @rate a bucket has now: bytes, or frames. */
static __u64 bucket_has(const struct xsw_rate *rate, __u64 until)
{
	__u64 now = bpf_ktime_get_ns() << XSW_BUCKET_SHIFT, used = 0;

	if ((__s64)(until - now) > 0 && until - now <= rate->burst + rate_cost(rate, 1 << 20))
		used = until - now;
	if (used > rate->burst || !rate->mult)
		return 0;
	return (__u64)(((unsigned __int128)(rate->burst - used) << (rate->shift & 63)) /
		       rate->mult);
}

static void tell_policer(const char *step, const char *of, __u32 port, const struct xsw_policer *p,
			 const struct pkt *pkt, int delta)
{
	if (!p)
		return;
	if (p->bytes.mult)
		tell(step, "%s of %s: would be charged %u bytes; %llu tokens now", of,
		     name_of(port), pkt->bytes + delta,
		     (unsigned long long)bucket_has(&p->bytes, p->bytes_until));
	if (p->packets.mult)
		tell(step, "%s of %s: would be charged 1 frame; %llu tokens now", of, name_of(port),
		     (unsigned long long)bucket_has(&p->packets, p->packets_until));
}

static const struct xsw_policer *policer_get(__u32 port, __u32 kind)
{
	__u32 index = XSW_POLICER_INDEX(port, kind);

	return bpf_map_lookup_elem(&xsw_policer, &index);
}

/* All policers of @kind that a frame meets at a port with @flags. */
static void tell_policers(const struct pkt *pkt, __u32 port, __u32 kind, __u32 flags, int delta)
{
	bool in = kind == XSW_POLICE_INGRESS;
	struct xsw_policer_key key = {
		.port = port, .kind = kind, .of = XSW_POLICE_VLAN, .value = pkt->dst.vlan
	};

	if (flags & (in ? XSW_PORT_POLICE_IN_OF : XSW_PORT_POLICE_OUT_OF)) {
		tell_policer("policer",
			     in ? "ingress policer of the vlan" : "egress policer of the vlan",
			     port, bpf_map_lookup_elem(&xsw_policer_of, &key), pkt, delta);
		key.of = XSW_POLICE_PCP;
		key.value = pkt->vtag.tci >> PCP_SHIFT;
		tell_policer("policer",
			     in ? "ingress policer of the pcp" : "egress policer of the pcp", port,
			     bpf_map_lookup_elem(&xsw_policer_of, &key), pkt, delta);
	}
	if (flags & (in ? XSW_PORT_POLICE_IN : XSW_PORT_POLICE_OUT))
		tell_policer("policer", in ? "ingress policer" : "egress policer", port,
			     policer_get(port, kind), pkt, delta);
}

/* ---- what bpf/tell.h asks for */

/* Why ingress() refused. */
static void tell_refused(const struct pkt *pkt, const struct xsw_port *in, int why)
{
	const char *port = name_of(in->port), *unable = tracing->ports[in->port].unable;
	const char *reason = drop_text[why];
	bool vid = pkt->outer.tpid && pkt->outer.tci & VID_MASK;

	switch (why) {
	case XSW_DROP_RX_OFF:
		tell("ingress", "%s has rx off: dropped, %s", port, reason);
		break;
	case XSW_DROP_PORT_DOWN:
	case XSW_DROP_MAC_LIMIT:
		tell("ingress", "%s cannot forward (%s): dropped, %s", port,
		     unable ? unable : "its device does not run", reason);
		break;
	case XSW_DROP_MIRROR:
		tell("ingress", "%s is the output of a mirror, and nothing else: dropped, %s", port,
		     reason);
		break;
	case XSW_DROP_RESERVED:
		tell("ingress", "%s is reserved for what is between two devices: dropped, %s",
		     mac_text(pkt->dst.mac), reason);
		break;
	case XSW_DROP_SRC:
		tell("ingress", "source %s is no address of one station: dropped, %s",
		     mac_text(pkt->src.mac), reason);
		break;
	case XSW_DROP_VID:
		tell("ingress", "vlan 4095 is no VLAN: dropped, %s", reason);
		break;
	default:
		if (!(in->flags & (vid ? XSW_PORT_ACCEPT_TAGGED : XSW_PORT_ACCEPT_UNTAGGED)))
			tell("ingress", "%s: %s has %s off: dropped, %s", tag_of(&pkt->outer), port,
			     vid ? "accept_tagged" : "accept_untagged", reason);
		else
			tell("ingress", "%s: %s is %s: dropped, %s", tag_of(&pkt->outer), port,
			     mode_of(in), reason);
	}
}

/* What the rules of punting said, if they were asked: told behind what was asked before. */
static int punted;
#define PUNT_UNASKED (-1)

static void tell_punt(__u32 port)
{
	static const char *const texts[] = {
		"no rule matches, or no program reads: goes on",
		"a rule hands it to the program that reads",
		"a rule hands it to the host's network stack",
		"a rule matches, over its rate: dropped, policer",
		"a rule matches, its ring is full: dropped, ring-full"
	};

	if (punted != PUNT_UNASKED)
		tell("punt", "rules of %s: %s", name_of(port), texts[punted]);
}

static void tell_admitted(const struct pkt *pkt, const struct xsw_port *in,
			  const struct xsw_switch *sw, const struct verdict *v, bool admitted)
{
	int why = !admitted && v->what == TO_DROP ? (int)v->why : ADMITTED;
	bool late = why == XSW_DROP_SPOOF || why == XSW_DROP_DHCP || why == XSW_DROP_RA;

	if (!admitted && v->what == TO_PUNT && mac_is_reserved(&pkt->dst)) {
		tell("ingress", "%s is an address of the link: rules of punting go first",
		     mac_text(pkt->dst.mac));
		tell_punt(in->port);
		return;
	}
	if (why != ADMITTED && !late) {
		tell_refused(pkt, in, why);
		return;
	}
	tracing->vlan = pkt->dst.vlan;
	tell("ingress", "%s: %s is %s: admitted to vlan %u", tag_of(&pkt->outer), name_of(in->port),
	     mode_of(in), pkt->dst.vlan);
	if (why == XSW_DROP_SPOOF)
		tell("spoof", "%s, or what the frame says, is not bound to %s: dropped, spoof",
		     mac_text(pkt->src.mac), name_of(in->port));
	else if (in->flags & (XSW_PORT_SPOOF_MAC | XSW_PORT_SPOOF_VLAN))
		tell("spoof", "%s may speak on %s", mac_text(pkt->src.mac), name_of(in->port));
	if (why == XSW_DROP_DHCP)
		tell("guard", "a message of a DHCP server, and %s has dhcp_guard on: dropped, dhcp",
		     name_of(in->port));
	if (why == XSW_DROP_RA)
		tell("guard", "a message of a router, and %s has ra_guard on: dropped, ra",
		     name_of(in->port));
	tell_punt(in->port);
}

static void tell_source(const struct pkt *pkt, int why)
{
	if (pkt->in_flags & XSW_PORT_LOCKED)
		tell("locked", "%s is locked: %s %s an entry there in vlan %u%s",
		     name_of(pkt->port), mac_text(pkt->src.mac),
		     why == ADMITTED ? "has" : "has not", pkt->src.vlan,
		     why == ADMITTED ? "" : ": dropped, locked");
}

/* Where an address lives, as words; "" if nothing is known. */
static const char *entry_text(const struct xsw_fdb_key *key, __u32 now, const struct xsw_switch *sw)
{
	static char text[128];
	struct fdb_seen seen;
	bool there = fdb_find(key, &seen);
	const struct xsw_fdb_entry *e = &seen.is.e;
	__u32 local;

	text[0] = '\0';
	if (there && e->flags & XSW_FDB_STATIC)
		snprintf(text, sizeof(text), "on %s by a static entry", name_of(e->port));
	else if (there && !fdb_unknown(e, now, sw))
		snprintf(text, sizeof(text), "on %s, learned; last spoke %u s ago",
			 name_of(e->port),
			 (unsigned int)((__u64)xsw_fdb_age(e, now) * (1 << XSW_TICK_SHIFT) /
					1000000000ULL));
	if (text[0])
		return text;
	local = local_port(key);
	if (local)
		snprintf(text, sizeof(text), "the host's own on %s", name_of(local));
	return text;
}

static void tell_destination(const struct pkt *pkt, const struct xsw_switch *sw,
			     const struct xsw_port *out, bool down)
{
	const char *mac = mac_text(pkt->dst.mac), *where;

	if (mac_is_group(&pkt->dst)) {
		tell("fdb", "%s is a group address: flooded in vlan %u", mac, pkt->dst.vlan);
		return;
	}
	where = entry_text(&pkt->dst, pkt->now, sw);
	if (!where[0] && out)
		tell("fdb", "%s is the frame's own source: on %s", mac, name_of(out->port));
	else if (!where[0])
		tell("fdb", "%s is not known in vlan %u: flooded", mac, pkt->dst.vlan);
	else if (!out)
		tell("fdb", "%s is %s, which cannot forward: flooded in vlan %u", mac, where,
		     pkt->dst.vlan);
	else
		tell("fdb", "%s in vlan %u is %s%s", mac, pkt->dst.vlan, where,
		     down ? ", which cannot forward: dropped, port-down" : "");
}

/* Why egress_admit() refuses @out. */
static const char *refusal_text(const struct pkt *pkt, const struct xsw_port *out, int why)
{
	static char text[192];

	switch (why) {
	case XSW_DROP_MIRROR:
		return "it is the output of a mirror, and nothing else";
	case XSW_DROP_SAME_PORT:
		return "the frame came in there, and hairpin is off";
	case XSW_DROP_ISOLATED:
		return "both ports are isolated, or local off";
	case XSW_DROP_TX_OFF:
		return "it has tx off";
	}
	if (!xsw_port_has_vlan(out, pkt->dst.vlan))
		snprintf(text, sizeof(text), "it is %s, no member of vlan %u", mode_of(out),
			 pkt->dst.vlan);
	else if (out->vlan_mode == XSW_MODE_ACCESS)
		snprintf(text, sizeof(text), "it is %s, and the next tag, vlan %u, would show",
			 mode_of(out), pkt->cvid);
	else
		snprintf(text, sizeof(text), "it is %s, and the next tag is vlan %u", mode_of(out),
			 pkt->cvid);
	return text;
}

static void tell_egress(const struct pkt *pkt, const struct xsw_port *out, int why)
{
	if (why != ADMITTED)
		tell("egress", "%s: %s: dropped, %s", name_of(out->port),
		     refusal_text(pkt, out, why), drop_text[why]);
}

/* ---- what untold.h has */

static int way_punt(void *ctx, const struct pkt *pkt)
{
	const struct hook hook = way_hook(ctx);

	return punted = punt(&hook, pkt);
}

static const char *tags_text(const struct retag *r, const struct pkt *pkt)
{
	static char text[64];

	if (!r->pop && !r->push.tpid)
		return pkt->outer.tpid ? "with its tags as they came" : "untagged";
	if (r->push.tpid)
		snprintf(text, sizeof(text), "tagged %s%s", tag_of(&r->push),
			 r->pop ? "" : ", before what it came with");
	else
		snprintf(text, sizeof(text), "without its %s", r->pop > 1 ? "two tags" : "tag");
	return text;
}

static void tell_unreached(const struct way *w, __u32 flood_flag, const struct xsw_port *out)
{
	const char *word = flood_flag == XSW_PORT_BCAST_FLOOD ? "bcast_flood" :
			   flood_flag == XSW_PORT_MCAST_FLOOD ? "mcast_flood" :
								"flood";
	int why = egress_admit(&w->pkt, out);
	const char *unable = tracing->ports[out->port].unable;

	if (why != ADMITTED)
		tell("flood", "not %s: %s", name_of(out->port), refusal_text(&w->pkt, out, why));
	else if (!flood_flag && !(out->flags & XSW_PORT_PROMISC))
		tell("flood", "not %s: the frame is for %s", name_of(out->port),
		     name_of(w->pkt.only_port));
	else if (!(out->flags & (flood_flag | XSW_PORT_PROMISC)))
		tell("flood", "not %s: it has %s off", name_of(out->port), word);
	else
		tell("flood", "not %s: it cannot forward (%s)", name_of(out->port),
		     unable ? unable : "its device does not run");
}

static void tell_leaving(const struct way *w, const struct xsw_port *out)
{
	struct retag r;

	egress_tags(&w->pkt, out, &r);
	tell_policers(&w->pkt, out->port, XSW_POLICE_EGRESS, out->flags, retag_delta(&r));
}

static void tell_leaves(const struct way *w, const struct xsw_port *out, __u32 mtu,
			const struct retag *r, int why)
{
	__u32 len = w->pkt.len + retag_delta(r);

	if (why == ADMITTED && !egress_fits(&w->pkt, r, mtu))
		why = XSW_DROP_MTU;
	if (why == XSW_DROP_MTU)
		tell("egress", "%s: %u bytes are more than MTU %u and a tag: dropped, mtu",
		     name_of(out->port), len, mtu);
	else if (why != ADMITTED)
		tell("egress", "%s: over the rate: dropped, %s", name_of(out->port),
		     drop_text[why]);
	else
		tell("egress", "%s is %s: leaves %s, %u bytes", name_of(out->port), mode_of(out),
		     tags_text(r, &w->pkt), len);
}

/* ---- which path finishes the frame */

static void path_tc(const char *why)
{
	if (tracing->finishes != XSW_PATH_XDP)
		return;
	tracing->finishes = XSW_PATH_SKB;
	tell("path", "XDP leaves it to the skb path: %s", why);
}

static long bpf_check_mtu(void *ctx, __u32 ifindex, __u32 *mtu, __s32 delta, __u64 flags)
{
	for (__u32 i = 1; i < XSW_MAX_PORTS; i++)
		if (tracing->ports[i].ifindex == ifindex && tracing->ports[i].mtu) {
			*mtu = tracing->ports[i].mtu;
			return 0;
		}
	return -ENODEV;
}

/* As hook_xdp.c plans a flood; what the kernel has in hand at the moment is left out. */
static void path_of_flood(struct way *w, const struct verdict *v, const struct xsw_switch *sw)
{
	struct flood_probe p = { .ctx = &w->ctx, .pkt = &w->pkt, .flood_flag = v->flood_flag };

	if (w->pkt.in_flags & XSW_PORT_TAP || w->pkt.len > FLOOD_XDP_MAX) {
		path_tc("it makes no copies of such a frame");
		return;
	}
	bpf_loop(MEMBERS_STEPS, flood_probe_cb, &p, 0);
	bpf_loop(sw->port_end, flood_taken_cb, &p, 0);
	if (p.need_tc)
		path_tc("one of the ports cannot be reached by a redirect");
	else if (p.reached > 1 && (p.taken || flood_is_sparse(p.reached, sw->port_end)))
		path_tc("few ports of many get a copy");
}

static bool way_is_tcp(const struct way *w)
{
	const __u8 *l3 =
		w->f->data + ETH_HLEN + VLAN_HLEN * (!!w->pkt.outer.tpid + !!w->pkt.inner.tpid);
	__u16 type = l3[-2] << 8 | l3[-1];

	if (l3 + sizeof(struct iphdr) > w->f->end)
		return false;
	return type == ETHERTYPE_IPV4 ? l3[9] == IPPROTO_TCP :
					type == ETHERTYPE_IPV6 && l3[6] == IPPROTO_TCP;
}

/* As xdp_choose() of hook_xdp.c */
static void path_of(struct way *w, const struct verdict *v)
{
	const struct xsw_switch *sw = switch_get();

	if (tracing->finishes != XSW_PATH_XDP)
		return;
	if (v->what == TO_FLOOD)
		path_of_flood(w, v, sw);
	else if (v->what == TO_PORT && mirrors_of_dst(&w->pkt, port_by_slot(v->out)))
		path_tc("a mirror selects it");
	else if (v->what == TO_PORT && !port_takes_xdp(XSW_SLOT_PORT(v->out)))
		path_tc("the port it is for takes no redirect");
	else if (v->what == TO_PORT && port_state(XSW_SLOT_PORT(v->out)) & XSW_STATE_GSO &&
		 port_state(w->pkt.port) & XSW_STATE_GRO && way_is_tcp(w))
		path_tc("TCP for a guest, which the device merges");
}

/* ---- learning */

static struct fdb_seen known; /* what the FDB had of the source */

static void tell_decided(struct way *w, const struct verdict *v)
{
	const struct pkt *pkt = &w->pkt;
	__u32 kind = v->what != TO_FLOOD || !v->flood_flag ? 0 :
		     v->flood_flag == XSW_PORT_BCAST_FLOOD ? XSW_STORM_BROADCAST :
		     v->flood_flag == XSW_PORT_MCAST_FLOOD ? XSW_STORM_MULTICAST :
							     XSW_STORM_UNKNOWN;

	path_of(w, v);
	fdb_find(&pkt->src, &known);
	if (v->what == TO_DROP && !v->teaches)
		return;
	if (kind && pkt->in_flags & XSW_PORT_STORM)
		tell_policer("storm", "storm control", pkt->port, policer_get(pkt->port, kind), pkt,
			     0);
	tell_policers(pkt, pkt->port, XSW_POLICE_INGRESS, pkt->in_flags, 0);
}

/* What the copy of the FDB has now is what the FDB would have. */
static void tell_learned(const struct pkt *pkt, const struct xsw_switch *sw)
{
	const struct xsw_fdb_entry *was = &known.is.e;
	const char *mac = mac_text(pkt->src.mac);
	struct fdb_seen seen;
	bool there = fdb_find(&pkt->src, &seen);
	bool fresh = there && was->port == pkt->port && !fdb_unknown(was, pkt->now, sw);

	if (!(pkt->in_flags & XSW_PORT_LEARNING)) {
		tell("learn", "%s has learning off", name_of(pkt->port));
	} else if (there && seen.is.e.flags & XSW_FDB_STATIC) {
		tell("learn", "%s has a static entry: nothing is learned", mac);
	} else if (!there || seen.is.e.port != pkt->port) {
		tell("learn", "%s is not learned: %s", mac,
		     local_port(&pkt->src) ? "it is the host's own" :
					     "no more addresses may be learned");
	} else if (fresh) {
		tell("learn", "%s in vlan %u is known on %s: its age would begin anew", mac,
		     pkt->src.vlan, name_of(pkt->port));
	} else {
		tracing->learns = true;
		tracing->learned = pkt->src;
		if (was->port && was->port != pkt->port)
			tell("learn", "%s in vlan %u would move from %s to %s", mac, pkt->src.vlan,
			     name_of(was->port), name_of(pkt->port));
		else
			tell("learn", "%s in vlan %u would be learned on %s", mac, pkt->src.vlan,
			     name_of(pkt->port));
	}
}

static void tell_commit(const struct way *w, const struct verdict *v, int why)
{
	if (v->what == TO_DROP && !v->teaches)
		return;
	if (why == XSW_DROP_STORM || why == XSW_DROP_POLICER)
		tell(why == XSW_DROP_STORM ? "storm" : "policer", "over the rate: dropped, %s",
		     drop_text[why]);
	else if (why == XSW_DROP_MAC_LIMIT)
		tell("learn", "%s has as many addresses as mac_limit says: dropped, mac-limit",
		     name_of(w->pkt.port));
	else
		tell_learned(&w->pkt, switch_get());
}

/* ---- one frame */

/* A frame in memory of its own, which its parts follow */
struct trace_frame {
	struct steps_frame f;
	__u8 room[];
};

static struct trace_frame *frame_new(const __u8 *data, __u32 len)
{
	struct trace_frame *f = calloc(1, sizeof(*f) + VLAN_HLEN + len + 8);

	if (!f)
		return NULL;
	f->f.room = f->room;
	f->f.data = f->room + VLAN_HLEN;
	f->f.end = f->f.data + len;
	memcpy(f->f.data, data, len);
	return f;
}

static __u32 trace_mtu(void *arg, __u32 port)
{
	return tracing->ports[port].mtu;
}

static struct steps_frame *trace_clone(void *arg, const struct steps_frame *f)
{
	struct trace_frame *copy = frame_new(f->data, f->end - f->data);

	return copy ? &copy->f : NULL;
}

static void trace_drop(void *arg, struct steps_frame *f)
{
	free(f);
}

static void out_add(const struct steps_frame *f, __u32 port)
{
	struct trace_out *more = realloc(tracing->outs, (tracing->n_outs + 1) * sizeof(*more));
	__u32 len = f->end - f->data;

	if (!more)
		return;
	tracing->outs = more;
	more += tracing->n_outs;
	more->port = port;
	more->len = len;
	more->data = malloc(len);
	if (!more->data)
		return;
	memcpy(more->data, f->data, len);
	tracing->n_outs++;
}

/* ---- copies for mirrors, as mirror_tc.h makes them */

static struct {
	__u32 done;	       /* mirrors whose destination has its copy, a bit a place */
	__u32 sent;	       /* frames that left, without copies */
	const struct pkt *pkt; /* of the frame */
} mirrored;

/* A copy of frame @f, which is @frame, for mirror @m by port @port. */
static void mirror_by(const struct xsw_mirror *m, const struct pkt *frame,
		      const struct steps_frame *f, __u32 port)
{
	const struct xsw_port *out = port_by_number(port);
	__u32 mtu = tracing->ports[port].mtu;
	struct trace_frame *made;
	struct xdp_md ctx;
	struct pkt copy;
	struct retag r;
	int why;

	if (!out)
		return;
	mirror_copy(m, frame, &copy);
	why = mirror_admit(m, &copy, out);
	if (why == MIRROR_NOT_HERE)
		return;
	egress_tags(&copy, out, &r);
	if (why == ADMITTED)
		why = mtu ? egress_prepare(&copy, out, mtu, &r) : XSW_DROP_PORT_DOWN;
	made = why == ADMITTED ? frame_new(f->data, f->end - f->data) : NULL;
	if (!made) {
		tell("mirror", "%s copies it to %s: dropped, %s", m->name, name_of(port),
		     drop_text[why == ADMITTED ? XSW_DROP_NO_MEMORY : why]);
		return;
	}
	ctx_of(&ctx, &made->f);
	if (!xdp_retag(&ctx, &r)) {
		made->f.data = (void *)ctx.data;
		tell("mirror", "%s copies it to %s: leaves %s", m->name, name_of(port),
		     tags_text(&r, &copy));
		out_add(&made->f, port);
	}
	free(made);
}

/* Copies for the mirrors at @places, of a frame that was classified. */
static void mirrors_copy(const struct pkt *frame, const struct steps_frame *f, __u32 places)
{
	const struct xsw_switch *sw = switch_get();
	const struct xsw_mirror *m;

	for (__u32 place = 0; place < XSW_MIRRORS; place++) {
		m = places >> place & 1 ? mirror_at(frame, place) : NULL;
		if (!m || mirrored.done >> place & 1 || !mirror_takes(m, frame))
			continue;
		mirrored.done |= m->same;
		if (!(m->flags & XSW_MIRROR_TO_VLAN))
			mirror_by(m, frame, f, m->out_port);
		for (__u32 port = 1; m->flags & XSW_MIRROR_TO_VLAN && port < sw->port_end; port++)
			mirror_by(m, frame, f, port);
	}
}

/* Where the frame enters, as it came. */
static void mirrors_enter(struct way *w, const struct xsw_port *in)
{
	const struct xsw_switch *sw = switch_get();
	struct pkt frame;
	__u32 places;

	mirrored.pkt = &w->pkt;
	mirrored.done = mirrored.sent = 0;
	mirrors_begin(&w->pkt, sw);
	frame = w->pkt;
	frame.in_flags = in->flags;
	frame.now = tick_now();
	places = mirrors_of_src(&frame, in);
	if (places)
		path_tc("a mirror selects it");
	if (places && ingress_port(&frame, in) == ADMITTED && ingress_vlan(&frame, in) == ADMITTED)
		mirrors_copy(&frame, w->f, places);
	w->pkt.mirrored = true;
}

/* Where it leaves by @out, as it leaves, and classified as if that port had received it. */
static void mirrors_leave(struct steps_frame *f, const struct xsw_port *out)
{
	struct pkt frame = *mirrored.pkt, parsed = {};
	__u32 places = mirrors_of_dst(&frame, out) & ~mirrored.done;
	struct xdp_md ctx;
	int csum;

	ctx_of(&ctx, f);
	if (!places || xdp_parse(&ctx, &parsed, false, &csum) != FRAME_OK)
		return;
	frame.outer = parsed.outer;
	frame.inner = parsed.inner;
	frame.third = parsed.third;
	frame.len = parsed.len;
	frame.bytes = parsed.bytes;
	if (ingress_classify(&frame, out) == ADMITTED)
		mirrors_copy(&frame, f, places);
}

static int trace_send(void *arg, struct steps_frame *f, __u32 port)
{
	const struct xsw_port *out = port_by_number(port);

	out_add(f, port);
	mirrored.sent++;
	if (out)
		mirrors_leave(f, out);
	free(f);
	return 0;
}

static const struct steps_ops trace_ops = { trace_mtu, trace_clone, trace_send, trace_drop };

static void tell_frame(const struct way *w, const struct steps_frame *f)
{
	char dst[18];

	snprintf(dst, sizeof(dst), "%s", mac_text(f->data));
	tell("frame", "%s to %s, %s, %u bytes, by path %s", mac_text(f->data + 6), dst,
	     tag_of(&w->pkt.outer), w->pkt.len,
	     tracing->path == XSW_PATH_XDP ? "xdp" :
	     tracing->path == XSW_PATH_SKB ? "skb" :
					     "afxdp");
}

/* What XDP hands on before any step: checksums that only TC keeps, and frames of several buffers. */
static void path_begin(const struct way *w, __u32 flags, int csum)
{
	tracing->finishes = tracing->path;
	if (tracing->path == XSW_PATH_SKB)
		return;
	if (flags & XSW_PORT_CSUM_CHECK && csum != CSUM_FULL &&
	    (flags & XSW_PORT_TAP || !tracing->skb_tells()) &&
	    !(tracing->path == XSW_PATH_AFXDP && csum == CSUM_PARTIAL))
		tracing->finishes = XSW_PATH_SKB;
	if (tracing->path == XSW_PATH_AFXDP && switch_get()->mirrors)
		tracing->finishes = XSW_PATH_SKB; /* sockets get no frames then */
	if (tracing->path == XSW_PATH_XDP && w->pkt.len > XDP_BUFFER)
		tracing->finishes = XSW_PATH_SKB;
	if (tracing->finishes == XSW_PATH_SKB)
		tell("path", "XDP leaves it to the skb path: %s",
		     w->pkt.len > XDP_BUFFER ? "it is too long for one buffer" :
		     switch_get()->mirrors   ? "the switch has mirrors" :
					       "its checksum may be partial");
}

/* The kernel takes the first tag off before TC sees the frame, and frees a frame that is too short
 * for that (net/core/skbuff.c, skb_vlan_untag()).
 */
static bool kernel_frees(const struct way *w)
{
	return tracing->finishes == XSW_PATH_SKB && w->pkt.outer.tpid &&
	       w->pkt.len < ETH_HLEN + VLAN_HLEN + 2;
}

/* Where the port is gone, nothing is answered. */
static int trace_way(struct trace_frame *f)
{
	struct way w = { .ops = &trace_ops, .f = &f->f };
	const struct xsw_port *in = port_by_number(tracing->port);
	bool taken = false;
	int csum, parsed;

	if (!in)
		return -ENOENT;
	ctx_of(&w.ctx, &f->f);
	w.pkt.port = tracing->port;
	parsed = xdp_parse(&w.ctx, &w.pkt, in->flags & XSW_PORT_CSUM_CHECK, &csum);
	tell_frame(&w, &f->f);
	path_begin(&w, in->flags, csum);
	if (tracing->finishes == XSW_PATH_AFXDP && csum == CSUM_PARTIAL)
		w.partial = w.f->data + ETH_HLEN +
			    VLAN_HLEN * (!!w.pkt.outer.tpid + !!w.pkt.inner.tpid);
	if (parsed == FRAME_RUNT || kernel_frees(&w)) {
		tell("frame", "its header or first tag is cut short: dropped, runt");
		way_drop(&w, XSW_DROP_RUNT);
	} else {
		mirrors_enter(&w, in);
		taken = way_decide(&w);
	}
	if (!taken)
		free(f);
	return 0;
}

/* ---- what was counted is the answer */

static int reason_of(const __u64 *drops)
{
	for (int why = 0; why < XSW_DROP_COUNT; why++)
		if (drops[why])
			return why;
	return -1;
}

static void answer(void)
{
	const struct xsw_stats *s = stats_get(tracing->port);

	tracing->reason = reason_of(s->rx_drops);
	tracing->verdict = tracing->reason >= 0 ? TRACE_DROPPED :
			   s->rx_punted		? TRACE_PUNTED :
			   s->rx_host		? TRACE_HOST :
			   s->rx_flooded	? TRACE_FLOODED :
						  TRACE_UNICAST;
	if (tracing->verdict != TRACE_UNICAST || mirrored.sent)
		return;
	tracing->verdict = TRACE_DROPPED; /* where it was to leave */
	for (__u32 port = 1; port < XSW_MAX_PORTS && tracing->reason < 0; port++)
		if (tracing->ports[port].ifname[0])
			tracing->reason = reason_of(stats_get(port)->tx_drops);
}

/* What devices are now: programs look at them before each frame. */
static void devices_look(void)
{
	for (__u32 port = 1; port < XSW_MAX_PORTS; port++) {
		const struct trace_port *p = &tracing->ports[port];
		struct xsw_able *a = p->ifname[0] ? able_get(port) : NULL;

		if (!a)
			continue;
		if (p->unable && !(a->flags & XSW_ABLE_NOT))
			a->lost = tick_now();
		a->flags = XSW_ABLE_SEEN | (p->unable ? XSW_ABLE_NOT : 0);
	}
}

void trace_free(struct trace *t)
{
	for (__u32 i = 0; i < t->n_outs; i++)
		free(t->outs[i].data);
	free(t->outs);
	free(t->steps);
	t->outs = NULL;
	t->steps = NULL;
	t->n_outs = t->n_steps = 0;
}

/* The buckets are copied one after the other. Has an entry changed its bucket since @shape was? */
static bool fdb_differs(__u64 shape)
{
	struct xsw_fdb_count now;

	return umap_copied_now("xsw_fdb_count", &now) && now.shape != shape;
}

/* @shape: result: of the FDB at the beginning */
static int trace_once(struct trace *t, const __u8 *frame, __u32 len, __u64 *shape)
{
	struct trace_frame *f = frame_new(frame, len);
	int err;

	if (!f)
		return -ENOMEM;
	trace_free(t);
	tracing = t;
	t->vlan = t->reason = -1;
	t->learns = false;
	punted = PUNT_UNASKED;
	umap_copied_again();
	*shape = fdb_count() ? fdb_count()->shape : 0;
	devices_look();
	err = trace_way(f);
	if (!err)
		answer();
	else
		free(f);
	return err;
}

/* Of settings that a command changes meanwhile, some may be read before and some after. Where addresses
 * are learned all the time the last look counts.
 */
int trace_run(struct trace *t, const __u8 *frame, __u32 len)
{
	int err = -EAGAIN;
	__u64 shape;

	for (int i = 0; i < LOOKS && err == -EAGAIN; i++) {
		err = trace_once(t, frame, len, &shape);
		if (!err &&
		    (umap_copied_differs("xsw_slot") || (i + 1 < LOOKS && fdb_differs(shape))))
			err = -EAGAIN;
	}
	return err;
}

int trace_begin(const struct xsw_switch_handle *sw, __u32 readers)
{
	static struct umap_decl maps[32];
	const struct umap_decl more[] = {
		DECL(xsw_members), DECL(xsw_punt), DECL(xsw_punt_out), DECL(xsw_mirror), {}
	};
	const struct umap_decl *d = steps_maps();
	__u32 n = 0;

	while (d->name)
		maps[n++] = *d++;
	memcpy(&maps[n], more, sizeof(more));
	return umap_copied_begin(maps, sw, readers);
}

void trace_end(void)
{
	umap_copied_end();
}
