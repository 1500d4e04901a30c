/* SPDX-License-Identifier: GPL-2.0 */
/* What the switch should do with a frame, in plain C: an independent model of
 * the rules (ingress, learning, forwarding, egress), written from the rules of xsw(7)
 * alone and slow and simple on purpose. random_frames, exhaustive and selftests/fuzz/steps
 * compare the switch with it, byte by byte.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#define MODEL_PORTS 8
#define MODEL_FDB 1024
#define MODEL_FRAME 4096

enum model_mode { ACCESS, TRUNK, NATIVE_TAGGED, NATIVE_UNTAGGED, DOT1Q_TUNNEL };
enum model_prio { PRIO_NEVER, PRIO_IF_NONZERO, PRIO_ALWAYS };

/* Why a frame was refused, in the order of the checks: at its ingress port, then by the port
 * of its destination.
 */
enum model_drop {
	MODEL_OK,
	MODEL_RUNT,
	MODEL_RX_OFF,
	MODEL_RESERVED,
	MODEL_SRC,
	MODEL_VID,
	MODEL_VLAN,
	MODEL_LOCKED,
	MODEL_SAME_PORT,
	MODEL_ISOLATED,
	MODEL_TX_OFF,
	MODEL_NO_MEMBER,
	MODEL_DROPS
};

static const char *const model_drop_word[MODEL_DROPS] = { "",	      "runt",	"rx-off",
							  "reserved", "src",	"vid",
							  "vlan",     "locked", "same-port",
							  "isolated", "tx-off", "no-member" };

struct model_port {
	enum model_mode mode;
	enum model_prio priority_tags;
	uint16_t tag, qinq_tpid, default_pcp;
	bool trunks[4096], cvlans[4096]; /* an empty list of the user's: all true */
	bool learning, flood, mcast_flood, bcast_flood, isolated, locked, hairpin;
	bool rx, tx, accept_untagged, accept_tagged, local;
	int mtu;
};

struct model_entry {
	uint8_t mac[6];
	uint16_t vlan;
	int port;
	bool is_static;
};

struct model_switch {
	int ports;
	struct model_port port[MODEL_PORTS];
	int entries;
	struct model_entry fdb[MODEL_FDB];
	bool forward_bpdu;
	uint16_t forward_reserved; /* bit N: address N */
};

struct model_out {
	int port, len;
	uint8_t data[MODEL_FRAME];
};

struct model_verdict {
	enum model_drop drop;
	uint16_t vlan;
	bool is_unicast; /* the destination was known */
	bool learned;	 /* the FDB changed */
	bool moved;	 /* ... and knew the address elsewhere */
	int outs;
	struct model_out out[MODEL_PORTS];
};

/* A frame inside the switch: two addresses, perhaps a VLAN tag, the rest. */
struct model_frame {
	uint8_t macs[12];
	bool came_tagged;
	uint16_t first_tci; /* of the first tag that it came with */
	bool has_tag;	    /* a VLAN tag stands (or a priority tag of VLAN 0) */
	uint16_t tpid, tci;
	uint16_t vlan;
	const uint8_t *rest; /* from the ethertype behind the VLAN tag */
	int rest_len;
};

static inline uint16_t model_be16(const uint8_t *p)
{
	return p[0] << 8 | p[1];
}

static inline bool model_is_tpid(uint16_t type)
{
	return type == 0x8100 || type == 0x88a8;
}

/* Does a whole tag (TPID, TCI, and the type behind it) stand at @rest? */
static inline bool model_tag_at(const uint8_t *rest, int len)
{
	return len >= 6 && model_is_tpid(model_be16(rest));
}

static inline bool model_is_group(const uint8_t *mac)
{
	return mac[0] & 1;
}

static inline bool model_is_bcast(const uint8_t *mac)
{
	return !memcmp(mac, "\xff\xff\xff\xff\xff\xff", 6);
}

static inline struct model_entry *model_fdb_find(struct model_switch *sw, uint16_t vlan,
						 const uint8_t *mac)
{
	for (int i = 0; i < sw->entries; i++)
		if (sw->fdb[i].vlan == vlan && !memcmp(sw->fdb[i].mac, mac, 6))
			return &sw->fdb[i];
	return NULL;
}

/* Returns whether something changed. */
static inline bool model_fdb_put(struct model_switch *sw, uint16_t vlan, const uint8_t *mac,
				 int port, bool is_static)
{
	struct model_entry *e = model_fdb_find(sw, vlan, mac);

	if (e && (e->is_static || e->port == port) && !is_static)
		return false;
	if (!e && sw->entries == MODEL_FDB)
		return false;
	if (!e)
		e = &sw->fdb[sw->entries++];
	memcpy(e->mac, mac, 6);
	e->vlan = vlan;
	e->port = port;
	e->is_static = is_static;
	return true;
}

/* The checks before the port's VLAN settings matter. */
static inline enum model_drop model_check_header(const struct model_switch *sw,
						 const struct model_port *p, const uint8_t *data,
						 int len)
{
	static const uint8_t zero[6], reserved[5] = { 0x01, 0x80, 0xc2, 0, 0 };
	bool has_vid;

	if (len < 14 || (model_is_tpid(model_be16(data + 12)) && len < 18))
		return MODEL_RUNT;
	if (!p->rx)
		return MODEL_RX_OFF;
	if (!memcmp(data, reserved, 5) && data[5] <= 0x0f && !sw->forward_bpdu &&
	    !(sw->forward_reserved & 1 << data[5]))
		return MODEL_RESERVED;
	if (model_is_group(data + 6) || !memcmp(data + 6, zero, 6))
		return MODEL_SRC;
	if (model_is_tpid(model_be16(data + 12)) && (model_be16(data + 14) & 0xfff) == 0xfff)
		return MODEL_VID;
	has_vid = model_tag_at(data + 12, len - 12) && model_be16(data + 14) & 0xfff;
	return (has_vid ? p->accept_tagged : p->accept_untagged) ? MODEL_OK : MODEL_VLAN;
}

static inline enum model_drop model_admit_tunnel(const struct model_port *p, struct model_frame *f)
{
	uint16_t cvid = model_tag_at(f->rest, f->rest_len) ? model_be16(f->rest + 2) & 0xfff : 0;

	if (!p->cvlans[cvid])
		return MODEL_VLAN;
	f->has_tag = true;
	f->tpid = p->qinq_tpid;
	f->tci = (f->came_tagged ? 0 : p->default_pcp << 13) | p->tag;
	f->vlan = p->tag;
	return MODEL_OK;
}

/* Does a tag stand at @rest, and nothing but that one, with VID 0? Or none at all? */
static inline bool model_no_vlan_beneath(const uint8_t *rest, int len)
{
	if (!model_tag_at(rest, len))
		return true;
	return !(model_be16(rest + 2) & 0xfff) && !model_tag_at(rest + 4, len - 4);
}

/* Which VLAN is the frame in, if any? Ports other than tunnels. */
static inline enum model_drop model_admit(const struct model_port *p, struct model_frame *f)
{
	uint16_t vid = 0;

	f->came_tagged = model_tag_at(f->rest, f->rest_len);
	f->first_tci = f->came_tagged ? model_be16(f->rest + 2) : 0;
	f->tci = p->default_pcp << 13;
	if (p->mode == DOT1Q_TUNNEL)
		return model_admit_tunnel(p, f);
	if (f->came_tagged) {
		f->has_tag = true;
		f->tpid = model_be16(f->rest);
		f->tci = model_be16(f->rest + 2);
		f->rest += 4;
		f->rest_len -= 4;
		vid = f->tci & 0xfff;
	}
	switch (p->mode) {
	case ACCESS:
		if (vid || (f->came_tagged && !model_no_vlan_beneath(f->rest, f->rest_len)))
			return MODEL_VLAN;
		f->vlan = p->tag;
		break;
	case TRUNK:
		if (!p->trunks[vid])
			return MODEL_VLAN;
		f->vlan = vid;
		break;
	default: /* native */
		if (vid && vid != p->tag && !p->trunks[vid])
			return MODEL_VLAN;
		f->vlan = vid ? vid : p->tag;
	}
	f->tci = (f->tci & 0xf000) | f->vlan;
	return MODEL_OK;
}

/* VID of the tag behind the VLAN tag, 0 if there is none. A frame without a
 * VLAN tag has no tag at all: its rest begins with no whole tag.
 */
static inline uint16_t model_inner_vid(const struct model_frame *f)
{
	return model_tag_at(f->rest, f->rest_len) ? model_be16(f->rest + 2) & 0xfff : 0;
}

static inline bool model_is_member(const struct model_port *p, const struct model_frame *f)
{
	switch (p->mode) {
	case ACCESS:
		return f->vlan == p->tag && !model_inner_vid(f);
	case TRUNK:
		return p->trunks[f->vlan];
	case DOT1Q_TUNNEL:
		return f->vlan == p->tag && p->cvlans[model_inner_vid(f)];
	default:
		return f->vlan == p->tag || (f->vlan && p->trunks[f->vlan]);
	}
}

/* Does the frame leave with a priority tag, if nothing else hinders? */
static inline bool model_wants_priority(const struct model_port *p, const struct model_frame *f)
{
	if (p->priority_tags == PRIO_ALWAYS)
		return f->came_tagged;
	return p->priority_tags == PRIO_IF_NONZERO && f->first_tci >> 13;
}

static inline bool model_leaves_tagged(const struct model_port *p, const struct model_frame *f)
{
	return (p->mode == TRUNK && f->vlan) || p->mode == NATIVE_TAGGED ||
	       (p->mode == NATIVE_UNTAGGED && f->vlan != p->tag);
}

static inline void model_put_tag(struct model_out *out, uint16_t tpid, uint16_t tci)
{
	out->data[out->len++] = tpid >> 8;
	out->data[out->len++] = tpid & 0xff;
	out->data[out->len++] = tci >> 8;
	out->data[out->len++] = tci & 0xff;
}

/* The tag of a frame that leaves without its VLAN tag, if it gets one.
 * @exposed: does it begin with a tag now that was an inner one?
 */
static inline void model_put_priority(const struct model_port *p, const struct model_frame *f,
				      bool exposed, struct model_out *out)
{
	if (!model_wants_priority(p, f))
		return;
	if (f->vlan == 0) /* it carried one, and that stays */
		model_put_tag(out, f->tpid, f->first_tci);
	else if (!exposed)
		model_put_tag(out, 0x8100, f->first_tci & 0xf000);
}

/* Writes the frame as it leaves at @p. */
static inline void model_write(const struct model_port *p, const struct model_frame *f,
			       struct model_out *out)
{
	const uint8_t *rest = f->rest;
	int rest_len = f->rest_len;
	bool inner = model_tag_at(rest, rest_len);

	memcpy(out->data, f->macs, 12);
	out->len = 12;
	if (model_leaves_tagged(p, f)) {
		model_put_tag(out, f->has_tag ? f->tpid : 0x8100, f->tci);
	} else if (p->mode == ACCESS && inner) { /* VID 0, or it were no member */
		rest += 4;
		rest_len -= 4;
		model_put_priority(p, f, false, out); /* what is behind is payload */
	} else {
		model_put_priority(p, f, inner, out);
	}
	memcpy(out->data + out->len, rest, rest_len);
	out->len += rest_len;
}

static inline bool model_floods_to(const struct model_port *p, const uint8_t *dmac)
{
	if (model_is_bcast(dmac))
		return p->bcast_flood;
	return model_is_group(dmac) ? p->mcast_flood : p->flood;
}

/* May the frame leave at port @to? @same: where it came in. Return: MODEL_OK, or why not. */
static inline enum model_drop model_may_leave(const struct model_port *in,
					      const struct model_port *to, bool same,
					      const struct model_frame *f)
{
	if (same && !in->hairpin)
		return MODEL_SAME_PORT;
	if ((in->isolated && to->isolated) || (!in->local && !to->local))
		return MODEL_ISOLATED;
	if (!to->tx)
		return MODEL_TX_OFF;
	return model_is_member(to, f) ? MODEL_OK : MODEL_NO_MEMBER;
}

static inline enum model_drop model_emit(struct model_switch *sw, int in, int to,
					 const struct model_frame *f, struct model_verdict *v)
{
	const struct model_port *p = &sw->port[to];
	struct model_out *out = &v->out[v->outs];
	enum model_drop why = model_may_leave(&sw->port[in], p, to == in, f);

	if (why)
		return why;
	model_write(p, f, out);
	out->port = to;
	if (out->len <= p->mtu + 18)
		v->outs++;
	return MODEL_OK;
}

/**
 * model_switch_frame() - what becomes of a frame; learns
 * @in: ingress port
 * @v: all of it is written
 */
static inline void model_switch_frame(struct model_switch *sw, int in, const uint8_t *data, int len,
				      struct model_verdict *v)
{
	const struct model_port *p = &sw->port[in];
	struct model_frame f = { .rest = data + 12, .rest_len = len - 12 };
	const uint8_t *smac = data + 6;
	struct model_entry *e;

	memset(v, 0, sizeof(*v));
	v->drop = model_check_header(sw, p, data, len);
	if (v->drop)
		return;
	memcpy(f.macs, data, 12);
	v->drop = model_admit(p, &f);
	if (v->drop)
		return;
	v->vlan = f.vlan;
	e = model_fdb_find(sw, f.vlan, smac);
	if (p->locked && (!e || e->port != in)) {
		v->drop = MODEL_LOCKED;
		return;
	}
	if (p->learning)
		v->learned = model_fdb_put(sw, f.vlan, smac, in, false);
	v->moved = v->learned && e;

	e = model_is_group(data) ? NULL : model_fdb_find(sw, f.vlan, data);
	if (!e) {
		for (int i = 0; i < sw->ports; i++)
			if (model_floods_to(&sw->port[i], data))
				model_emit(sw, in, i, &f, v);
		return;
	}
	v->is_unicast = true;
	v->drop = model_emit(sw, in, e->port, &f, v);
}
