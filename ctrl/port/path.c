// SPDX-License-Identifier: GPL-2.0
/* Choose the path of a port and prepare its device: what would hide tags or
 * merge frames is turned off, and remembered in xsw_meta first.
 */
#include "ctrl/port/path.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "ctrl/base/error.h"
#include "ctrl/bpffs/attach.h"
#include "ctrl/bpffs/known_maps.h"
#include "ctrl/bpffs/port_table.h"
#include "ctrl/bpffs/xdp_program.h"
#include "ctrl/kernel/link.h"
#include "ctrl/port/kind.h"
#include "ctrl/port/record.h"
#include "maps/stats.h"

/* not of its path */
#define SAVED_OF_PORT                                                                              \
	(XSW_SAVED_PROMISC | XSW_SAVED_MADE | XSW_SAVED_LINK_UP | XSW_SAVED_LINK_DOWN |            \
	 XSW_SAVED_THREADED)

/* Is XDP worth trying? Sets the reason for what is chosen. */
static bool path_wants_xdp(const struct link_info *dev, struct xsw_port_record *record)
{
	const struct port_kind *kind = kind_of(dev);

	if (record->want_path != XSW_WANT_AUTO) {
		record_reason(record, "as configured");
		return record->want_path != XSW_WANT_SKB; /* XDP gives frames to sockets */
	}
	if (!kind->skb_reason)
		return kind->wants_xdp(dev, record);
	record_reason(record, "%s", kind->skb_reason);
	return false;
}

static void skb_prepare(const struct port_change *c)
{
	if (kind_of(c->dev)->skb_prepare)
		kind_of(c->dev)->skb_prepare(c);
}

void path_leave(const struct xsw_switch_handle *sw, __u32 port, struct xsw_port_record *record,
		bool here)
{
	__u32 mine = record->saved & ~SAVED_OF_PORT;
	struct link_info dev;

	detach_xdp(sw->dir, port);
	if (mine && here && !link_brief(NULL, record->ifindex, &dev) && kind_of(&dev)->restore)
		kind_of(&dev)->restore(&dev, mine);
	record->saved &= ~mine;
	record->use_path = XSW_PATH_SKB;
	record_write(sw, port, record);
}

/* Why the driver took no XDP program. */
static void refusal_note(const struct port_change *c, int err)
{
	const struct port_kind *kind = kind_of(c->dev);
	const char *why = kind->xdp_refusal ? kind->xdp_refusal(err) : NULL;

	if (err == -EBUSY)
		why = "another XDP program is attached";
	if (why)
		record_reason(c->record, "%s", why);
	else if (err == -EOPNOTSUPP && c->dev->driver[0])
		record_reason(c->record, "driver %s has no native XDP", c->dev->driver);
	else if (err == -EOPNOTSUPP)
		record_reason(c->record, "the device has no native XDP");
	else
		record_reason(c->record, "native XDP refused: %s", strerror(-err));
}

static int xdp_attach(const struct port_change *c)
{
	int prog = prog_get(c->sw->dir, "prog_xdp"), err;

	if (prog < 0) {
		record_reason(c->record, "no XDP program: %s", strerror(-prog));
		return prog;
	}
	err = attach_xdp(c->sw->dir, c->port, c->dev->ifindex, prog);
	close(prog);
	if (err)
		refusal_note(c, err);
	return err;
}

/* Somebody else has a program at the device: whose is it? */
static int busy_fail(const struct link_info *dev)
{
	char program[192], remedy[128];
	struct link_info now;

	if (link_brief(NULL, dev->ifindex, &now) || !now.xdp_prog_id)
		return xsw_fail(EBUSY, "port", dev->ifname, "another XDP program is attached");
	xdp_program_tell(&now, program, sizeof(program), remedy, sizeof(remedy));
	xsw_fail(EBUSY, "port", dev->ifname, "another XDP program is attached: %s", program + 4);
	xsw_remedy("%s", remedy);
	return -EBUSY;
}

static int path_take_xdp(const struct port_change *c)
{
	const struct port_kind *kind = kind_of(c->dev);
	int err;

	detach_xdp(c->sw->dir, c->port); /* what a killed command may have left */
	err = kind->xdp_prepare ? kind->xdp_prepare(c) : 0;
	if (!err)
		err = xdp_attach(c);
	if (!err) {
		c->record->use_path = XSW_PATH_XDP;
		if (kind->xdp_attached)
			kind->xdp_attached(c);
		return 0;
	}
	path_leave(c->sw, c->port, c->record, true);
	skb_prepare(c);
	if (err == -EBUSY && c->record->want_path != XSW_WANT_AUTO)
		return busy_fail(c->dev);
	return 0;
}

int path_take(const struct xsw_switch_handle *sw, __u32 port, const struct link_info *dev,
	      struct xsw_port_record *record)
{
	const struct port_change c = { sw, port, dev, record };

	if (path_wants_xdp(dev, record))
		return record->use_path == XSW_PATH_XDP ? 0 : path_take_xdp(&c);
	if (record->use_path == XSW_PATH_XDP || record->saved & ~(SAVED_OF_PORT | XSW_SAVED_LRO))
		path_leave(sw, port, record, true);
	skb_prepare(&c);
	return 0;
}

bool path_changes(const struct xsw_port_record *record, __u32 want_path)
{
	return want_path != record->want_path ||
	       ((want_path == XSW_WANT_XDP || want_path == XSW_WANT_AFXDP) &&
		record->use_path != XSW_PATH_XDP);
}
