// SPDX-License-Identifier: GPL-2.0
/* Sums over the threads; text, live line and JSON are made from the same numbers. */
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>
#include <json-c/json.h>

#include "tools/pktgen/pace.h"
#include "tools/pktgen/report.h"

struct sums {
	struct counts c;
	struct seq_counts seq;
	struct hist hist;
	__u64 dropped;
	__u64 overruns;
};

static __u64 load(const __u64 *v)
{
	return __atomic_load_n(v, __ATOMIC_RELAXED);
}

static void sum_worker(struct sums *s, const struct worker *w)
{
	const struct counts *c = &w->count;

	s->c.packets += load(&c->packets);
	s->c.bytes += load(&c->bytes);
	s->c.wire_bytes += load(&c->wire_bytes);
	s->c.received += load(&c->received);
	s->c.other += load(&c->other);
	s->c.dropped += load(&c->dropped);
	s->c.events += load(&c->events);
	if (c->first_ns && (!s->c.first_ns || c->first_ns < s->c.first_ns))
		s->c.first_ns = c->first_ns;
	if (c->last_ns > s->c.last_ns)
		s->c.last_ns = c->last_ns;
}

static void sum(const struct run *run, struct sums *s)
{
	*s = (struct sums){};
	for (unsigned int i = 0; i < run->conf->threads; i++) {
		sum_worker(s, &run->worker[i]);
		if (run->conf->function == FUNCTION_PING)
			hist_add(&s->hist, &run->worker[i].hist);
	}
	for (unsigned int i = 0; i < run->dev.queues; i++) {
		struct queue *q = (struct queue *)&run->dev.queue[i];

		s->dropped += load(&q->tx_dropped);
		s->overruns += run->dev.ops->overruns(q);
	}
	s->dropped += s->c.dropped;
	seq_count((struct seq_table *)&run->seq, &s->seq);
	if (run->conf->function == FUNCTION_PING) /* by what was sent, not by what was seen */
		s->seq.lost = s->c.packets - s->c.received;
}

static double seconds(const struct sums *s)
{
	return s->c.last_ns > s->c.first_ns ? (s->c.last_ns - s->c.first_ns) * 1e-9 : 0;
}

static double per_second(__u64 n, double s)
{
	return s ? n / s : 0;
}

/* Frames of a batch, on average. */
static double mean_batch(const struct counts *c)
{
	return c->events ? (double)c->packets / c->events : 0;
}

/* "1.234 M": three digits after the point, and the prefix of the unit. */
static const char *human(double v, char *text)
{
	static const char *const prefix[] = { "", "k", "M", "G", "T" };
	int i = 0;

	for (; v >= 1000 && i < 4; i++)
		v /= 1000;
	sprintf(text, i ? "%.3f %s" : "%.0f %s", v, prefix[i]);
	return text;
}

static void print_rates(FILE *f, __u64 packets, __u64 bytes, __u64 wire, double s)
{
	char a[32], b[32], c[32];

	fprintf(f, "%spps  %sbit/s  %sbit/s on the wire", human(per_second(packets, s), a),
		human(per_second(bytes * 8, s), b), human(per_second(wire * 8, s), c));
}

/* ---- lines */

static void print_loss(FILE *f, const struct sums *s)
{
	fprintf(f, "lost %llu  reordered %llu  duplicate %llu", (unsigned long long)s->seq.lost,
		(unsigned long long)s->seq.reordered, (unsigned long long)s->seq.duplicate);
}

static void print_percentiles(FILE *f, const struct hist *h)
{
	fprintf(f, "p50 %.1f  p90 %.1f  p99 %.1f  p99.9 %.1f  max %.1f us",
		hist_percentile(h, 50) / 1e3, hist_percentile(h, 90) / 1e3,
		hist_percentile(h, 99) / 1e3, hist_percentile(h, 99.9) / 1e3, h->max / 1e3);
}

void report_begin(const struct run *run)
{
	const struct config *c = run->conf;

	fprintf(stderr, "%s on %s (%s%s%s)\n", function_name(c->function), c->interface,
		run->dev.backend, run->dev.receives ? ", " : "",
		run->dev.receives ? mode_name(c->mode) : "");
	for (unsigned int i = 0; i < run->dev.notes; i++)
		fprintf(stderr, "note: %s\n", run->dev.note[i]);
}

/* ---- the last interval */

/* The rates of the last intervals, for their mean and deviation. */
#define WINDOW 15

struct window {
	double pps[WINDOW];
	unsigned int seen;
};

static void window_add(struct window *w, double pps)
{
	w->pps[w->seen++ % WINDOW] = pps;
}

static double window_mean(const struct window *w, double *deviation)
{
	unsigned int n = w->seen < WINDOW ? w->seen : WINDOW;
	double sum = 0, squares = 0, mean;

	for (unsigned int i = 0; i < n; i++)
		sum += w->pps[i];
	mean = sum / n;
	for (unsigned int i = 0; i < n; i++)
		squares += (w->pps[i] - mean) * (w->pps[i] - mean);
	*deviation = sqrt(squares / n);
	return mean;
}

/* An interval: what it has added to the counters, and where they stand. */
struct interval {
	double seconds;
	struct counts c;
	const struct sums *all;
	const struct window *window;
};

/* ---- result, text */

static const char *const verbs[] = {
	[FUNCTION_TX] = "sent",
	[FUNCTION_RX] = "received",
	[FUNCTION_PING] = "sent requests:",
	[FUNCTION_PONG] = "sent replies:",
};

static void print_result(const struct run *run, const struct sums *s)
{
	const struct config *c = run->conf;

	printf("%s %llu frames, %llu bytes in %.3f s on %s (%s, %u thread%s%s%s)\n",
	       verbs[c->function], (unsigned long long)s->c.packets, (unsigned long long)s->c.bytes,
	       seconds(s), c->interface, run->dev.backend, c->threads, c->threads > 1 ? "s" : "",
	       run->dev.receives ? ", " : "", run->dev.receives ? mode_name(c->mode) : "");
	printf("  ");
	print_rates(stdout, s->c.packets, s->c.bytes, s->c.wire_bytes, seconds(s));
	printf("\n  %llu events, average batch %.2f\n", (unsigned long long)s->c.events,
	       mean_batch(&s->c));
	if (run->dev.sends)
		printf("  dropped by the device %llu\n", (unsigned long long)s->dropped);
	if (c->function == FUNCTION_RX || c->function == FUNCTION_PING) {
		printf("  ");
		print_loss(stdout, s);
		printf("\n");
	}
	if (run->dev.receives)
		printf("  others %llu  overruns here %llu\n", (unsigned long long)s->c.other,
		       (unsigned long long)s->overruns);
	if (c->function == FUNCTION_PING) {
		printf("  min %.1f  mean %.1f  ", s->hist.min / 1e3,
		       s->hist.count ? s->hist.sum / 1e3 / s->hist.count : 0);
		print_percentiles(stdout, &s->hist);
		printf("\n");
	}
	for (unsigned int i = 0; i < run->dev.notes; i++)
		printf("  note: %s\n", run->dev.note[i]);
}

/* ---- result, JSON */

static void add_int(struct json_object *o, const char *key, __u64 v)
{
	json_object_object_add(o, key, json_object_new_int64(v));
}

static void add_string(struct json_object *o, const char *key, const char *v)
{
	json_object_object_add(o, key, json_object_new_string(v));
}

static void add_fixed(struct json_object *o, const char *key, double v, int digits)
{
	char text[32];

	snprintf(text, sizeof(text), "%.*f", digits, v);
	json_object_object_add(o, key, json_object_new_double_s(v, text));
}

static void add_seconds(struct json_object *o, const char *key, double v)
{
	add_fixed(o, key, v, 6);
}

static double timeval_s(struct timeval t)
{
	return t.tv_sec + t.tv_usec * 1e-6;
}

static void add_cpu(struct json_object *o)
{
	struct rusage use;

	getrusage(RUSAGE_SELF, &use);
	add_seconds(o, "cpu_user_s", timeval_s(use.ru_utime));
	add_seconds(o, "cpu_system_s", timeval_s(use.ru_stime));
}

static struct json_object *seq_json(const struct sums *s)
{
	struct json_object *o = json_object_new_object();

	add_int(o, "received", s->seq.received);
	add_int(o, "lost", s->seq.lost);
	add_int(o, "reordered", s->seq.reordered);
	add_int(o, "duplicate", s->seq.duplicate);
	add_int(o, "streams", s->seq.streams);
	return o;
}

static struct json_object *hist_json(const struct hist *h)
{
	struct json_object *o = json_object_new_object();

	add_int(o, "count", h->count);
	add_int(o, "min", h->min);
	add_int(o, "mean", h->count ? h->sum / h->count : 0);
	add_int(o, "p50", hist_percentile(h, 50));
	add_int(o, "p90", hist_percentile(h, 90));
	add_int(o, "p99", hist_percentile(h, 99));
	add_int(o, "p99_9", hist_percentile(h, 99.9));
	add_int(o, "max", h->max);
	return o;
}

static struct json_object *notes_json(const struct run *run)
{
	struct json_object *a = json_object_new_array();

	for (unsigned int i = 0; i < run->dev.notes; i++)
		json_object_array_add(a, json_object_new_string(run->dev.note[i]));
	return a;
}

static void out(struct json_object *o, const struct config *conf)
{
	int flags = JSON_C_TO_STRING_NOSLASHESCAPE | (conf->pretty ? JSON_C_TO_STRING_PRETTY : 0);

	puts(json_object_to_json_string_ext(o, flags));
	json_object_put(o);
}

/* One line on stderr, so that there is one object on stdout. */
static void out_interval(const struct run *run, const struct interval *i)
{
	struct json_object *o = json_object_new_object();
	double deviation, mean = window_mean(i->window, &deviation);

	add_string(o, "function", function_name(run->conf->function));
	add_seconds(o, "interval_s", i->seconds);
	add_int(o, "packets", i->c.packets);
	add_int(o, "bytes", i->c.bytes);
	add_int(o, "pps", per_second(i->c.packets, i->seconds));
	add_int(o, "bps", per_second(i->c.bytes * 8, i->seconds));
	add_int(o, "bps_wire", per_second(i->c.wire_bytes * 8, i->seconds));
	add_int(o, "events", i->c.events);
	add_fixed(o, "avg_batch", mean_batch(&i->c), 2);
	if (run->conf->deviation) {
		add_int(o, "pps_mean", mean);
		add_int(o, "pps_deviation", deviation);
	}
	if (run->conf->function == FUNCTION_RX || run->conf->function == FUNCTION_PING)
		json_object_object_add(o, "sequence", seq_json(i->all));
	if (run->conf->function == FUNCTION_PING)
		json_object_object_add(o, "latency_ns", hist_json(&i->all->hist));
	if (run->conf->function == FUNCTION_TX || run->conf->function == FUNCTION_PONG)
		add_int(o, "dropped", i->all->dropped);
	fprintf(stderr, "%s\n", json_object_to_json_string_ext(o, JSON_C_TO_STRING_NOSLASHESCAPE));
	json_object_put(o);
}

static void out_result(const struct run *run, const struct sums *s)
{
	const struct config *c = run->conf;
	struct json_object *o = json_object_new_object();

	add_string(o, "interface", c->interface);
	add_string(o, "ifname", c->ifname);
	add_string(o, "function", function_name(c->function));
	add_string(o, "backend", run->dev.backend);
	if (run->dev.receives)
		add_string(o, "mode", mode_name(c->mode));
	add_int(o, "threads", c->threads);
	add_int(o, "length", c->pcap ? 0 : c->len);
	if (c->len_min)
		add_int(o, "length_min", c->len_min);
	add_seconds(o, "duration_s", seconds(s));
	add_int(o, "packets", s->c.packets);
	add_int(o, "bytes", s->c.bytes);
	add_int(o, "pps", per_second(s->c.packets, seconds(s)));
	add_int(o, "bps", per_second(s->c.bytes * 8, seconds(s)));
	add_int(o, "bps_wire", per_second(s->c.wire_bytes * 8, seconds(s)));
	add_int(o, "events", s->c.events);
	add_fixed(o, "avg_batch", mean_batch(&s->c), 2);
	if (run->dev.sends)
		add_int(o, "dropped", s->dropped);
	if (run->dev.receives) {
		add_int(o, "other", s->c.other);
		add_int(o, "overruns", s->overruns);
	}
	if (c->function == FUNCTION_PING)
		add_int(o, "replies", s->c.received);
	if (c->function == FUNCTION_PING || c->function == FUNCTION_RX)
		json_object_object_add(o, "sequence", seq_json(s));
	if (c->function == FUNCTION_PING)
		json_object_object_add(o, "latency_ns", hist_json(&s->hist));
	add_cpu(o);
	json_object_object_add(o, "notes", notes_json(run));
	out(o, c);
}

/* ---- live */

static void print_deviation(const struct window *w)
{
	double deviation, mean = window_mean(w, &deviation);
	char a[32], b[32];

	fprintf(stderr, "mean %spps  deviation %spps  ", human(mean, a), human(deviation, b));
}

static void print_interval(const struct run *run, const struct interval *i)
{
	bool tty = isatty(STDERR_FILENO);

	fprintf(stderr, "%s%s  ", tty ? "\r\033[K" : "", function_name(run->conf->function));
	print_rates(stderr, i->c.packets, i->c.bytes, i->c.wire_bytes, i->seconds);
	fprintf(stderr, "  batch %.2f  ", mean_batch(&i->c));
	if (run->conf->deviation)
		print_deviation(i->window);
	if (run->conf->function == FUNCTION_PING)
		print_percentiles(stderr, &i->all->hist);
	else if (run->conf->function == FUNCTION_RX)
		print_loss(stderr, i->all);
	else
		fprintf(stderr, "dropped %llu", (unsigned long long)i->all->dropped);
	fprintf(stderr, tty ? "" : "\n");
}

void report_live(const struct run *run)
{
	static struct sums before, s;
	static struct window window;
	static __u64 before_ns;
	__u64 now = monotonic_ns();
	struct interval i = { .all = &s, .window = &window };

	i.seconds = (now - (before_ns ? before_ns : run->start_ns)) * 1e-9;
	sum(run, &s);
	i.c.packets = s.c.packets - before.c.packets;
	i.c.bytes = s.c.bytes - before.c.bytes;
	i.c.wire_bytes = s.c.wire_bytes - before.c.wire_bytes;
	i.c.events = s.c.events - before.c.events;
	window_add(&window, per_second(i.c.packets, i.seconds));
	if (run->conf->json)
		out_interval(run, &i);
	else
		print_interval(run, &i);
	before = s;
	before_ns = now;
}

void report_result(const struct run *run)
{
	static struct sums s;

	sum(run, &s);
	if (run->conf->json)
		out_result(run, &s);
	else
		print_result(run, &s);
}

void report_error(const struct config *conf)
{
	const struct xsw_error *e = xsw_error_last();
	struct json_object *o, *inner;

	fprintf(stderr, "xsw-pktgen: %s\n", e->text);
	if (e->remedy[0])
		fprintf(stderr, "  remedy: %s\n", e->remedy);
	if (!conf->json)
		return;
	o = json_object_new_object();
	inner = json_object_new_object();
	add_string(inner, "message", e->text);
	if (e->remedy[0])
		add_string(inner, "remedy", e->remedy);
	json_object_object_add(o, "error", inner);
	out(o, conf);
}
