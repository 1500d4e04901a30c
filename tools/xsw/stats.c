// SPDX-License-Identifier: GPL-2.0
/* xsw stats: counters of ports, once or again and again. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "ctrl/base/clock.h"
#include "ctrl/base/error.h"
#include "ctrl/base/signals.h"
#include "ctrl/port/port.h"
#include "ctrl/port/queue_stats.h"
#include "ctrl/stats/metrics.h"
#include "ctrl/stats/port_stats.h"
#include "ctrl/switch/lock.h"
#include "tools/xsw/xsw.h"

static const char help_text[] = "Usage: xsw stats show [ DEV ] [ switch NAME ] [ vlan ]\n"
				"       xsw stats watch [ DEV ] [ interval SECONDS ] [ count N ]\n"
				"       xsw stats reset [ DEV ]\n";

struct row {
	struct xsw_port_info info;
	struct xsw_stats s;
	struct xsw_vlan_row *vlans; /* if asked for */
	int n_vlans;
	struct xsw_queue_row *queues; /* with -s */
	int n_queues;
};

struct rows {
	struct row *row;
	size_t n;
	bool vlans; /* read them, too */
	bool total; /* what was counted before the last reset, too */
};

static void rows_free(struct rows *rows)
{
	for (size_t i = 0; i < rows->n; i++) {
		free(rows->row[i].vlans);
		free(rows->row[i].queues);
	}
	free(rows->row);
	memset(rows, 0, sizeof(*rows));
}

static int row_read_more(struct row *row, const struct xsw_switch_handle *sw, __u32 port,
			 bool vlans)
{
	if (opt.statistics) {
		row->n_queues = xsw_queue_stats_list(sw, port, &row->queues);
		if (row->n_queues < 0)
			return row->n_queues;
	}
	if (vlans) {
		row->n_vlans = xsw_vlan_stats_list(sw, port, false, &row->vlans);
		if (row->n_vlans < 0)
			return xsw_fail(row->n_vlans, "stats", row->info.ifname, "cannot read: %s",
					strerror(-row->n_vlans));
	}
	return 0;
}

static int rows_add(const struct xsw_switch_handle *sw, const struct xsw_port_info *info, void *arg)
{
	struct rows *rows = arg;
	struct row *row;
	int err;

	row = realloc(rows->row, (rows->n + 1) * sizeof(*row));
	if (!row)
		return xsw_fail(ENOMEM, NULL, NULL, "out of memory");
	rows->row = row;
	row += rows->n++;
	memset(row, 0, sizeof(*row));
	row->info = *info;
	err = (rows->total ? xsw_stats_total : xsw_stats_read)(sw, info->port, &row->s);
	return err ? err : row_read_more(row, sw, info->port, rows->vlans);
}

/* Those that begin with @side, a word and its value: " packets 7 bytes 420" */
static void side_show(const struct xsw_counter *counters, const void *values, const char *side,
		      const char *text)
{
	out_text("%s", text);
	for (const struct xsw_counter *c = counters; c->word; c++)
		if (!strncmp(c->word, side, strlen(side)))
			out_text(" %s %llu", c->word + strlen(side), xsw_counter_get(c, values));
}

/* Members of JSON; in the text what came in, @between, what went out. */
static void counters_show(const struct xsw_counter *counters, const void *values,
			  const char *between)
{
	side_show(counters, values, "rx_", " RX");
	out_text("%s", between);
	side_show(counters, values, "tx_", " TX");
	out_text("\n");
	for (const struct xsw_counter *c = counters; c->word; c++)
		out_int(c->word, NULL, xsw_counter_get(c, values));
}

static void drops_show(const struct xsw_stats *s)
{
	bool any = xsw_stats_rx_dropped(s) || xsw_stats_tx_dropped(s);

	if (any)
		out_text("    drops");
	out_object("drops");
	for (int i = 0; i < XSW_DROP_COUNT; i++) {
		if (!(s->rx_drops[i] + s->tx_drops[i]))
			continue;
		out_text(" %s", xsw_drop_text(i));
		out_int(xsw_drop_text(i), " ", s->rx_drops[i] + s->tx_drops[i]);
	}
	out_close();
	if (any)
		out_text("\n");
}

static void path_show(const struct xsw_stats *s)
{
	out_object("path");
	for (int i = 0; i < XSW_PATH_COUNT; i++)
		out_int(xsw_path_text(i), NULL, s->rx_path[i]);
	out_close();
}

static void port_show(const struct xsw_stats *s)
{
	out_text("   ");
	counters_show(xsw_counters, s, "\n   ");
	out_text("    path");
	for (int i = 0; i < XSW_PATH_COUNT; i++)
		out_text(" %s %llu", xsw_path_text(i), s->rx_path[i]);
	out_text(" fdb_moves %llu\n", s->fdb_moves);
	drops_show(s);
	path_show(s);
}

static void vlan_show(const struct xsw_vlan_row *v)
{
	out_object(NULL);
	if (v->vlan == XSW_VLAN_OTHER) {
		out_text("    other VLANs");
		out_null("vlan");
	} else {
		out_int("vlan", "    vlan ", v->vlan);
	}
	counters_show(xsw_vlan_counters, &v->s, "");
	out_close();
}

/* Rows of one queue stand together. */
static void queues_show(const struct row *r)
{
	out_list("queues");
	for (int i = 0; i < r->n_queues; i++) {
		const struct xsw_queue_row *q = &r->queues[i];
		bool first = !i || q->queue != q[-1].queue;

		if (first && i)
			out_close();
		if (first) {
			out_object(NULL);
			out_int("queue", i ? "\n    queue " : "    queue ", q->queue);
		}
		out_text(" %s", q->name);
		out_int(q->name, " ", q->n);
	}
	if (r->n_queues) {
		out_close();
		out_text("\n");
	}
	out_close();
}

/* "p1  100  42000  90  40000  10": packets and bytes in, packets and bytes out, dropped */
static void brief_show(const struct row *r)
{
	out_column("ifname", 16, r->info.ifname);
	out_column_int(12, xsw_stats_rx_packets(&r->s));
	out_column_int(15, r->s.rx_bytes);
	out_column_int(12, xsw_stats_tx_packets(&r->s));
	out_column_int(15, xsw_stats_tx_bytes(&r->s));
	out_column_int(0, xsw_stats_rx_dropped(&r->s) + xsw_stats_tx_dropped(&r->s));
	out_row_end(r->info.netns);
}

static void row_show(const struct row *r, bool vlans)
{
	out_port(&r->info);
	out_text("\n");
	port_show(&r->s);
	if (vlans) {
		out_list("vlans");
		for (int i = 0; i < r->n_vlans; i++)
			vlan_show(&r->vlans[i]);
		out_close();
	}
	if (opt.statistics)
		queues_show(r);
}

void stats_tell(const struct xsw_switch_handle *sw, const struct xsw_port_info *info)
{
	struct rows rows = {};

	if (rows_add(sw, info, &rows)) {
		out_null("stats");
	} else if (opt.json) {
		out_object("stats");
		row_show(&rows.row[0], false);
		out_close();
	} else {
		port_show(&rows.row[0].s);
	}
	rows_free(&rows);
}

static int metrics_show(const struct where *where)
{
	int err = xsw_metrics(stdout,
			      opt.metrics == METRICS_PROMETHEUS ? XSW_METRICS_PROMETHEUS :
								  XSW_METRICS_OPENMETRICS,
			      where->switch_name, where->ifname);

	return done(err, 0);
}

static int rows_show(const struct where *where, struct rows *rows)
{
	int err = each_port(where->ifname, where->switch_name, rows_add, rows);

	out_begin();
	for (size_t i = 0; i < rows->n && (!err || err == -EUCLEAN); i++) {
		if (out_brief()) {
			brief_show(&rows->row[i]);
			continue;
		}
		out_object(NULL);
		row_show(&rows->row[i], rows->vlans);
		out_close();
	}
	rows_free(rows);
	return out_end(err);
}

static int stats_show(struct words *w)
{
	struct rows rows = { .vlans = opt.details };
	struct where where = {};
	const char *word;
	int err = 0;

	while (!err && (word = words_next(w))) {
		if (!strcmp(word, "vlan"))
			rows.vlans = true;
		else
			err = word_where("stats", word, w, &where);
	}
	if (err)
		return err;
	return opt.metrics ? metrics_show(&where) : rows_show(&where, &rows);
}

static int reset_port(struct xsw_switch_handle *sw, __u32 port, void *arg)
{
	return xsw_stats_reset(sw, port);
}

static int reset_one(const struct xsw_switch_handle *sw, const struct xsw_port_info *info,
		     void *arg)
{
	return xsw_stats_reset(sw, info->port);
}

static int stats_reset(struct words *w)
{
	const char *ifname = words_next(w);
	int err = no_more(w, "stats", ifname);

	if (err)
		return err;
	if (ifname)
		return change_port(ifname, reset_port, NULL, 0);
	err = xsw_lock_and_repair();
	return done(err ? err : each_port(NULL, NULL, reset_one, NULL), 0);
}

static const struct xsw_stats *row_find(const struct rows *rows, const struct row *like)
{
	for (size_t i = 0; i < rows->n; i++)
		if (!strcmp(rows->row[i].info.ifname, like->info.ifname) &&
		    !strcmp(rows->row[i].info.switch_name, like->info.switch_name))
			return &rows->row[i].s;
	return NULL;
}

static const struct column {
	enum xsw_stats_rates rate;
	const char *head;
	int width;
} columns[] = {
	{ XSW_RATE_RX_PPS, "rx pps", 12 },    { XSW_RATE_RX_BPS, "rx bit/s", 12 },
	{ XSW_RATE_TX_PPS, "tx pps", 12 },    { XSW_RATE_TX_BPS, "tx bit/s", 12 },
	{ XSW_RATE_DROPS_PS, "drops/s", 10 },
};

#define COLUMNS (sizeof(columns) / sizeof(*columns))

#define BAR_LEN 20

/* Received bits beside the highest rate that any port has had since the start. */
static void bar_print(double bps, double highest)
{
	int n = highest > 0 ? bps / highest * BAR_LEN + 0.5 : 0;

	out_text(" |%.*s%*s|", n, "####################", BAR_LEN - n, "");
}

/* What changed since @then (NULL: nothing is known), @s seconds ago. */
static void rates_show(const struct row *row, const struct xsw_stats *then, double s,
		       double highest)
{
	out_object(NULL);
	if (!opt.json)
		out_column("ifname", 15, row->info.ifname);
	out_string("ifname", NULL, row->info.ifname);
	out_string("switch", NULL, row->info.switch_name);
	if (opt.json)
		out_netns(row->info.netns);
	for (const struct column *c = columns; c < columns + COLUMNS; c++) {
		double rate = then ? xsw_stats_rate(c->rate, then, &row->s, s) : 0;

		out_text(" %*.0f", c->width, rate);
		out_int(xsw_stats_rates[c->rate].word, NULL, rate);
	}
	if (!opt.json) {
		bar_print(then ? xsw_stats_rate(XSW_RATE_RX_BPS, then, &row->s, s) : 0, highest);
		out_netns(row->info.netns);
	}
	out_text("\n");
	out_close();
}

static void head_print(double highest)
{
	out_text("%-16s", "port");
	for (const struct column *c = columns; c < columns + COLUMNS; c++)
		out_text(" %*s", c->width, c->head);
	out_text(" |rx of %.3g Mbit/s\n", highest / 1e6);
}

/* What changed between two readings @s seconds apart. */
static void change_show(const struct rows *then, const struct rows *now, double s, double *highest)
{
	for (size_t i = 0; i < now->n; i++) {
		const struct xsw_stats *before = row_find(then, &now->row[i]);
		double bps = before ? xsw_stats_rate(XSW_RATE_RX_BPS, before, &now->row[i].s, s) :
				      0;

		if (bps > *highest)
			*highest = bps;
	}
	out_begin();
	head_print(*highest);
	for (size_t i = 0; i < now->n; i++)
		rates_show(&now->row[i], row_find(then, &now->row[i]), s, *highest);
	out_end(0);
	fflush(stdout);
}

/* The same on a screen. @text: what stands there; freed by the caller, NULL: nothing yet */
static void change_draw(const struct rows *then, const struct rows *now, double s, double *highest,
			char **text)
{
	size_t size;
	FILE *to;

	free(*text);
	*text = NULL;
	to = open_memstream(text, &size);
	if (!to)
		return;
	out_redirect(to);
	change_show(then, now, s, highest);
	out_redirect(NULL);
	fclose(to);
	screen_draw(*text);
}

struct watch {
	const char *ifname; /* NULL: all */
	double interval_s;
	__u32 count; /* 0: no end */
};

static int watch_read(struct words *w, struct watch *watch)
{
	static const char *const known[] = { "interval", "count", NULL };
	const char *word;
	int err = 0;

	while (!err && (word = words_next(w))) {
		if (!strcmp(word, "interval"))
			err = word_interval("stats", words_next(w), &watch->interval_s);
		else if (!strcmp(word, "count"))
			err = word_u32("stats", NULL, word, words_next(w), 1, 1000000000,
				       &watch->count);
		else if (!watch->ifname)
			watch->ifname = word;
		else
			err = unknown_word("stats", NULL, word, known);
	}
	return err;
}

/* Sleep, but draw @text anew when the terminal has another size. Return: was it to the end? */
static bool watch_nap(double s, const char *text)
{
	struct timespec nap = { .tv_sec = s };

	nap.tv_nsec = (s - nap.tv_sec) * NS_PER_S;
	while (!signals_stop && nanosleep(&nap, &nap))
		if (text && !signals_stop)
			screen_draw(text);
	return !signals_stop;
}

/* One reading after the other, until a signal or the last that was asked for. */
static int watch_run(const struct watch *watch, struct rows *then, bool screen)
{
	double t0 = monotonic_s(), t1, highest = 0;
	int err = each_port(watch->ifname, NULL, rows_add, then);
	char *text = NULL;
	struct rows now;

	if (err == -EUCLEAN) {
		failed(err);
		err = 0;
	}
	if (screen)
		screen_draw("the first figures need one interval");
	for (__u32 i = 0; !err && !signals_stop && (!watch->count || i < watch->count); i++) {
		if (!watch_nap(watch->interval_s, text))
			break;
		now = (struct rows){ .total = true };
		t1 = monotonic_s();
		err = each_port(watch->ifname, NULL, rows_add, &now);
		if (err == -EUCLEAN)
			err = 0; /* was told at the beginning */
		if (!err && screen)
			change_draw(then, &now, t1 - t0, &highest, &text);
		else if (!err)
			change_show(then, &now, t1 - t0, &highest);
		rows_free(then);
		*then = now;
		t0 = t1;
	}
	free(text);
	return err;
}

static int stats_watch(struct words *w)
{
	struct watch watch = { .interval_s = 1 };
	struct rows rows = { .total = true };
	int err = watch_read(w, &watch);
	bool screen;

	if (err)
		return err;
	signals_catch();
	screen = !opt.json && screen_begin();
	err = watch_run(&watch, &rows, screen);
	if (screen)
		screen_end();
	rows_free(&rows);
	return done(err, 0);
}

static const struct command commands[] = {
	{ "show", .run = stats_show },
	{ "watch", stats_watch, XSW_LINE_WAITS },
	{ "reset", .run = stats_reset },
	{},
};

const struct object object_stats = { "stats", help_text, .commands = commands };
