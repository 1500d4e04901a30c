// SPDX-License-Identifier: GPL-2.0
/* What may be wrong with a port besides what it drops: its link, and addresses that are elsewhere. */
#include <stdlib.h>
#include <string.h>

#include "ctrl/base/clock.h"
#include "ctrl/base/mac.h"
#include "ctrl/base/shell_word.h"
#include "ctrl/fdb/fdb.h"
#include "ctrl/limits/bind.h"
#include "ctrl/stats/event.h"
#include "tools/xsw/why.h"

#define LATELY_S 60
#define FLAPS 3 /* moves of an address that are no migration */

const char *port_name_of(const struct xsw_switch_handle *sw, __u32 port)
{
	static char name[XSW_NAME_LEN];
	struct xsw_port_info info;

	if (xsw_port_info(sw, port, &info))
		return "a port that has gone";
	memcpy(name, info.ifname, sizeof(name));
	return name;
}

void find_link(struct findings *f, const struct xsw_port_info *info)
{
	const char *name = shell_word(info->ifname, XSW_NAME_LEN);

	if (info->state == XSW_PORT_STATE_ABSENT) {
		finding_add(f, info, XSW_CHECK_FAIL, "link",
			    "the port is absent: it has no device");
		finding_remedy(f, "xsw port attach %s   # when the device is there", name);
		return;
	}
	if (!info->unable)
		return;
	finding_add(f, info, XSW_CHECK_FAIL, "link", "the port cannot forward: %s", info->unable);
	if (info->shut)
		finding_remedy(f, "xsw port reopen %s", name);
	else if (info->record.given & XSW_GIVEN_LINK_DOWN)
		finding_remedy(f, "xsw port set %s link auto", name);
	else
		finding_remedy(f, "ip link set %s up   # and look at what is at the other end",
			       name);
}

/* ---- moves */

/* An address that moved, and how often. */
struct moved {
	struct xsw_event last;
	int n;
};

static struct moved *moved_find(struct moved *list, int *n, int room, const struct xsw_event *e)
{
	for (int i = 0; i < *n; i++)
		if (!memcmp(&list[i].last.addr, &e->addr, sizeof(e->addr)))
			return &list[i];
	return *n < room ? &list[(*n)++] : NULL;
}

static void moved_tell(struct findings *f, const struct xsw_switch_handle *sw,
		       const struct xsw_port_info *info, const struct moved *m)
{
	const struct xsw_event *e = &m->last;
	double age_s = (boot_ns() - e->time_ns) / 1e9;
	char from[XSW_NAME_LEN], to[XSW_NAME_LEN];

	strncpy(from, port_name_of(sw, e->arg), sizeof(from) - 1);
	from[sizeof(from) - 1] = '\0';
	strncpy(to, port_name_of(sw, e->port), sizeof(to) - 1);
	to[sizeof(to) - 1] = '\0';
	if (m->n >= FLAPS) {
		finding_add(
			f, info, XSW_CHECK_FAIL, "flaps",
			"%s in vlan %u moved %d times in the last minute, at last from %s to %s: a loop, or two hosts with one address",
			mac_text(e->addr.mac), e->addr.vlan, m->n, from, to);
		finding_remedy(f, "xsw monitor fdb switch %s last 20", sw->name);
	} else if (e->arg == info->port) {
		finding_add(f, info, XSW_CHECK_WARN, "moved",
			    "%s in vlan %u left for %s %.0f s ago: what is for it goes there",
			    mac_text(e->addr.mac), e->addr.vlan, to, age_s);
		finding_remedy(f, "xsw fdb show dev %s", shell_word(to, XSW_NAME_LEN));
	}
}

#define MOVED_MAX 64

void find_moves(struct findings *f, const struct xsw_switch_handle *sw,
		const struct xsw_port_info *info)
{
	struct moved list[MOVED_MAX] = {}, *m;
	const struct xsw_event *events;
	struct xsw_events *ring;
	__u64 lost = 0, since = boot_ns() - LATELY_S * NS_PER_S;
	int n = 0, got;

	if (xsw_events_open(sw->name, &ring))
		return;
	xsw_events_rewind(ring);
	got = xsw_events_read(ring, &events, &lost);
	for (int i = 0; i < got; i++) {
		const struct xsw_event *e = &events[i];

		if (e->kind != XSW_EVENT_MOVED || (__s64)(e->time_ns - since) < 0 ||
		    (e->port != info->port && e->arg != info->port))
			continue;
		m = moved_find(list, &n, MOVED_MAX, e);
		if (!m)
			continue;
		m->last = *e;
		m->n++;
	}
	for (int i = 0; i < n; i++)
		moved_tell(f, sw, info, &list[i]);
	xsw_events_close(ring);
}

/* ---- bindings */

static void bound_tell(struct findings *f, const struct xsw_switch_handle *sw,
		       const struct xsw_port_info *info, const struct xsw_fdb_row *row)
{
	char other[XSW_NAME_LEN];

	strncpy(other, port_name_of(sw, row->entry.port), sizeof(other) - 1);
	other[sizeof(other) - 1] = '\0';
	finding_add(f, info, XSW_CHECK_WARN, "elsewhere",
		    "%s is bound to this port, and speaks on %s in vlan %u, %.0f s ago",
		    mac_text(row->key.mac), other, row->key.vlan, row->age_s);
	finding_remedy(f, "xsw fdb del %s switch %s vlan %u   # and find who has it on %s",
		       mac_text(row->key.mac), sw->name, row->key.vlan, other);
}

void find_bound(struct findings *f, const struct xsw_switch_handle *sw,
		const struct xsw_port_info *info)
{
	struct xsw_bind_row *binds;
	struct xsw_fdb_row *rows;
	int n = xsw_bind_list(sw, info->port, &binds), entries;

	if (n <= 0)
		return;
	entries = xsw_fdb_list(sw, XSW_ANY_PORT, XSW_ANY_VLAN, &rows);
	for (int i = 0; i < n; i++)
		for (int k = 0; k < entries; k++)
			if (rows[k].entry.port != info->port &&
			    !memcmp(rows[k].key.mac, binds[i].key.mac, 6))
				bound_tell(f, sw, info, &rows[k]);
	if (entries >= 0)
		free(rows);
	xsw_bind_list_free(binds, n);
}
