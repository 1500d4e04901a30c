// SPDX-License-Identifier: GPL-2.0
/* What keeps a port and a host from each other: where the FDB has the host, and what `xsw trace` says
 * of a frame there and of one back.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ctrl/base/error.h"
#include "ctrl/base/ip_text.h"
#include "ctrl/base/mac.h"
#include "ctrl/base/shell_word.h"
#include "ctrl/fdb/fdb.h"
#include "ctrl/kernel/neighbour.h"
#include "ctrl/limits/bind.h"
#include "ctrl/punt/punt.h"
#include "ctrl/stats/port_stats.h"
#include "tools/xsw/trace.h"
#include "tools/xsw/why.h"

#define FRAME 64 /* bytes */

/* ---- its address */

static bool bound_mac(const struct xsw_switch_handle *sw, const struct in6_addr *ip, __u8 *mac)
{
	struct xsw_bind_row *rows;
	int n = xsw_bind_list(sw, XSW_ANY_PORT, &rows);
	bool found = false;

	for (int i = 0; i < n && !found; i++)
		for (int k = 0; k < rows[i].ips && !found; k++) {
			found = !memcmp(&rows[i].ip[k], ip, sizeof(*ip));
			if (found)
				memcpy(mac, rows[i].key.mac, 6);
		}
	if (n >= 0)
		xsw_bind_list_free(rows, n);
	return found;
}

int why_peer_mac(const struct xsw_switch_handle *sw, const char *text, __u8 *mac)
{
	struct in6_addr ip;

	if (mac_parse(text, mac))
		return mac[0] & 1 ? usage("why", text, "a group address is no host") : 0;
	if (ip_parse(text, &ip))
		return usage("why", text, "must be a MAC or IP address");
	if (bound_mac(sw, &ip, mac) || !neighbour_mac(&ip, mac))
		return 0;
	xsw_fail(ENOENT, "address", text,
		 "neither a binding nor a neighbour of this host tells its MAC address");
	xsw_remedy("give the MAC address");
	return failed(-ENOENT);
}

/* ---- frames there and back */

/* A frame from @from to @to that the port with settings @p admits to @vlan. */
static void frame_make(const struct xsw_port *p, __u32 vlan, const __u8 *from, const __u8 *to,
		       __u8 *frame)
{
	bool native = p->vlan_mode == XSW_MODE_NATIVE_TAGGED ||
		      p->vlan_mode == XSW_MODE_NATIVE_UNTAGGED;
	bool tagged = vlan && (p->vlan_mode == XSW_MODE_TRUNK || (native && vlan != p->tag));
	__u8 *at = frame + 12;

	memset(frame, 0, FRAME);
	memcpy(frame, to, 6);
	memcpy(frame + 6, from, 6);
	if (tagged) {
		memcpy(at, "\x81\x00", 2);
		at[2] = vlan >> 8;
		at[3] = vlan & 0xff;
		at += 4;
	}
	memcpy(at, "\x88\xb5", 2);
}

struct peering {
	struct findings *f;
	const struct xsw_switch_handle *sw;
	const struct xsw_port_info *info; /* of the port that is asked about */
	struct xsw_port_info peer_info;
	__u8 own[6], peer[6];
	__u32 vlan;
	struct trace_port ports[XSW_MAX_PORTS];
};

/* What the last step of a trace says. */
static const char *last_text(const struct trace *t)
{
	for (__u32 i = t->n_steps; i--;)
		if (strcmp(t->steps[i].step, "learn") && strcmp(t->steps[i].step, "path"))
			return t->steps[i].text;
	return "";
}

/* Does a frame from the host at @in reach the one at @out? Tell if not. */
static bool way_is_open(struct peering *p, const struct xsw_port_info *in, const __u8 *from,
			const struct xsw_port_info *out, const __u8 *to)
{
	struct trace t = { .port = in->port,
			   .path = in->record.use_path,
			   .ports = p->ports,
			   .skb_tells = trace_skb_tells };
	char source[18], target[18];
	__u8 frame[FRAME];
	bool open = false;

	snprintf(source, sizeof(source), "%s", mac_text(from));
	snprintf(target, sizeof(target), "%s", mac_text(to));
	frame_make(&in->settings.port, p->vlan, from, to, frame);
	if (trace_run(&t, frame, sizeof(frame)))
		return true;
	for (__u32 i = 0; i < t.n_outs; i++)
		open |= t.outs[i].port == out->port;
	if (!open) {
		struct finding *row =
			finding_add(p->f, p->info, XSW_CHECK_FAIL, "way",
				    "a frame from %s on %s to %s on %s in vlan %u: %s", source,
				    in->ifname, target, out->ifname, p->vlan, last_text(&t));

		if (row && t.reason >= 0)
			row->reason = xsw_drop_text(t.reason);
		finding_remedy(p->f, "xsw trace %s src %s dst %s%s",
			       shell_word(in->ifname, XSW_NAME_LEN), source, target,
			       frame[12] == 0x81 ? " vlan VID" : "");
	}
	trace_free(&t);
	return open;
}

static void ways_look(struct peering *p)
{
	bool open = true;

	if (!trace_begin(p->sw, xsw_punt_readers(p->sw))) {
		open = way_is_open(p, p->info, p->own, &p->peer_info, p->peer);
		open &= way_is_open(p, &p->peer_info, p->peer, p->info, p->own);
	}
	trace_end();
	if (open)
		finding_add(p->f, p->info, XSW_CHECK_OK, "way",
			    "%s is on %s in vlan %u, and frames pass both ways", mac_text(p->peer),
			    p->peer_info.ifname, p->vlan);
}

/* A list that was not given means all VLANs, and is empty here. */
static bool has_vlan(const struct xsw_port_settings *s, __u32 vlan)
{
	struct xsw_port conf = s->port;

	if (conf.flags & XSW_PORT_TRUNKS_ALL)
		memset(conf.trunks, 0xff, sizeof(conf.trunks));
	return xsw_port_has_vlan(&conf, vlan);
}

/* An address behind the port in @vlan. Return: is one known? */
static bool own_address(const struct xsw_fdb_row *rows, int n, __u32 port, __u32 vlan, __u8 *mac)
{
	for (int i = 0; i < n; i++)
		if (rows[i].entry.port == port && rows[i].key.vlan == vlan) {
			memcpy(mac, rows[i].key.mac, 6);
			return true;
		}
	return false;
}

/* The host has an entry in @row. */
static void entry_look(struct peering *p, const struct xsw_fdb_row *row,
		       const struct xsw_fdb_row *rows, int n)
{
	const struct xsw_port *conf = &p->info->settings.port;
	const char *mac = mac_text(p->peer);

	p->vlan = row->key.vlan;
	if (row->entry.port == p->info->port) {
		finding_add(p->f, p->info, XSW_CHECK_OK, "same-port",
			    "%s is on this very port in vlan %u", mac, p->vlan);
		return;
	}
	if (xsw_port_info(p->sw, row->entry.port, &p->peer_info))
		return; /* it has gone since */
	if (!has_vlan(&p->info->settings, p->vlan)) {
		finding_add(p->f, p->info, XSW_CHECK_FAIL, "vlan",
			    "%s is on %s in vlan %u, of which this port is no member: it has %s",
			    mac, p->peer_info.ifname, p->vlan, why_mode(&p->info->settings));
		finding_remedy(p->f,
			       conf->vlan_mode == XSW_MODE_ACCESS ?
				       "xsw port set %s tag %u" :
				       "xsw port set %s trunks LIST   # with %u in it",
			       shell_word(p->info->ifname, XSW_NAME_LEN), p->vlan);
		return;
	}
	if (!own_address(rows, n, p->info->port, p->vlan, p->own)) {
		finding_add(
			p->f, p->info, XSW_CHECK_WARN, "silent",
			"%s is on %s in vlan %u, but no address is known on this port there: nothing has come in from it lately",
			mac, p->peer_info.ifname, p->vlan);
		return;
	}
	ways_look(p);
}

void find_peer(struct findings *f, const struct xsw_switch_handle *sw,
	       const struct xsw_port_info *info, const __u8 *mac)
{
	struct peering *p = calloc(1, sizeof(*p));
	struct xsw_fdb_row *rows;
	bool found = false;
	int n = p ? xsw_fdb_list(sw, XSW_ANY_PORT, XSW_ANY_VLAN, &rows) : -ENOMEM;

	if (n < 0) {
		f->no_memory = true;
		free(p);
		return;
	}
	p->f = f;
	p->sw = sw;
	p->info = info;
	memcpy(p->peer, mac, 6);
	trace_ports(sw, p->ports);
	for (int i = 0; i < n; i++) {
		if (memcmp(rows[i].key.mac, mac, 6) || rows[i].all_vlans)
			continue;
		entry_look(p, &rows[i], rows, n);
		found = true;
	}
	if (!found) {
		finding_add(
			f, info, XSW_CHECK_FAIL, "unknown",
			"%s is known on no port of switch %s: it has not spoken for ageing_time, or what it says is dropped",
			mac_text(mac), sw->name);
		finding_remedy(f, "xsw why   # at the port where it should be");
	}
	free(rows);
	free(p);
}
