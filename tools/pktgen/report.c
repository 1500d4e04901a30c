// SPDX-License-Identifier: GPL-2.0
/* Sums over the threads; text, live line and JSON are made from the same numbers. */
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

/* ---- live */

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

void report_live(const struct run *run)
{
	static struct sums before, s;
	static __u64 before_ns;
	__u64 now = monotonic_ns();
	double interval = (now - (before_ns ? before_ns : run->start_ns)) * 1e-9;
	bool tty = isatty(STDERR_FILENO);

	sum(run, &s);
	fprintf(stderr, "%s%s  ", tty ? "\r\033[K" : "", function_name(run->conf->function));
	print_rates(stderr, s.c.packets - before.c.packets, s.c.bytes - before.c.bytes,
		    s.c.wire_bytes - before.c.wire_bytes, interval);
	fprintf(stderr, "  ");
	if (run->conf->function == FUNCTION_PING)
		print_percentiles(stderr, &s.hist);
	else if (run->conf->function == FUNCTION_RX)
		print_loss(stderr, &s);
	else
		fprintf(stderr, "dropped %llu", (unsigned long long)s.dropped);
	fprintf(stderr, tty ? "" : "\n");
	before = s;
	before_ns = now;
}

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
	printf("\n");
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

static void add_seconds(struct json_object *o, const char *key, double v)
{
	char text[32];

	snprintf(text, sizeof(text), "%.6f", v);
	json_object_object_add(o, key, json_object_new_double_s(v, text));
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
	add_seconds(o, "duration_s", seconds(s));
	add_int(o, "packets", s->c.packets);
	add_int(o, "bytes", s->c.bytes);
	add_int(o, "pps", per_second(s->c.packets, seconds(s)));
	add_int(o, "bps", per_second(s->c.bytes * 8, seconds(s)));
	add_int(o, "bps_wire", per_second(s->c.wire_bytes * 8, seconds(s)));
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
