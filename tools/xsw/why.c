// SPDX-License-Identifier: GPL-2.0
/* xsw why: what is wrong, in plain words. Counters are read twice, a second apart: nothing runs
 * between commands that could know what was dropped lately.
 */
#include "tools/xsw/why.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ctrl/base/error.h"
#include "ctrl/base/signals.h"
#include "ctrl/stats/port_stats.h"
#include "ctrl/switch/check.h"

#define INTERVAL_S 1.0
#define INTERVAL_MAX_S 60.0
#define SCREEN 10 /* findings that are told as text: two lines each, and a header */

static const char help_text[] = "Usage: xsw why [ DEV ] [ peer ADDRESS ] [ interval SECONDS ]\n";
static const char *const status_words[] = { "ok", "warn", "fail" };

struct looked {
	struct xsw_switch_handle sw;
	struct xsw_port_info info;
	struct xsw_stats then;
};

static struct why {
	const char *ifname, *peer;
	__u8 peer_mac[6];
	double interval_s;
	struct looked *port;
	int n;
	struct vlans_look *vlans; /* NULL: not at one port, or they cannot be captured */
	__u64 rx, tx;		  /* frames while it was looked */
	struct findings f;
} why;

/* What is wrong of what `xsw check` looks at. */
static void find_checks(struct findings *f, const char *ifname)
{
	struct xsw_check_row *rows = NULL;
	struct xsw_port_info about = {};
	int n = xsw_check(ifname, &rows);
	struct finding *row;

	for (int i = 0; i < n; i++) {
		if (rows[i].status == XSW_CHECK_OK ||
		    !strcmp(rows[i].check, "up")) /* find_link() */
			continue;
		snprintf(about.ifname, sizeof(about.ifname), "%s", rows[i].ifname);
		memcpy(about.netns, rows[i].netns, sizeof(about.netns));
		row = finding_add(f, &about, rows[i].status, "check", "%s: %s", rows[i].check,
				  rows[i].detail);
		if (row)
			memcpy(row->remedy, rows[i].remedy, sizeof(row->remedy));
	}
	free(rows);
	xsw_error_clear();
}

/* ---- looking */

static int look_first(const struct xsw_switch_handle *sw, const struct xsw_port_info *info,
		      void *arg)
{
	struct looked *more = realloc(why.port, (why.n + 1) * sizeof(*more));

	if (!more)
		return -ENOMEM;
	why.port = more;
	more += why.n++;
	more->info = *info;
	return xsw_stats_read(sw, info->port, &more->then);
}

static int look_again(const struct xsw_switch_handle *sw, const struct xsw_port_info *info,
		      void *arg)
{
	struct xsw_stats now;
	struct looked *l = why.port, *end = why.port + why.n;

	while (l < end &&
	       (l->info.port != info->port || strcmp(l->info.switch_name, info->switch_name) ||
		strcmp(l->info.netns, info->netns)))
		l++;
	if (l == end || xsw_stats_read(sw, info->port, &now))
		return 0; /* it came or went meanwhile */
	why.rx += xsw_stats_rx_packets(&now) - xsw_stats_rx_packets(&l->then);
	why.tx += xsw_stats_tx_packets(&now) - xsw_stats_tx_packets(&l->then);
	find_link(&why.f, info);
	if (why.peer)
		find_peer(&why.f, sw, info, why.peer_mac);
	find_vlans(&why.f, info, why.vlans);
	find_drops(&why.f, info, &l->then, &now);
	find_moves(&why.f, sw, info);
	find_bound(&why.f, sw, info);
	if (why.ifname && !xsw_stats_rx_packets(&now) && info->state == XSW_PORT_STATE_UP) {
		finding_add(&why.f, info, XSW_CHECK_WARN, "silent",
			    "nothing has ever come in here: look at the sender");
	}
	return 0;
}

static int resolve_peer(const struct xsw_switch_handle *sw, const struct xsw_port_info *info,
			void *status)
{
	*(int *)status = why_peer_mac(sw, why.peer, why.peer_mac);
	return *(int *)status ? -EINVAL : 0;
}

/* ---- telling */

static int by_weight(const void *a, const void *b)
{
	const struct finding *x = a, *y = b;

	if (x->status != y->status)
		return y->status - x->status;
	if (x->frames != y->frames)
		return x->frames < y->frames ? 1 : -1;
	return x->total < y->total ? 1 : x->total > y->total ? -1 : x < y ? -1 : 1;
}

static void finding_show(const struct finding *row)
{
	out_object(NULL);
	out_word("status", "", status_words[row->status]);
	out_text("%*s ", (int)(4 - strlen(status_words[row->status])), "");
	out_string("ifname", "", row->ifname[0] ? row->ifname : opt.json ? "" : "host");
	out_netns(row->netns);
	out_string("status", NULL, status_words[row->status]);
	out_string("finding", ": ", row->finding);
	if (row->reason)
		out_string("reason", " ", row->reason);
	else
		out_null("reason");
	if (row->reason && !strcmp(row->finding, "drop")) {
		out_int("frames", NULL, row->frames);
		out_int("total", NULL, row->total);
	}
	out_string("detail", ": ", row->detail);
	out_string("remedy", row->remedy[0] ? "\n     remedy: " : NULL, row->remedy);
	out_text("\n");
	out_close();
}

static void show(void)
{
	int most = opt.json || opt.details ? why.f.n : SCREEN;

	qsort(why.f.row, why.f.n, sizeof(*why.f.row), by_weight);
	out_text("In %.1f s %llu frames came in and %llu left%s%s.\n", why.interval_s,
		 (unsigned long long)why.rx, (unsigned long long)why.tx, why.ifname ? " at " : "",
		 why.ifname ? why.ifname : "");
	for (int i = 0; i < why.f.n && i < most; i++)
		finding_show(&why.f.row[i]);
	if (!why.f.n)
		out_text("Nothing wrong is seen.\n");
	if (why.f.n > most)
		out_text("%d more are shown with -d.\n", why.f.n - most);
}

/* ---- the command */

static int words_read(struct words *w)
{
	static const char *const known[] = { "peer", "interval", NULL };
	const char *word;
	bool timed = false;
	int err = 0;

	why = (struct why){ .interval_s = INTERVAL_S };
	while (!err && (word = words_next(w))) {
		if (!strcmp(word, "peer")) {
			if (why.peer)
				return usage("why", NULL, "peer: given twice");
			why.peer = words_next(w);
			if (!why.peer)
				return usage("why", NULL, "peer: ADDRESS missing");
		} else if (!strcmp(word, "interval")) {
			if (timed)
				return usage("why", NULL, "interval: given twice");
			timed = true;
			err = word_interval("why", words_next(w), &why.interval_s);
			if (!err && why.interval_s > INTERVAL_MAX_S)
				return usage("why", NULL, "interval: at most %.0f seconds",
					     INTERVAL_MAX_S);
		} else if (why.ifname) {
			return unknown_word("why", why.ifname, word, known);
		} else {
			why.ifname = word;
		}
	}
	if (!err && why.peer && !why.ifname)
		return usage("why", NULL, "peer: say of which DEV");
	return err;
}

static int look(void)
{
	int err = each_port(why.ifname, NULL, look_first, NULL);

	if (err)
		return err;
	if (why.ifname && why.n == 1)
		why.vlans = vlans_look_begin(&why.port->info);
	if (why.vlans)
		vlans_look_wait(why.vlans, why.interval_s);
	else
		poll(NULL, 0, why.interval_s * 1000);
	err = each_port(why.ifname, NULL, look_again, NULL);
	if (err == -ENOENT)
		err = 0; /* it went meanwhile, which is worth telling */
	vlans_look_end(why.vlans);
	find_checks(&why.f, why.ifname);
	return err ? err : why.f.no_memory ? -ENOMEM : 0;
}

static int run(struct words *w)
{
	int err = words_read(w), status = 0;

	if (err)
		return err;
	if (why.peer) {
		err = each_port(why.ifname, NULL, resolve_peer, &status);
		if (status)
			return status;
	}
	if (!err)
		err = look();
	out_begin();
	if (!err)
		show();
	free(why.port);
	free(why.f.row);
	return out_end(err);
}

const struct object object_why = { "why", help_text, .run = run };
