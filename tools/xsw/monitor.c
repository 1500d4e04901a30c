// SPDX-License-Identifier: GPL-2.0
/* xsw monitor: what happens, as it happens. Events come from three places: the rings
 * that programs and commands write, the kernel (carrier of the ports), and
 * counters of drops that rose.
 */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "ctrl/base/clock.h"
#include "ctrl/base/error.h"
#include "ctrl/base/signals.h"
#include "ctrl/base/mac.h"
#include "ctrl/kernel/netns.h"
#include "ctrl/limits/policer.h"
#include "ctrl/port/link_watch.h"
#include "ctrl/port/port.h"
#include "ctrl/stats/event.h"
#include "ctrl/stats/port_stats.h"
#include "tools/xsw/xsw.h"

#define POLL_MS 50
#define RESCAN_S 1.0 /* switches come and go */
#define SWITCHES_MAX 64

static const char help_text[] =
	"Usage: xsw monitor [ fdb | port | drop ] [ switch NAME ] [ interval SECONDS ]\n"
	"                   [ count N ] [ last N ]\n"
	"       xsw monitor --link-follow [ switch NAME ] [ uplink DEV ]...\n";

#define WATCH_FDB (1U << 0)
#define WATCH_PORT (1U << 1)
#define WATCH_DROP (1U << 2)
#define WATCH_ALL (WATCH_FDB | WATCH_PORT | WATCH_DROP)

/* A switch that is watched. */
struct watched {
	struct xsw_switch_handle sw;
	struct xsw_events *events;
	struct xsw_link_watch *link;
	char name[XSW_MAX_PORTS][XSW_NAME_LEN]; /* of ports, "" where not known */
	__u8 state[XSW_MAX_PORTS];		/* XSW_PORT_STATE_* + 1, 0: not known */
	struct xsw_stats stats[XSW_MAX_PORTS];	/* when drops were told last */
};

static struct monitor {
	__u32 what; /* WATCH_* */
	const char *switch_name;
	double interval_s;
	__u32 count; /* events that are still to be told, 0: no end */
	__u32 last;
	struct watched *w[SWITCHES_MAX];
	int n;
} monitor;

/* ---- telling ---- */

/* Wall-clock time of @boot, CLOCK_BOOTTIME. */
static void time_text(__u64 boot, char *text, size_t size)
{
	__u64 ns = clock_ns(CLOCK_REALTIME) - (boot_ns() - boot);
	time_t s = ns / NS_PER_S;
	struct tm tm;
	char zone[8];

	localtime_r(&s, &tm);
	strftime(text, size, "%FT%T", &tm);
	strftime(zone, sizeof(zone), "%z", &tm);
	snprintf(text + strlen(text), size - strlen(text), ".%06llu%s", ns % NS_PER_S / 1000, zone);
}

/* What all events have. */
static void tell_begin(const struct watched *w, const char *object, const char *word, __u64 time_ns)
{
	char time[64];

	time_text(time_ns, time, sizeof(time));
	out_object(NULL);
	out_string("time", "", time);
	out_int("boot_ns", NULL, time_ns);
	out_switch(" ", w->sw.name, w->sw.netns);
	out_string("object", " ", object);
	out_string("event", " ", word);
}

static void tell_end(void)
{
	out_text("\n");
	out_close();
	if (monitor.count && !--monitor.count)
		signals_stop = 1;
}

static const char *port_name(struct watched *w, __u32 port)
{
	static char number[16];
	struct xsw_port_info info;

	port %= XSW_MAX_PORTS;
	if (!w->name[port][0] && !xsw_port_info(&w->sw, port, &info))
		memcpy(w->name[port], info.ifname, XSW_NAME_LEN);
	snprintf(number, sizeof(number), "#%u", port);
	return w->name[port][0] ? w->name[port] : number;
}

static void tell_address(const struct xsw_fdb_key *addr)
{
	out_string("mac", " ", mac_text(addr->mac));
	out_int("vlan", " vlan ", addr->vlan);
}

/* Members of a kind behind those that all have. */
static void tell_rest(struct watched *w, const struct xsw_event *e)
{
	const char *reason;

	switch (e->kind) {
	case XSW_EVENT_MOVED:
		out_string("from", " from ", port_name(w, e->arg));
		break;
	case XSW_EVENT_ADDED:
	case XSW_EVENT_DELETED:
		out_string("flags", " ", e->arg & XSW_FDB_STATIC ? "static" : "learned");
		break;
	case XSW_EVENT_FLUSHED:
		out_int("entries", " entries ", e->arg);
		break;
	case XSW_EVENT_LIMIT:
		out_int("limit", " limit ", e->arg);
		break;
	case XSW_EVENT_STORM:
		out_string("class", " ",
			   e->arg < XSW_POLICE_KINDS - XSW_STORM_BROADCAST ?
				   policer_kinds[XSW_STORM_BROADCAST + e->arg] :
				   "?");
		break;
	case XSW_EVENT_SHUTDOWN:
		reason = xsw_drop_text(e->arg);
		out_string("reason", " ", reason ? reason : "?");
		break;
	}
}

static void tell_event(struct watched *w, const struct xsw_event *e, const char *ifname)
{
	tell_begin(w, xsw_event_object(e->kind), xsw_event_word(e->kind), e->time_ns);
	if (e->kind == XSW_EVENT_FLUSHED) {
		if (e->port)
			out_string("ifname", " dev ", ifname);
		if (e->addr.vlan != 0xffff)
			out_int("vlan", " vlan ", e->addr.vlan);
	} else if (e->kind < XSW_EVENT_LIMIT) {
		tell_address(&e->addr);
		out_string("ifname", " dev ", ifname);
	} else {
		out_string("ifname", " dev ", ifname);
		if (e->kind < XSW_EVENT_PORT_ADDED)
			tell_address(&e->addr);
	}
	tell_rest(w, e);
	tell_end();
}

static void tell_lost(struct watched *w, __u64 lost)
{
	tell_begin(w, "monitor", "lost", boot_ns());
	out_int("events", " events ", lost);
	tell_end();
}

static bool event_wanted(const struct xsw_event *e)
{
	const char *object = xsw_event_object(e->kind);

	return (monitor.what & WATCH_FDB && !strcmp(object, "fdb")) ||
	       (monitor.what & WATCH_PORT && !strcmp(object, "port"));
}

/* ---- sources ---- */

/* Names that the event makes known, or out of date. */
static void names_learn(struct watched *w, const struct xsw_event *e)
{
	if (e->kind == XSW_EVENT_PORT_ADDED || e->kind == XSW_EVENT_PORT_DELETED)
		memcpy(w->name[e->port % XSW_MAX_PORTS], e->name, XSW_NAME_LEN);
}

/* The kernel tells of the carrier when it changes: how was it when the port was new? */
static void state_learn(struct watched *w, const struct xsw_event *e)
{
	struct xsw_port_info info;

	if (e->kind == XSW_EVENT_PORT_ADDED && !xsw_port_info(&w->sw, e->port, &info))
		w->state[e->port % XSW_MAX_PORTS] = info.state + 1;
}

static void look_at_events(struct watched *w)
{
	const struct xsw_event *list;
	__u64 lost = 0;
	int n = w->events ? xsw_events_read(w->events, &list, &lost) : 0;

	if (lost)
		tell_lost(w, lost);
	for (int i = 0; i < n && !signals_stop; i++) {
		names_learn(w, &list[i]);
		state_learn(w, &list[i]);
		if (event_wanted(&list[i]))
			tell_event(w, &list[i], port_name(w, list[i].port));
	}
}

static void on_link(__u32 port, __u32 state, void *arg)
{
	struct watched *w = arg;

	if (w->state[port] == state + 1 || signals_stop)
		return;
	if (w->state[port]) {
		tell_begin(w, "port", xsw_port_state_text(state), boot_ns());
		out_string("ifname", " dev ", port_name(w, port));
		tell_end();
	}
	w->state[port] = state + 1;
}

static void tell_drop(struct watched *w, __u32 port, const char *direction, unsigned int reason,
		      __u64 n)
{
	tell_begin(w, "drop", "dropped", boot_ns());
	out_string("direction", " ", direction);
	out_string("ifname", " dev ", port_name(w, port));
	out_string("reason", " ", xsw_drop_text(reason));
	out_int("packets", " packets ", n);
	tell_end();
}

/* Drops of a port since they were told last. @first: only remember them. */
static void look_at_drops_of(struct watched *w, __u32 port, bool first)
{
	struct xsw_stats now, *then = &w->stats[port];

	if (xsw_stats_total(&w->sw, port, &now))
		return;
	for (int i = 0; i < XSW_DROP_COUNT && !first && !signals_stop; i++) {
		/* less than before: the number is another port's now */
		if (now.rx_drops[i] > then->rx_drops[i])
			tell_drop(w, port, "rx", i, now.rx_drops[i] - then->rx_drops[i]);
		if (now.tx_drops[i] > then->tx_drops[i])
			tell_drop(w, port, "tx", i, now.tx_drops[i] - then->tx_drops[i]);
	}
	*then = now;
}

static void look_at_drops(struct watched *w, bool first)
{
	for (__u32 p = xsw_port_next(&w->sw, 0); p; p = xsw_port_next(&w->sw, p))
		look_at_drops_of(w, p, first);
}

/* ---- switches ---- */

static void watched_free(struct watched *w)
{
	xsw_events_close(w->events);
	xsw_link_watch_close(w->link);
	xsw_switch_close(&w->sw);
	free(w);
}

/* Ports of another namespace are asked now and then: a socket there would keep the namespace
 * from going.
 */
static void look_at_states(struct watched *w)
{
	struct xsw_port_info info;

	if (w->link || !(monitor.what & WATCH_PORT) || xsw_switch_is_here(&w->sw))
		return;
	for (__u32 p = xsw_port_next(&w->sw, 0); p; p = xsw_port_next(&w->sw, p))
		if (!xsw_port_info(&w->sw, p, &info))
			on_link(p, info.state, w);
}

/* A switch of an earlier version gets its namespace with its first port, and its events by an
 * upgrade.
 */
static void watched_complete(struct watched *w, bool rewind)
{
	if (w->link && !xsw_link_watch_follows(w->link, &w->sw)) {
		xsw_link_watch_close(w->link);
		w->link = NULL;
	}
	if (!w->events && !xsw_events_open(w->sw.name, &w->events) && rewind)
		xsw_events_rewind(w->events);
	if (!w->link && monitor.what & WATCH_PORT && xsw_switch_is_here(&w->sw))
		xsw_link_watch_open(&w->sw, &w->link);
}

/* @rewind: it is new, all its events are */
static int watched_add(const char *name, bool rewind)
{
	struct watched *w;

	if (monitor.n == SWITCHES_MAX)
		return 0;
	w = calloc(1, sizeof(*w));
	if (!w)
		return xsw_fail(ENOMEM, NULL, NULL, "out of memory");
	if (xsw_switch_open(name, &w->sw)) { /* removed meanwhile */
		free(w);
		return 0;
	}
	watched_complete(w, rewind);
	look_at_states(w);
	if (monitor.what & WATCH_DROP)
		look_at_drops(w, true);
	monitor.w[monitor.n++] = w;
	return 0;
}

static bool watched_alive(const struct watched *w)
{
	return !w->events || xsw_events_alive(w->events);
}

static bool is_watched(const char *name)
{
	for (int i = 0; i < monitor.n; i++)
		if (!strcmp(monitor.w[i]->sw.name, name))
			return true;
	return false;
}

/* The pins of switch @i are gone. If an upgrade to another layout has moved them (see
 * ctrl/bpffs/layout.h), its events go on where they were; all before have been told.
 */
static int watched_lost(int i)
{
	bool moved = monitor.w[i]->sw.layout < XSW_LAYOUT;
	char name[XSW_NAME_LEN];

	memcpy(name, monitor.w[i]->sw.name, sizeof(name));
	look_at_events(monitor.w[i]); /* its last ones */
	watched_free(monitor.w[i]);
	monitor.w[i] = monitor.w[--monitor.n];
	return moved ? watched_add(name, false) : 0;
}

/* Which switches are there? */
static int rescan(bool first)
{
	char(*names)[XSW_NAME_LEN] = NULL;
	int n, err = 0;

	for (int i = 0; i < monitor.n && !err; i++) {
		if (watched_alive(monitor.w[i])) {
			watched_complete(monitor.w[i], false);
			look_at_states(monitor.w[i]);
		} else {
			err = watched_lost(i--);
		}
	}
	n = err ? err : xsw_switch_list(&names);
	if (n < 0)
		return n;
	for (int i = 0; i < n && !err; i++)
		if ((!monitor.switch_name || !strcmp(monitor.switch_name, names[i])) &&
		    !is_watched(names[i]))
			err = watched_add(names[i], !first);
	free(names);
	netns_forget();
	return err;
}

/* ---- running ---- */

/* Until there may be something to tell. */
static void nap(void)
{
	struct pollfd fds[SWITCHES_MAX];
	int n = 0;

	for (int i = 0; i < monitor.n; i++)
		if (monitor.w[i]->link)
			fds[n++] = (struct pollfd){ .fd = xsw_link_watch_fd(monitor.w[i]->link),
						    .events = POLLIN };
	poll(fds, n, POLL_MS);
}

static void look(struct watched *w)
{
	look_at_events(w);
	if (w->link)
		xsw_link_watch_read(w->link, &w->sw, on_link, w);
}

static int run(void)
{
	double now, drops_at = monotonic_s(), scan_at = drops_at;
	int err = 0;

	while (!signals_stop && !err) {
		for (int i = 0; i < monitor.n; i++)
			look(monitor.w[i]);
		now = monotonic_s();
		if (monitor.what & WATCH_DROP && now - drops_at >= monitor.interval_s) {
			for (int i = 0; i < monitor.n; i++)
				look_at_drops(monitor.w[i], false);
			drops_at = now;
		}
		if (now - scan_at >= RESCAN_S) {
			err = rescan(false);
			scan_at = now;
		}
		fflush(stdout);
		if (ferror(stdout))
			return 0; /* finish() tells */
		if (!signals_stop && !err)
			nap();
	}
	return err;
}

/* The last ones that are still kept of switch @w, then the end. Names are found
 * backwards: a port that is gone told its name when it went.
 */
static void history(struct watched *w)
{
	const struct xsw_event *list;
	const char **names;
	__u64 lost = 0;
	int n, begin;
	__u32 left = monitor.last;

	if (!w->events)
		return;
	xsw_events_rewind(w->events);
	n = xsw_events_read(w->events, &list, &lost);
	names = n > 0 ? calloc(n, sizeof(*names)) : NULL;
	if (!names)
		return;
	for (begin = n; begin > 0 && left; left -= event_wanted(&list[begin])) {
		begin--;
		names_learn(w, &list[begin]);
		names[begin] = strdup(port_name(w, list[begin].port));
	}
	for (int i = begin; i < n; i++) {
		if (event_wanted(&list[i]))
			tell_event(w, &list[i], names[i] ? names[i] : "?");
		free((char *)names[i]);
	}
	free(names);
}

static int words_read(struct words *w)
{
	static const char *const known[] = { "fdb",	 "port",  "drop", "switch",
					     "interval", "count", "last", NULL };
	struct where where = {};
	const char *word;
	int err = 0;

	while (!err && (word = words_next(w))) {
		if (!strcmp(word, "fdb"))
			monitor.what |= WATCH_FDB;
		else if (!strcmp(word, "port"))
			monitor.what |= WATCH_PORT;
		else if (!strcmp(word, "drop"))
			monitor.what |= WATCH_DROP;
		else if (!strcmp(word, "switch"))
			err = word_where("monitor", word, w, &where);
		else if (!strcmp(word, "interval"))
			err = word_interval("monitor", words_next(w), &monitor.interval_s);
		else if (!strcmp(word, "count"))
			err = word_u32("monitor", NULL, word, words_next(w), 1, 1000000000,
				       &monitor.count);
		else if (!strcmp(word, "last"))
			err = word_u32("monitor", NULL, word, words_next(w), 1, 1000000,
				       &monitor.last);
		else
			err = unknown_word("monitor", NULL, word, known);
	}
	monitor.switch_name = where.switch_name;
	if (!monitor.what)
		monitor.what = WATCH_ALL;
	return err;
}

static int monitor_run(struct words *w)
{
	int err;

	if (opt.link_follow)
		return monitor_link_follow(w);
	monitor = (struct monitor){ .interval_s = 1 };
	err = words_read(w);
	if (err)
		return err;
	err = switch_check(monitor.switch_name);
	if (!err)
		err = rescan(true);
	if (!err && monitor.last) {
		for (int i = 0; i < monitor.n; i++)
			history(monitor.w[i]);
	} else if (!err) {
		signals_catch();
		err = run();
	}
	while (monitor.n)
		watched_free(monitor.w[--monitor.n]);
	return done(err, 0);
}

const struct object object_monitor = { "monitor", help_text, .run = monitor_run };
