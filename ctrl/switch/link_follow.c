// SPDX-License-Identifier: GPL-2.0
/* Guests' links follow the uplinks. Uplinks are the ports named; else those that are NICs;
 * else, where ports have `local off`, those that have not. Without an uplink, and while one
 * of them is up, links are as they were.
 */
#include "ctrl/switch/link_follow.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>

#include "ctrl/base/clock.h"
#include "ctrl/base/error_keep.h"
#include "ctrl/bpffs/port_table.h"
#include "ctrl/kernel/link.h"
#include "ctrl/kernel/netns.h"
#include "ctrl/port/kind.h"
#include "ctrl/port/link.h"
#include "ctrl/port/link_watch.h"
#include "ctrl/switch/lock.h"

#define LOOK_MS 2000 /* for what no message tells: ports that come, settings that change */
#define SWITCHES_MAX 64

/* A switch with what wakes us. */
struct followed {
	struct xsw_switch_handle sw;
	struct xsw_link_watch *watch;
};

/* A port at one look. */
struct seen {
	bool here;
	struct link_info dev;
	struct xsw_port_record record;
	__u32 flags; /* XSW_PORT_* */
};

static bool is_named(const struct xsw_link_follow *f, const char *ifname)
{
	for (int i = 0; i < f->uplinks_count; i++)
		if (!strcmp(f->uplinks[i], ifname))
			return true;
	return false;
}

/* All ports, by number. Return: how many numbers, or -errno. */
static int look(const struct xsw_switch_handle *sw, struct seen **ports)
{
	struct xsw_port_record *records;
	struct xsw_port conf;
	int n = record_read_all(sw, &records);

	if (n < 0)
		return n;
	*ports = calloc(n, sizeof(**ports));
	for (int port = 1; *ports && port < n; port++) {
		struct seen *p = &(*ports)[port];

		p->record = records[port];
		if (p->record.state != XSW_RECORD_ACTIVE || conf_read(sw, port, &conf))
			continue;
		p->flags = conf.flags;
		p->here = !link_brief(NULL, p->record.ifindex, &p->dev);
	}
	free(records);
	return *ports ? n : -ENOMEM;
}

/* What makes an uplink, here: the name, the kind of device, or local on? */
enum rule { BY_NAME, BY_KIND, BY_LOCAL };

static enum rule rule_find(const struct xsw_link_follow *f, const struct seen *ports, int n)
{
	if (f->uplinks_count)
		return BY_NAME;
	for (int i = 1; i < n; i++)
		if (ports[i].here && kind_of(&ports[i].dev)->is_hardware)
			return BY_KIND;
	return BY_LOCAL;
}

static bool some_local_off(const struct seen *ports, int n)
{
	for (int i = 1; i < n; i++)
		if (ports[i].here && ports[i].flags & XSW_PORT_UPLINK_ONLY)
			return true;
	return false;
}

static bool is_uplink(const struct xsw_link_follow *f, enum rule rule, bool local_off,
		      const struct seen *p)
{
	if (!p->here)
		return false;
	switch (rule) {
	case BY_NAME:
		return is_named(f, p->dev.ifname);
	case BY_KIND:
		return kind_of(&p->dev)->is_hardware;
	default:
		return local_off && !(p->flags & XSW_PORT_UPLINK_ONLY);
	}
}

static int change(const struct xsw_switch_handle *sw, const struct seen *ports, int n,
		  const bool *follows, bool up)
{
	struct xsw_port_record record;
	int changed = 0, err = xsw_lock_and_repair();

	if (err)
		return err;
	if (switch_moved(sw)) /* it is opened anew for the next look */
		n = 0;
	for (int i = 1; i < n && !err; i++) {
		if (!follows[i] || !port_link_differs(&ports[i].dev, &ports[i].record, up))
			continue;
		/* anything may have happened before the lock was ours */
		if (record_read(sw, i, &record) || record.state != XSW_RECORD_ACTIVE ||
		    record.ifindex != ports[i].record.ifindex)
			continue;
		err = port_link_follow(sw, i, &record, up);
		changed += !err;
	}
	xsw_unlock();
	return err ? err : changed;
}

/* Bring the links of one switch to what they should be. @end: to what they were. */
static int follow(const struct xsw_link_follow *f, const struct xsw_switch_handle *sw, bool end)
{
	bool follows[XSW_MAX_PORTS] = {}, up = end, differs = false, local_off;
	int uplinks = 0, changed = 0, n;
	struct seen *ports;
	enum rule rule;

	n = look(sw, &ports);
	if (n < 0)
		return n;
	rule = rule_find(f, ports, n);
	local_off = some_local_off(ports, n);
	for (int i = 1; i < n; i++) {
		if (is_uplink(f, rule, local_off, &ports[i])) {
			uplinks++;
			up |= ports[i].dev.up && ports[i].dev.running;
		} else {
			follows[i] = ports[i].here && !(ports[i].flags & XSW_PORT_HOST);
		}
	}
	up |= !uplinks;
	for (int i = 1; i < n; i++)
		differs |= follows[i] && port_link_differs(&ports[i].dev, &ports[i].record, up);
	if (differs)
		changed = change(sw, ports, n, follows, up);
	free(ports);
	if (changed > 0 && f->report)
		f->report(sw, up, changed, f->arg);
	return changed < 0 ? changed : 0;
}

static int follow_there(const struct xsw_link_follow *f, const struct xsw_switch_handle *sw,
			bool end)
{
	struct netns_visit visit;
	struct xsw_switch conf;
	int err;

	if (switch_read(sw, &conf) || netns_visit_begin(&visit, conf.netns_ino, conf.netns_cookie))
		return 0; /* removed, or its namespace is gone */
	err = follow(f, sw, end);
	netns_visit_end(&visit);
	return err;
}

/* ---- all switches ---- */

static void followed_close(struct followed *list, int n)
{
	for (int i = 0; i < n; i++) {
		xsw_link_watch_close(list[i].watch);
		xsw_switch_close(&list[i].sw);
	}
}

static void no_state(__u32 port, __u32 state, void *arg)
{
	(void)port;
	(void)state;
	(void)arg;
}

/* Open all anew: they come and go. Return: how many, or -errno. */
static int followed_open(const struct xsw_link_follow *f, struct followed *list)
{
	char(*names)[XSW_NAME_LEN] = NULL;
	int n = xsw_switch_list(&names), opened = 0;

	for (int i = 0; i < n && opened < SWITCHES_MAX; i++) {
		struct followed *to = &list[opened];

		if ((f->switch_name && strcmp(f->switch_name, names[i])) ||
		    xsw_switch_open(names[i], &to->sw))
			continue;
		to->watch = NULL;
		if (xsw_link_watch_open(&to->sw, &to->watch)) { /* no port yet, or gone */
			xsw_switch_close(&to->sw);
			continue;
		}
		opened++;
	}
	free(names);
	return n < 0 ? n : opened;
}

static int watch_some_time(const struct xsw_link_follow *f, struct followed *list, int n)
{
	struct pollfd fds[SWITCHES_MAX];
	__u64 end = monotonic_ns() + LOOK_MS * NS_PER_MS; /* switches come, links or no links */
	int err = 0, woken = 0;

	for (int i = 0; i < n; i++)
		fds[i] =
			(struct pollfd){ .fd = xsw_link_watch_fd(list[i].watch), .events = POLLIN };
	do {
		for (int i = 0; i < n && !err; i++) {
			xsw_link_watch_read(list[i].watch, &list[i].sw, no_state, NULL);
			err = follow_there(f, &list[i].sw, false);
			if (err == -EBUSY) /* another command holds the lock: at the next look */
				err = 0;
		}
		if (!err && !*f->stop)
			woken = poll(fds, n, LOOK_MS);
	} while (!err && woken > 0 && !*f->stop && monotonic_ns() < end);
	return err;
}

/* The links as they were; an error that led here stays the one that is told. */
static void followed_end(const struct xsw_link_follow *f, struct followed *list, int n)
{
	struct xsw_error why = *xsw_error_last();

	for (int i = 0; i < n; i++)
		follow_there(f, &list[i].sw, true);
	error_restore(&why);
}

int xsw_link_follow(const struct xsw_link_follow *f)
{
	struct followed list[SWITCHES_MAX];
	int n, err = 0;

	do {
		n = followed_open(f, list);
		if (n < 0)
			return n;
		err = watch_some_time(f, list, n);
		if (err || *f->stop)
			followed_end(f, list, n);
		followed_close(list, n);
	} while (!err && !*f->stop);
	return err;
}
