// SPDX-License-Identifier: GPL-2.0
#include "tools/slowpath/report.h"

#include <json-c/json.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "ctrl/stats/port_stats.h"
#include "tools/slowpath/port.h"
#include "tools/slowpath/steps/pinned.h"
#include "tools/slowpath/steps/umap.h"
#include "tools/slowpath/workers.h"

static const struct xsw_switch_handle *handle;
static bool as_json;
static int lines; /* of the last report, on a terminal */
static __u64 then_ns;
static struct xsw_stats then[XSW_MAX_PORTS];
static __u32 of_ifindex[XSW_MAX_PORTS]; /* whose figures those are */
static struct worker_counts counts_then;

static const struct column {
	enum xsw_stats_rates rate;
	const char *head;
	int digits;
	double unit;
} columns[] = {
	{ XSW_RATE_RX_PPS, "in", 0, 1 },	  { XSW_RATE_RX_BPS, "Mbit", 1, 1e6 },
	{ XSW_RATE_AFXDP_PPS, "of afxdp", 0, 1 }, { XSW_RATE_TX_PPS, "out", 0, 1 },
	{ XSW_RATE_TX_BPS, "Mbit", 1, 1e6 },
};

#define COLUMNS (sizeof(columns) / sizeof(*columns))

/* What happened in an interval of @s seconds */
struct change {
	double s;
	double rate[XSW_RATES];
	__u64 drops[XSW_DROP_COUNT]; /* where it came in and where it was to leave */
};

static __u64 rise(__u64 from, __u64 to)
{
	return to > from ? to - from : 0;
}

static void change_of(const struct xsw_stats *from, const struct xsw_stats *to, struct change *c)
{
	for (int i = 0; i < XSW_RATES; i++)
		c->rate[i] = xsw_stats_rate(i, from, to, c->s);
	for (int i = 0; i < XSW_DROP_COUNT; i++)
		c->drops[i] = rise(from->rx_drops[i] + from->tx_drops[i],
				   to->rx_drops[i] + to->tx_drops[i]);
}

/* Return: is there something to tell of @p? */
static bool port_change(const struct port *p, struct change *c)
{
	struct xsw_stats now;

	if (xsw_stats_total(handle, p->number, &now))
		return false;
	if (of_ifindex[p->number] != p->ifindex)
		then[p->number] = now;
	of_ifindex[p->number] = p->ifindex;
	change_of(&then[p->number], &now, c);
	then[p->number] = now;
	return p->served || c->rate[XSW_RATE_TX_PPS] || c->rate[XSW_RATE_DROPS_PS];
}

/* ---- text */

static void line_end(void)
{
	printf(lines >= 0 ? "\033[K\n" : "\n");
	if (lines >= 0)
		lines++;
}

static void port_print(const struct port *p, const struct change *c)
{
	printf("%-15s", p->ifname);
	for (const struct column *k = columns; k < columns + COLUMNS; k++)
		printf(" %9.*f", k->digits, c->rate[k->rate] / k->unit);
	putchar(' ');
	for (int i = 0; i < XSW_DROP_COUNT; i++)
		if (c->drops[i])
			printf(" %s %llu", xsw_drop_text(i), c->drops[i]);
	line_end();
}

static void print(const struct worker_counts *w, double s)
{
	struct change c = { .s = s };

	if (lines > 0)
		printf("\033[%dA\033[J", lines);
	lines = isatty(STDOUT_FILENO) ? 0 : -1;
	printf("%-15s", "per second");
	for (const struct column *k = columns; k < columns + COLUMNS; k++)
		printf(" %9s", k->head);
	printf("  dropped in all");
	line_end();
	for (__u32 number = 1; number < XSW_MAX_PORTS; number++) {
		const struct port *p = port_get(number);

		if (p && port_change(p, &c))
			port_print(p, &c);
	}
	printf("%-15s %9.0f frames, in %.0f rounds; slept %.0f times", "threads", w->frames / s,
	       w->rounds / s, w->sleeps / s);
	line_end();
}

/* ---- JSON */

static void add(struct json_object *o, const char *key, double value)
{
	json_object_object_add(o, key, json_object_new_int64(value + 0.5));
}

static void add_seconds(struct json_object *o, const char *key, double value)
{
	char text[32];

	snprintf(text, sizeof(text), "%.3f", value);
	json_object_object_add(o, key, json_object_new_double_s(value, text));
}

static struct json_object *port_json(const struct port *p, const struct change *c)
{
	struct json_object *o = json_object_new_object(), *drops = json_object_new_object();

	json_object_object_add(o, "ifname", json_object_new_string(p->ifname));
	json_object_object_add(o, "served", json_object_new_boolean(p->served && p->queues));
	for (const struct column *k = columns; k < columns + COLUMNS; k++)
		add(o, xsw_stats_rates[k->rate].word, c->rate[k->rate]);
	for (int i = 0; i < XSW_DROP_COUNT; i++)
		if (c->drops[i])
			add(drops, xsw_drop_text(i), c->drops[i]);
	json_object_object_add(o, "drops", drops);
	return o;
}

static void print_json(const struct worker_counts *w, double s)
{
	struct json_object *o = json_object_new_object(), *ports = json_object_new_array();
	struct change c = { .s = s };

	json_object_object_add(o, "switch", json_object_new_string(handle->name));
	add_seconds(o, "interval_s", s);
	add(o, "frames", w->frames);
	add(o, "rounds", w->rounds);
	add(o, "sleeps", w->sleeps);
	for (__u32 number = 1; number < XSW_MAX_PORTS; number++) {
		const struct port *p = port_get(number);

		if (p && port_change(p, &c))
			json_object_array_add(ports, port_json(p, &c));
	}
	json_object_object_add(o, "ports", ports);
	puts(json_object_to_json_string_ext(o, JSON_C_TO_STRING_PLAIN));
	json_object_put(o);
}

/* ---- */

/* Return: seconds since the last time, or since the beginning */
static double interval(struct worker_counts *w)
{
	__u64 now_ns = umap_clock_now(), was_ns = then_ns;
	struct worker_counts now;

	workers_counts(&now);
	*w = (struct worker_counts){ .frames = now.frames - counts_then.frames,
				     .rounds = now.rounds - counts_then.rounds,
				     .sleeps = now.sleeps - counts_then.sleeps };
	counts_then = now;
	then_ns = now_ns;
	return (now_ns - was_ns) * 1e-9;
}

void report_begin(const struct xsw_switch_handle *sw, bool json)
{
	struct worker_counts none;

	handle = sw;
	as_json = json;
	interval(&none);
	for (__u32 number = 1; number < XSW_MAX_PORTS; number++) {
		const struct xsw_port *conf = umap_pinned_port(number);

		if (conf && !xsw_stats_total(sw, number, &then[number]))
			of_ifindex[number] = conf->ifindex;
	}
}

void report(void)
{
	struct worker_counts w;
	double s = interval(&w);

	if (as_json)
		print_json(&w, s);
	else
		print(&w, s);
	fflush(stdout);
}
