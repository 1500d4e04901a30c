// SPDX-License-Identifier: GPL-2.0
/* xsw stats: counters of ports, once or again and again. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "ctrl/base/clock.h"
#include "ctrl/base/error.h"
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
	char ifname[XSW_NAME_LEN];
	char switch_name[XSW_NAME_LEN];
	char netns[XSW_NETNS_LEN];
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
			return xsw_fail(row->n_vlans, "stats", row->ifname, "cannot read: %s",
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
	memcpy(row->ifname, info->ifname, sizeof(row->ifname));
	memcpy(row->switch_name, sw->name, sizeof(row->switch_name));
	memcpy(row->netns, sw->netns, sizeof(row->netns));
	err = (rows->total ? xsw_stats_total : xsw_stats_read)(sw, info->port, &row->s);
	return err ? err : row_read_more(row, sw, info->port, rows->vlans);
}

static struct json_object *vlans_json(const struct row *r)
{
	struct json_object *array = json_object_new_array();

	for (int i = 0; i < r->n_vlans; i++) {
		const struct xsw_vlan_row *v = &r->vlans[i];
		struct json_object *o = json_object_new_object();

		if (v->vlan == XSW_VLAN_OTHER)
			json_object_object_add(o, "vlan", NULL);
		else
			json_add_int(o, "vlan", v->vlan);
		json_add_int(o, "rx_packets", v->s.rx_packets);
		json_add_int(o, "rx_bytes", v->s.rx_bytes);
		json_add_int(o, "tx_packets", v->s.tx_packets);
		json_add_int(o, "tx_bytes", v->s.tx_bytes);
		json_object_array_add(array, o);
	}
	return array;
}

/* Rows of one queue stand together. */
static struct json_object *queues_json(const struct row *r)
{
	struct json_object *array = json_object_new_array(), *o = NULL;

	for (int i = 0; i < r->n_queues; i++) {
		const struct xsw_queue_row *q = &r->queues[i];

		if (!i || q->queue != q[-1].queue) {
			o = json_object_new_object();
			json_add_int(o, "queue", q->queue);
			json_object_array_add(array, o);
		}
		json_add_int(o, q->name, q->n);
	}
	return array;
}

static struct json_object *row_json(const struct row *r, bool vlans)
{
	struct json_object *o = json_object_new_object(), *drops, *path;
	const struct xsw_stats *s = &r->s;

	json_add_string(o, "ifname", r->ifname);
	json_add_string(o, "switch", r->switch_name);
	json_add_string(o, "netns", r->netns);
	json_add_int(o, "rx_packets", xsw_stats_rx_packets(s));
	json_add_int(o, "rx_bytes", s->rx_bytes);
	json_add_int(o, "tx_packets", xsw_stats_tx_packets(s));
	json_add_int(o, "tx_bytes", xsw_stats_tx_bytes(s));
	json_add_int(o, "rx_unicast", s->rx_unicast);
	json_add_int(o, "rx_flooded", s->rx_flooded);
	json_add_int(o, "rx_punted", s->rx_punted);
	json_add_int(o, "rx_host", s->rx_host);
	json_add_int(o, "rx_dropped", xsw_stats_rx_dropped(s));
	json_add_int(o, "tx_dropped", xsw_stats_tx_dropped(s));
	drops = json_object_new_object();
	for (int i = 0; i < XSW_DROP_COUNT; i++)
		if (s->rx_drops[i] + s->tx_drops[i])
			json_add_int(drops, xsw_drop_text(i), s->rx_drops[i] + s->tx_drops[i]);
	json_object_object_add(o, "drops", drops);
	path = json_object_new_object();
	json_add_int(path, "xdp", s->rx_path[XSW_PATH_XDP]);
	json_add_int(path, "skb", s->rx_path[XSW_PATH_SKB]);
	json_add_int(path, "afxdp", s->rx_path[XSW_PATH_AFXDP]);
	json_object_object_add(o, "path", path);
	if (vlans)
		json_object_object_add(o, "vlans", vlans_json(r));
	if (opt.statistics)
		json_object_object_add(o, "queues", queues_json(r));
	return o;
}

static void counters_print(const struct xsw_stats *s)
{
	printf("    RX packets %llu bytes %llu unicast %llu flooded %llu", xsw_stats_rx_packets(s),
	       s->rx_bytes, s->rx_unicast, s->rx_flooded);
	printf(" punted %llu host %llu dropped %llu\n", s->rx_punted, s->rx_host,
	       xsw_stats_rx_dropped(s));
	printf("    TX packets %llu bytes %llu dropped %llu\n", xsw_stats_tx_packets(s),
	       xsw_stats_tx_bytes(s), xsw_stats_tx_dropped(s));
	printf("    path xdp %llu skb %llu afxdp %llu\n", s->rx_path[XSW_PATH_XDP],
	       s->rx_path[XSW_PATH_SKB], s->rx_path[XSW_PATH_AFXDP]);
	if (!xsw_stats_rx_dropped(s) && !xsw_stats_tx_dropped(s))
		return;
	printf("    drops");
	for (int i = 0; i < XSW_DROP_COUNT; i++)
		if (s->rx_drops[i] + s->tx_drops[i])
			printf(" %s %llu", xsw_drop_text(i), s->rx_drops[i] + s->tx_drops[i]);
	printf("\n");
}

static void vlans_print(const struct row *r)
{
	for (int i = 0; i < r->n_vlans; i++) {
		const struct xsw_vlan_row *v = &r->vlans[i];

		if (v->vlan == XSW_VLAN_OTHER)
			printf("    other VLANs");
		else
			printf("    vlan %u", v->vlan);
		printf(" RX packets %llu bytes %llu TX packets %llu bytes %llu\n", v->s.rx_packets,
		       v->s.rx_bytes, v->s.tx_packets, v->s.tx_bytes);
	}
}

static void queues_print(const struct row *r)
{
	for (int i = 0; i < r->n_queues; i++) {
		const struct xsw_queue_row *q = &r->queues[i];

		if (!i || q->queue != q[-1].queue)
			printf("%s    queue %u", i ? "\n" : "", q->queue);
		printf(" %s %llu", q->name, q->n);
	}
	if (r->n_queues)
		printf("\n");
}

static void row_print(const struct row *r)
{
	printf("%s: switch %s%s\n", r->ifname, r->switch_name, netns_words(r->netns));
	counters_print(&r->s);
	vlans_print(r);
	queues_print(r);
}

void stats_print(const struct xsw_switch_handle *sw, __u32 port)
{
	struct xsw_stats s;

	if (!xsw_stats_read(sw, port, &s))
		counters_print(&s);
}

struct json_object *stats_json(const struct xsw_switch_handle *sw, const struct xsw_port_info *info)
{
	struct rows rows = {};
	struct json_object *o;

	o = rows_add(sw, info, &rows) ? NULL : row_json(&rows.row[0], false);
	rows_free(&rows);
	return o;
}

static int stats_show(struct words *w)
{
	const char *ifname = NULL, *switch_name = NULL, *word;
	struct rows rows = { .vlans = opt.details };
	struct json_object *array;
	int err;

	while ((word = words_next(w))) {
		if (!strcmp(word, "switch")) {
			switch_name = words_next(w);
			if (!switch_name)
				return usage("stats", NULL, "switch: NAME missing");
		} else if (!strcmp(word, "vlan")) {
			rows.vlans = true;
		} else if (!ifname) {
			ifname = strcmp(word, "dev") ? word : words_next(w);
		} else {
			return usage("stats", NULL, "unknown word '%s'", word);
		}
	}
	if (opt.openmetrics || opt.prometheus) {
		err = xsw_metrics(stdout,
				  opt.prometheus ? XSW_METRICS_PROMETHEUS : XSW_METRICS_OPENMETRICS,
				  switch_name, ifname);
		return err ? failed(err) : EXIT_DONE;
	}
	err = each_port(ifname, switch_name, rows_add, &rows);
	if (err && err != -EUCLEAN) {
		rows_free(&rows);
		return failed(err);
	}
	array = json_object_new_array();
	for (size_t i = 0; i < rows.n; i++) {
		if (opt.json)
			json_object_array_add(array, row_json(&rows.row[i], rows.vlans));
		else
			row_print(&rows.row[i]);
	}
	rows_free(&rows);
	return out_array(array, err);
}

static int reset_one(const struct xsw_switch_handle *sw, const struct xsw_port_info *info,
		     void *arg)
{
	(void)arg;
	return xsw_stats_reset(sw, info->port);
}

static int reset_named(const char *ifname)
{
	struct xsw_switch_handle sw;
	int port = xsw_port_find(ifname, &sw), err;

	if (port < 0)
		return port;
	err = xsw_stats_reset(&sw, port);
	xsw_switch_close(&sw);
	return err;
}

static int stats_reset(struct words *w)
{
	const char *ifname = words_next(w);
	int err = no_more(w, "stats", ifname);

	if (err)
		return err;
	err = xsw_lock_and_repair();
	if (!err)
		err = ifname ? reset_named(ifname) : each_port(NULL, NULL, reset_one, NULL);
	return err ? failed(err) : EXIT_DONE;
}

static volatile sig_atomic_t stop;

static void on_signal(int sig)
{
	(void)sig;
	stop = 1;
}

static const struct xsw_stats *row_find(const struct rows *rows, const struct row *like)
{
	for (size_t i = 0; i < rows->n; i++)
		if (!strcmp(rows->row[i].ifname, like->ifname) &&
		    !strcmp(rows->row[i].switch_name, like->switch_name))
			return &rows->row[i].s;
	return NULL;
}

/* Per second */
struct rates {
	double rx, rx_bits, tx, tx_bits, drops;
};

/* What rose between two readings; the port may be another by now, which began at 0. */
static double rise(__u64 then, __u64 now, double s)
{
	return now > then ? (now - then) / s : 0;
}

static void rates_make(const struct xsw_stats *a, const struct xsw_stats *b, double s,
		       struct rates *r)
{
	r->rx = rise(xsw_stats_rx_packets(a), xsw_stats_rx_packets(b), s);
	r->rx_bits = 8 * rise(a->rx_bytes, b->rx_bytes, s);
	r->tx = rise(xsw_stats_tx_packets(a), xsw_stats_tx_packets(b), s);
	r->tx_bits = 8 * rise(xsw_stats_tx_bytes(a), xsw_stats_tx_bytes(b), s);
	r->drops = rise(xsw_stats_rx_dropped(a) + xsw_stats_tx_dropped(a),
			xsw_stats_rx_dropped(b) + xsw_stats_tx_dropped(b), s);
}

#define BAR_LEN 20

/* Received bits beside the highest rate that any port has had since the start. */
static void rates_print(const struct row *row, const struct rates *r, double highest)
{
	int n = highest > 0 ? r->rx_bits / highest * BAR_LEN + 0.5 : 0;

	printf("%-16s %12.0f %12.0f %12.0f %12.0f %10.0f |%.*s%*s|%s\n", row->ifname, r->rx,
	       r->rx_bits, r->tx, r->tx_bits, r->drops, n, "####################", BAR_LEN - n, "",
	       netns_words(row->netns));
}

static struct json_object *rates_json(const struct row *row, const struct rates *r)
{
	struct json_object *o = json_object_new_object();

	json_add_string(o, "ifname", row->ifname);
	json_add_string(o, "switch", row->switch_name);
	json_add_string(o, "netns", row->netns);
	json_add_int(o, "rx_pps", r->rx);
	json_add_int(o, "rx_bps", r->rx_bits);
	json_add_int(o, "tx_pps", r->tx);
	json_add_int(o, "tx_bps", r->tx_bits);
	json_add_int(o, "drops_ps", r->drops);
	return o;
}

/* What changed between two readings @s seconds apart. */
static void watch_print(const struct rows *then, const struct rows *now, double s, double *highest)
{
	struct json_object *array = json_object_new_array();
	struct rates *r = calloc(now->n + 1, sizeof(*r));

	for (size_t i = 0; r && i < now->n; i++) {
		const struct xsw_stats *before = row_find(then, &now->row[i]);

		if (before)
			rates_make(before, &now->row[i].s, s, &r[i]);
		if (r[i].rx_bits > *highest)
			*highest = r[i].rx_bits;
	}
	if (!opt.json)
		printf("%-16s %12s %12s %12s %12s %10s |rx of %.3g Mbit/s\n", "port", "rx pps",
		       "rx bit/s", "tx pps", "tx bit/s", "drops/s", *highest / 1e6);
	for (size_t i = 0; r && i < now->n; i++) {
		if (opt.json)
			json_object_array_add(array, rates_json(&now->row[i], &r[i]));
		else
			rates_print(&now->row[i], &r[i], *highest);
	}
	free(r);
	out_array(array, 0);
	fflush(stdout);
}

static int stats_watch(struct words *w)
{
	const char *ifname = NULL, *word;
	struct rows then = { .total = true }, now;
	double t0, t1, interval = 1, highest = 0;
	__u32 count = 0;
	char *end;
	int err;

	while ((word = words_next(w))) {
		if (!strcmp(word, "interval")) {
			word = words_next(w);
			interval = word ? strtod(word, &end) : 0;
			if (!word || *end || !(interval >= 0.01) || interval > 86400)
				return usage("stats", NULL,
					     "interval '%s': must be 0.01 to 86400 seconds",
					     word ? word : "");
		} else if (!strcmp(word, "count")) {
			err = word_u32("stats", NULL, word, words_next(w), 1, 1000000000, &count);
			if (err)
				return err;
		} else if (!ifname) {
			ifname = word;
		} else {
			return usage("stats", NULL, "unknown word '%s'", word);
		}
	}
	signal(SIGINT, on_signal);
	signal(SIGTERM, on_signal);
	t0 = monotonic_s();
	err = each_port(ifname, NULL, rows_add, &then);
	if (err == -EUCLEAN) {
		failed(err);
		err = 0;
	}
	for (__u32 i = 0; !err && !stop && (!count || i < count); i++) {
		struct timespec nap = { interval, (interval - (time_t)interval) * 1e9 };

		if (nanosleep(&nap, NULL))
			break;
		now = (struct rows){ .total = true };
		t1 = monotonic_s();
		err = each_port(ifname, NULL, rows_add, &now);
		if (err == -EUCLEAN)
			err = 0; /* was told at the beginning */
		if (!err)
			watch_print(&then, &now, t1 - t0, &highest);
		rows_free(&then);
		then = now;
		t0 = t1;
	}
	rows_free(&then);
	return err ? failed(err) : EXIT_DONE;
}

static const struct command commands[] = {
	{ "show", stats_show },
	{ "watch", stats_watch },
	{ "reset", stats_reset },
	{ NULL, NULL },
};

const struct object object_stats = { "stats", help_text, .commands = commands, .fallback = "show" };
