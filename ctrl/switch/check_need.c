// SPDX-License-Identifier: GPL-2.0
#include "ctrl/switch/check_need.h"

#include <bpf/bpf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ctrl/bpffs/port_table.h"
#include "maps/stats.h"

#define TAG_LEN 4

/* ---- reading */

static void port_note(const struct xsw_switch_handle *sw, const struct xsw_port_info *info,
		      const struct xsw_port *conf, struct need_port *p)
{
	struct xsw_state state = {};
	__u32 port = info->port;

	memset(p, 0, sizeof(*p));
	memcpy(p->ifname, info->ifname, sizeof(p->ifname));
	p->port = port;
	p->mtu = info->mtu;
	p->flags = conf->flags;
	p->vlan_mode = conf->vlan_mode;
	p->tag = conf->tag;
	p->xdp = info->record.use_path != XSW_PATH_SKB;
	bpf_map_lookup_elem(sw->map.state, &port, &state);
	p->state = state.flags;
	for (__u32 vlan = 0; vlan < XSW_VLAN_WORDS * 64 - 1; vlan++) {
		if (xsw_port_has_vlan(conf, vlan))
			vlan_set_add(&p->members, vlan);
		p->tagged_in |= vlan && xsw_vlan_listed(conf->cvlans, vlan);
	}
}

void need_read(const struct xsw_switch_handle *sw, struct need_switch *all)
{
	struct xsw_port_info info;
	struct need_port *more;
	struct xsw_port conf;

	memset(all, 0, sizeof(*all));
	for (__u32 port = xsw_port_next(sw, 0); port; port = xsw_port_next(sw, port)) {
		if (xsw_port_info(sw, port, &info) || info.state == XSW_PORT_STATE_ABSENT ||
		    conf_read(sw, port, &conf))
			continue;
		more = realloc(all->port, (all->n + 1) * sizeof(*more));
		if (!more)
			return;
		all->port = more;
		port_note(sw, &info, &conf, &all->port[all->n++]);
	}
}

void need_free(struct need_switch *all)
{
	free(all->port);
	memset(all, 0, sizeof(*all));
}

/* ---- who sends to whom */

static bool share_vlan(const struct need_port *a, const struct need_port *b)
{
	for (int i = 0; i < XSW_VLAN_WORDS; i++)
		if (a->members.bits[i] & b->members.bits[i])
			return true;
	return false;
}

/* Source: xsw(7), what keeps a frame from a port */
static bool sends_to(const struct need_port *from, const struct need_port *to)
{
	__u32 both = from->flags & to->flags;

	return from != to && from->flags & XSW_PORT_RX && to->flags & XSW_PORT_TX &&
	       !(both & (XSW_PORT_ISOLATED | XSW_PORT_UPLINK_ONLY)) && share_vlan(from, to);
}

/* Do frames of tunnel port @from leave @to with the service tag before a customer's? */
static bool sends_two_tags(const struct need_port *from, const struct need_port *to)
{
	if (from->vlan_mode != XSW_MODE_DOT1Q_TUNNEL || !from->tagged_in ||
	    !vlan_set_has(&to->members, from->tag))
		return false;
	switch (to->vlan_mode) {
	case XSW_MODE_TRUNK:
	case XSW_MODE_NATIVE_TAGGED:
		return true;
	case XSW_MODE_NATIVE_UNTAGGED:
		return to->tag != from->tag;
	}
	return false;
}

static void to_skb_add(struct check_need *need, const struct need_port *from, bool *fits)
{
	size_t at = strlen(need->to_skb), left = sizeof(need->to_skb) - at;

	*fits &= (size_t)snprintf(need->to_skb + at, left, "%sxsw port set %s path skb",
				  at ? "; " : "", from->ifname) < left;
}

static void mtu_add(struct check_need *need, const struct need_port *from)
{
	if (from->mtu + TAG_LEN <= need->mtu)
		return;
	need->mtu = from->mtu + TAG_LEN;
	need->tunnel_mtu = from->mtu;
	memcpy(need->tunnel, from->ifname, sizeof(need->tunnel));
}

void need_find(const struct need_switch *all, const struct xsw_port_info *p,
	       struct check_need *need)
{
	const struct need_port *to = all->port, *end = all->port + all->n;
	bool fits = true;

	memset(need, 0, sizeof(*need));
	while (to < end && to->port != p->port)
		to++;
	if (to == end)
		return;
	need->uses_xdp = to->xdp;
	need->gro = to->state & XSW_STATE_GRO;
	need->xdp_out = to->state & XSW_STATE_XDP_OUT;
	need->down = p->record.given & XSW_GIVEN_LINK_DOWN;
	for (const struct need_port *q = all->port; q < end; q++) {
		need->merges |= sends_to(to, q) && q->state & XSW_STATE_GSO;
		if (!sends_to(q, to))
			continue;
		need->from_xdp |= q->xdp;
		need->from_skb |= !q->xdp;
		if (q->xdp)
			to_skb_add(need, q, &fits);
		if (sends_two_tags(q, to))
			mtu_add(need, q);
	}
	if (!fits)
		need->to_skb[0] = '\0';
}
