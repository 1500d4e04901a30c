// SPDX-License-Identifier: GPL-2.0
/* The data path step by step: the programs of a running switch, one frame at
 * a time, against the table in steps_cases.h.
 *
 *   steps SWITCH		prints TAP
 *
 * The switch has the ports p1 to p4, veths whose other ends are e1 to e4, and
 * XDP can redirect to all of them. Their MTU is 1500, p1's is larger. Settings and
 * addresses are written straight into the switch's maps. After each frame verdict,
 * bytes, metadata, the copies at e1 to e4, and every counter of every port are as
 * the case says: what it does not name has not changed.
 */
#include <bpf/libbpf.h>
#include <sched.h>
#include <stdarg.h>

#include "ctrl/base/error.h"
#include "ctrl/bpffs/decisions.h"
#include "ctrl/fdb/fdb.h"
#include "ctrl/fdb/life.h"
#include "ctrl/fdb/request.h"
#include "ctrl/fdb/table.h"
#include "ctrl/port/settings.h"
#include "ctrl/port/work.h"
#include "ctrl/stats/port_stats.h"
#include "ctrl/switch/settings.h"
#include "ctrl/bpffs/port_table.h"
#include "maps/drop.h"

#include "steps_run.h"
#include "tap.h"
#include "steps_cases.h"

#define PORTS 4
#define TEXT_MAX 512
#define ROUNDS 100 /* of a case whose second frame must come within the same 8 ms */
#define WAIT_S 5
#define CPUS_MAX 1024
#define STRANGERS 8000 /* of which some meet any one of 1024 places */

static struct xsw_switch_handle sw;
static struct xsw_switch sw_defaults;
static struct xsw_port port_defaults[PORTS + 1];
static struct xsw_state state_defaults[PORTS + 1];
static int outer[PORTS + 1]; /* packet sockets at e1 to e4 */
static struct xsw_stats before[PORTS + 1];
static const char *const hook_names[HOOKS] = { "xdp", "tc" };
static const char *section = "";
static char why[4096]; /* the case at hand fails, "": it does not */

/* ---- TAP */

/* Note what is wrong with the case at hand. Return: false. */
__attribute__((format(printf, 1, 2))) static bool wrong(const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	vsnprintf(why, sizeof(why), fmt, args);
	va_end(args);
	return false;
}

/* @todo: what has to be put right before it can be so, or NULL */
static void report(enum hook hook, const char *name, const char *todo)
{
	tap_failures += *why && !todo;
	printf("%sok %d - %s: %s: %s%s%s\n", *why ? "not " : "", ++tap_tests, hook_names[hook],
	       section, name, todo ? " # TODO " : "", todo ?: "");
	if (*why)
		printf("# %s\n", why);
	fflush(stdout);
	*why = '\0';
}

/* ---- the state before */

static void set_switch(char *words)
{
	struct xsw_switch_settings want = {};
	struct xsw_switch conf = sw_defaults;
	char *word, *value;

	while ((word = strsep(&words, " ")) && (value = strsep(&words, " ")))
		words_option(&switch_opts, word, value, &want);
	switch_settings_apply(&want, &conf);
	tap_need(switch_write(&sw, &conf), "cannot write the switch");
}

static const struct {
	const char *word;
	__u32 flag;
} state_words[] = {
	{ "xdp_out", XSW_STATE_XDP_OUT },
	{ "gro", XSW_STATE_GRO },
	{ "gso", XSW_STATE_GSO },
};

static void set_state(int port, __u32 flag, bool on)
{
	struct xsw_state state;

	tap_need(bpf_map_lookup_elem(sw.map.state, &port, &state), "cannot read state");
	state.flags = on ? state.flags | flag : state.flags & ~flag;
	tap_need(bpf_map_update_elem(sw.map.state, &port, &state, BPF_ANY), "cannot write state");
}

/* Is @word a state of a port? Then set it. */
static bool state_word(int port, const char *word, const char *value)
{
	for (size_t i = 0; i < sizeof(state_words) / sizeof(*state_words); i++)
		if (!strcmp(word, state_words[i].word)) {
			set_state(port, state_words[i].flag, !strcmp(value, "on"));
			return true;
		}
	return false;
}

/* The settings that @words make of a port just added. */
static struct xsw_port port_conf(int port, char *words)
{
	struct xsw_port_settings want = {};
	struct xsw_port_record meta = {};
	struct xsw_port conf;
	bool csum_check = true;
	char *word, *value;

	while ((word = strsep(&words, " ")) && (value = strsep(&words, " "))) {
		if (state_word(port, word, value))
			continue;
		if (!strcmp(word, "csum_check")) {
			csum_check = !strcmp(value, "on");
			continue;
		}
		words_option(&port_opts, word, value, &want);
	}
	tap_need(port_settings_apply("p", &port_defaults[port], &meta, &want, &conf), "settings");
	if (!csum_check)
		conf.flags &= ~XSW_PORT_CSUM_CHECK;
	return conf;
}

static void set_port(int port, char *words)
{
	struct xsw_port conf = port_conf(port, words);
	__u32 slot = slot_read(&sw, port);

	tap_need(bpf_map_update_elem(sw.map.port, &slot, &conf, BPF_ANY), "cannot write a port");
}

/* "p1 tag 10; p2 isolated on; sw fdb_max 2" on top of the defaults. */
static void set_all(const char *settings)
{
	char copy[TEXT_MAX], *next = copy, *item;
	struct xsw_switch conf = sw_defaults;

	tap_need(switch_write(&sw, &conf), "cannot write the switch");
	for (int port = 1; port <= PORTS; port++) {
		tap_need(bpf_map_update_elem(sw.map.state, &port, &state_defaults[port], BPF_ANY),
			 "cannot write state");
		set_port(port, NULL);
	}
	snprintf(copy, sizeof(copy), "%s", settings);
	while ((item = strsep(&next, ";"))) {
		char *who;

		item += strspn(item, " ");
		who = strsep(&item, " ");
		if (!strcmp(who, "sw"))
			set_switch(item);
		else if (words_port(who, PORTS))
			set_port(words_port(who, PORTS), item);
		else if (*who)
			words_fail(settings, who);
	}
}

/* What makes decisions void, see bpf/cache.h */
static __u32 generation_read(void)
{
	struct xsw_fdb_count *count = fdb_count_map(&sw);
	__u32 generation = count->generation;

	fdb_count_unmap(count);
	return generation;
}

static void generation_write(__u32 generation)
{
	struct xsw_fdb_count *count = fdb_count_map(&sw);

	count->generation = generation;
	fdb_count_unmap(count);
}

/* @quietly: as no command does it, decisions that rest on it stay */
static void entry_put(const struct words_fdb *f, bool quietly)
{
	__u32 generation;
	__u64 ticks = (f->age_s * 1000000000ULL) >> XSW_TICK_SHIFT;
	struct xsw_request_fdb ask = { .key = f->key,
				       .next = { .seen = fdb_tick() - ticks,
						 .port = f->port,
						 .flags = f->is_static ? XSW_FDB_STATIC : 0 } };

	if (!quietly)
		tap_need(xsw_fdb_add(&sw, &f->key, f->port, f->is_static, true), "cannot add");
	if (!quietly && !f->age_s)
		return;
	fdb_entry(&sw, &f->key, &ask.old);
	generation = quietly ? generation_read() : 0;
	tap_need(fdb_put(&sw, &ask), "cannot write an entry");
	if (quietly)
		generation_write(generation);
}

static void fdb_fill(const char *entries)
{
	char copy[TEXT_MAX], *next = copy, *item;
	static bool had_static;

	tap_need(xsw_fdb_flush(&sw, XSW_ANY_PORT, XSW_ANY_VLAN), "cannot flush");
	for (int port = 1; had_static && port <= PORTS; port++)
		tap_need(xsw_fdb_flush_static(&sw, port), "cannot flush");
	had_static = strstr(entries, "static");
	snprintf(copy, sizeof(copy), "%s", entries);
	while ((item = strsep(&next, ";"))) {
		struct words_fdb f;

		item += strspn(item, " ");
		if (!*item)
			continue;
		f = words_fdb_read(item, PORTS);
		entry_put(&f, false);
	}
}

/* ---- the state after */

static void fdb_print(char *to)
{
	struct xsw_fdb_row *rows;
	int n = xsw_fdb_list(&sw, XSW_ANY_PORT, XSW_ANY_VLAN, &rows);

	tap_need(n, "cannot list");
	*to = '\0';
	for (int i = 0; i < n; i++) {
		to += sprintf(to, "%sh%d p%d", i ? "; " : "", rows[i].key.mac[5],
			      rows[i].entry.port);
		if (rows[i].key.vlan)
			to += sprintf(to, " %d", rows[i].key.vlan);
		if (rows[i].entry.flags & XSW_FDB_STATIC)
			to += sprintf(to, " static");
		if (rows[i].age_s >= 1)
			to += sprintf(to, " age %.0f", rows[i].age_s);
	}
	free(rows);
}

/* The end of a poll, where the kernel hands on what XDP has redirected (flood_xdp.h). */
static void bulks_leave(void)
{
	static struct xsw_stats cpus[CPUS_MAX];

	for (__u32 port = 1; port <= PORTS; port++) {
		tap_need(bpf_map_lookup_elem(sw.map.stats, &port, cpus), "cannot read counters");
		for (int cpu = 0; cpu < libbpf_num_possible_cpus(); cpu++)
			cpus[cpu].tx_unflushed = 0;
		tap_need(bpf_map_update_elem(sw.map.stats, &port, cpus, BPF_ANY),
			 "cannot write counters");
	}
}

/* A frame that is alone in its poll. */
static void run_one(enum hook hook, const struct words_frame *in, __u32 ifindex, struct run *out)
{
	run_frame(hook, in, ifindex, out);
	if (hook == HOOK_XDP && out->verdict == RUN_REDIRECT)
		bulks_leave();
}

/* Begin anew: what earlier frames left at the other ends, and the counters. */
static void counters_note(void)
{
	static uint8_t data[FRAME_MAX];

	for (int port = 1; port <= PORTS; port++) {
		while (frame_recv(outer[port], data) >= 0)
			;
		tap_need(xsw_stats_read(&sw, port, &before[port]), "cannot read counters");
	}
}

static char *count_print(char *to, int port, const char *what, __u64 n)
{
	if (!n)
		return to;
	to += sprintf(to, "p%d %s", port, what);
	return to + sprintf(to, n > 1 ? " %llu; " : "; ", (unsigned long long)n);
}

/* BPF_PROG_RUN frees what TC would have sent, and the switch may take that for a loss at the
 * device where the frame came in.
 */
static void forgive_free(struct xsw_stats *s, const struct xsw_stats *b)
{
	if (s->tx_lost_packets == b->tx_lost_packets ||
	    s->tx_drops[XSW_DROP_XMIT] == b->tx_drops[XSW_DROP_XMIT])
		return;
	s->tx_lost_packets--;
	s->tx_drops[XSW_DROP_XMIT]--;
}

/* What was counted since counters_note(), "" if nothing. @freed: see forgive_free(), or 0 */
static void counters_print(char *to, int freed)
{
	char what[64];

	*to = '\0';
	for (int port = 1; port <= PORTS; port++) {
		struct xsw_stats s, *b = &before[port];

		tap_need(xsw_stats_read(&sw, port, &s), "cannot read counters");
		if (port == freed)
			forgive_free(&s, b);
		for (int i = 0; i < XSW_PATH_COUNT; i++)
			to = count_print(to, port, xsw_path_text(i), s.rx_path[i] - b->rx_path[i]);
		to = count_print(to, port, "rx bytes", s.rx_bytes - b->rx_bytes);
		to = count_print(to, port, "unicast", s.rx_unicast - b->rx_unicast);
		to = count_print(to, port, "flooded", s.rx_flooded - b->rx_flooded);
		to = count_print(to, port, "punted", s.rx_punted - b->rx_punted);
		to = count_print(to, port, "host", s.rx_host - b->rx_host);
		for (int i = 0; i < XSW_DROP_COUNT; i++) {
			snprintf(what, sizeof(what), "drop %s", xsw_drop_text(i));
			to = count_print(to, port, what, s.rx_drops[i] - b->rx_drops[i]);
		}
		to = count_print(to, port, "tx", s.tx_packets - b->tx_packets);
		/* The kernel does not tell the length of what it lost from XDP. */
		if (s.tx_lost_packets == b->tx_lost_packets)
			to = count_print(to, port, "tx bytes", s.tx_bytes - b->tx_bytes);
		to = count_print(to, port, "taken back", s.tx_lost_packets - b->tx_lost_packets);
		for (int i = 0; i < XSW_DROP_COUNT; i++) {
			snprintf(what, sizeof(what), "lost %s", xsw_drop_text(i));
			to = count_print(to, port, what, s.tx_drops[i] - b->tx_drops[i]);
		}
	}
}

/* ---- what a case expects */

struct expected {
	int copies;
	struct words_frame copy[PORTS]; /* by port */
};

static int by_port(const void *a, const void *b)
{
	return ((const struct words_frame *)a)->port - ((const struct words_frame *)b)->port;
}

static void expect_copies(const char *out, struct expected *e)
{
	char copy[TEXT_MAX], *next = copy, *item;

	e->copies = 0;
	snprintf(copy, sizeof(copy), "%s", out);
	while ((item = strsep(&next, ";")))
		if (item[strspn(item, " ")])
			words_read(item, &e->copy[e->copies++]);
	qsort(e->copy, e->copies, sizeof(e->copy[0]), by_port);
}

static char *expect_rx(char *to, const struct step_case *c, enum hook hook,
		       const struct words_frame *in)
{
	to = count_print(to, in->port, hook == HOOK_XDP ? "xdp" : "skb", 1);
	to = count_print(to, in->port, "rx bytes", in->len);
	if (c->verdict == DROP)
		return to + sprintf(to, "p%d drop %s; ", in->port, c->out);
	return count_print(to, in->port, c->verdict == TO ? "unicast" : "flooded", 1);
}

/* Of an egress port. */
static char *expect_tx(char *to, const struct step_case *c, enum hook hook, int port,
		       const struct words_frame *copy)
{
	bool lost = words_port(c->lost, PORTS) == port;

	if (copy) {
		to = count_print(to, port, "tx", 1);
		to = count_print(to, port, "tx bytes", copy->len);
	}
	if (!lost)
		return to;
	if (hook == HOOK_XDP) { /* handed over, then refused by the kernel */
		to = count_print(to, port, "tx", 1);
		to = count_print(to, port, "taken back", 1);
	}
	return to + sprintf(to, "p%d lost %s; ", port, c->lost + strlen("p1 "));
}

/* What counters_print() should say. @sent: not so for a flood that XDP has only begun. */
static void expect_counters(char *to, const struct step_case *c, enum hook hook,
			    const struct words_frame *in, const struct expected *e, bool sent)
{
	*to = '\0';
	if (c->verdict == PASS)
		return;
	for (int port = 1; port <= PORTS; port++) {
		const struct words_frame *copy = NULL;

		for (int i = 0; sent && i < e->copies; i++)
			if (e->copy[i].port == port)
				copy = &e->copy[i];
		if (port == in->port)
			to = expect_rx(to, c, hook, in);
		to = expect_tx(to, c, hook, port, copy);
	}
}

/* ---- checks */

static bool same_frame(const char *where, const uint8_t *data, int len, const struct words_frame *f)
{
	if (len == f->len && !memcmp(data, f->data, len))
		return true;
	return wrong("%s: %s, not %s", where, words_hex(data, len), words_hex(f->data, f->len));
}

/* The frame that TC leaves: its first tag may stand beside the bytes. */
static bool same_skb(const struct run *run, const struct words_frame *f)
{
	bool tagged = !memcmp(f->data + 12, "\x81\x00", 2) || !memcmp(f->data + 12, "\x88\xa8", 2);

	if (tagged && run->len == f->len - 4 && !memcmp(run->data, f->data, 12) &&
	    !memcmp(run->data + 12, f->data + 16, run->len - 12))
		return true;
	return same_frame("frame", run->data, run->len, f);
}

static bool check_verdict(enum verdict got, enum verdict wanted)
{
	static const char *const words[] = { "redirect", "drop", "pass", "another verdict" };

	return got == wanted || wrong("%s, not %s", words[got], words[wanted]);
}

static bool check_counters(const char *wanted, int freed)
{
	char got[TEXT_MAX * 4];

	counters_print(got, freed);
	return !strcmp(got, wanted) || wrong("counted: %s not: %s", got, wanted);
}

/* The first @n copies, and nothing else, come out at the other ends. */
static bool check_sent(const struct expected *e, int n)
{
	static uint8_t data[FRAME_MAX];
	char where[16];
	int len;

	for (int port = 1; port <= PORTS; port++) {
		sprintf(where, "e%d", port);
		for (int i = 0; i < n; i++) {
			struct pollfd p = { .fd = outer[port], .events = POLLIN };

			if (e->copy[i].port != port)
				continue;
			poll(&p, 1, WAIT_S * 1000);
			len = frame_recv(outer[port], data);
			if (!same_frame(where, data, len < 0 ? 0 : len, &e->copy[i]))
				return false;
		}
		len = frame_recv(outer[port], data);
		if (len >= 0)
			return wrong("%s: one too many: %s", where, words_hex(data, len));
	}
	return true;
}

/* Learned entries, expired or not. */
static int fdb_learned(void)
{
	struct fdb_items items;
	int learned = 0;

	tap_need(fdb_read(&sw, &items), "cannot read the fdb");
	for (__u32 n = 0; n < items.n; n++)
		learned += !(items.item[n].entry.flags & XSW_FDB_STATIC);
	fdb_items_free(&items);
	return learned;
}

static bool check_fdb(const char *wanted)
{
	struct xsw_fdb_count count;
	char got[TEXT_MAX];
	__u32 zero = 0;
	int learned;

	if (!wanted)
		return true;
	fdb_print(got);
	if (strcmp(got, wanted))
		return wrong("fdb is '%s', not '%s'", got, wanted);
	for (int tries = 0; tries < 3; tries++) { /* the timer may be at it */
		learned = fdb_learned();
		tap_need(bpf_map_lookup_elem(sw.map.fdb_count, &zero, &count),
			 "cannot read the count");
		if (count.learned == learned)
			return true;
	}
	return wrong("%d learned, counted as %lld", learned, (long long)count.learned);
}

/* Who goes last gets the frame itself. A flood to several ports is only begun at XDP: bytes as
 * they came, and what xsw_egress() has to know in the metadata.
 */
static bool check_run(const struct step_case *c, enum hook hook, const struct run *run,
		      const struct words_frame *in, const struct expected *e)
{
	bool begun = hook == HOOK_XDP && e->copies > 1;

	if (c->verdict == PASS)
		return check_verdict(run->verdict, RUN_PASS) &&
		       same_frame("frame", run->data, run->len, in);
	if (!e->copies)
		return check_verdict(run->verdict, RUN_DROP);
	if (!check_verdict(run->verdict, RUN_REDIRECT))
		return false;
	if (!run->meta == begun)
		return wrong("%d bytes of metadata", run->meta);
	if (hook == HOOK_TC)
		return same_skb(run, &e->copy[e->copies - 1]);
	return same_frame("frame", run->data, run->len, begun ? in : &e->copy[0]);
}

/* ---- a case */

static __u32 ifindex_of(int port)
{
	return port_defaults[port].ifindex;
}

/* What the kernel does after XDP, where it copies a flood and measures frames, is seen only when
 * the frame comes in from outside. (6.1 clones frames of BPF_F_TEST_XDP_LIVE_FRAMES damaged.)
 */
static bool case_live(const struct step_case *c, const struct words_frame *in,
		      const struct expected *e)
{
	char counters[TEXT_MAX * 4];
	double end = monotonic_s() + WAIT_S;
	bool good;

	counters_note();
	expect_counters(counters, c, HOOK_XDP, in, e, true);
	if (frame_send(outer[in->port], in->data, in->len))
		die("cannot send at the other end of", "a port");
	if (!check_sent(e, e->copies))
		return false;
	do {
		*why = '\0';
		good = check_counters(counters, 0);
	} while (!good && monotonic_s() < end);
	return good;
}

static bool case_run(const struct step_case *c, enum hook hook)
{
	bool flood_xdp, sent;
	char counters[TEXT_MAX * 4];
	static struct expected e;
	static struct words_frame in;
	static struct run run;

	words_read(c->in, &in);
	expect_copies(c->verdict == TO || c->verdict == FLOOD ? c->out : "", &e);
	if (hook == HOOK_XDP && c->lost)
		return case_live(c, &in, &e) && check_fdb(c->fdb_after);
	flood_xdp = hook == HOOK_XDP && e.copies > 1;
	sent = !flood_xdp;
	counters_note();
	expect_counters(counters, c, hook, &in, &e, sent);
	run_one(hook, &in, ifindex_of(in.port), &run);
	return check_run(c, hook, &run, &in, &e) &&
	       check_sent(&e, hook == HOOK_TC && e.copies ? e.copies - 1 : 0) &&
	       check_counters(counters, hook == HOOK_TC ? in.port : 0) && check_fdb(c->fdb_after) &&
	       (!flood_xdp || case_live(c, &in, &e));
}

static void case_check(const struct step_case *c)
{
	for (int hook = 0; hook < HOOKS; hook++) {
		if (c->hooks && c->hooks != 1 << hook)
			continue;
		set_all(c->settings);
		fdb_fill(c->fdb);
		case_run(c, hook);
		report(hook, c->name, c->todo);
	}
}

/* ---- remembered decisions: two frames one after the other */

/* By verdict and bytes: ports that could be mixed up have to tag differently. */
static bool second_is(enum hook hook, const struct pair_case *c)
{
	static struct words_frame in, out;
	static struct run run;

	words_read(c->second, &in);
	run_one(hook, &in, ifindex_of(in.port), &run);
	if (c->verdict == DROP)
		return check_verdict(run.verdict, RUN_DROP);
	if (c->verdict == PASS)
		return check_verdict(run.verdict, RUN_PASS);
	words_read(c->out, &out);
	if (!check_verdict(run.verdict, RUN_REDIRECT))
		return false;
	return hook == HOOK_TC ? same_skb(&run, &out) :
				 same_frame("frame", run.data, run.len, &out);
}

/* Write the slot that is not in use, then use it: as `port set`, but quietly. */
static void change_slot(int port, char *words)
{
	__u32 ifindex = ifindex_of(port), number = port;
	__u32 slot = XSW_SLOT_OTHER(slot_read(&sw, port));
	struct xsw_port conf = port_conf(port, words);

	tap_need(bpf_map_update_elem(sw.map.port, &slot, &conf, BPF_ANY), "cannot write a port");
	tap_need(bpf_map_update_elem(sw.map.slot, &number, &slot, BPF_ANY), "cannot write a slot");
	tap_need(bpf_map_update_elem(sw.map.ifindex, &ifindex, &slot, BPF_ANY),
		 "cannot write a slot");
}

static void change(const char *what, enum hook hook)
{
	static struct words_frame in;
	static struct run run;
	char copy[TEXT_MAX], *next = copy, *word;
	struct words_fdb f;

	snprintf(copy, sizeof(copy), "%s", what);
	word = strsep(&next, " ");
	if (!strcmp(word, "slot") || !strcmp(word, "set")) {
		char *port = strsep(&next, " ");

		change_slot(words_port(port, PORTS), next);
		if (word[1] == 'e')
			decisions_void(&sw);
	} else if (!strcmp(word, "add") || !strcmp(word, "quietly")) {
		f = words_fdb_read(next, PORTS);
		entry_put(&f, word[0] == 'q');
	} else if (!strcmp(word, "frame")) {
		words_read(next, &in);
		run_one(hook, &in, ifindex_of(in.port), &run);
	} else if (!strcmp(word, "del")) {
		f = words_fdb_read(next, PORTS);
		tap_need(xsw_fdb_del(&sw, &f.key), "cannot delete");
	} else if (*word) {
		words_fail(what, word);
	}
}

/* @first_hook: where the first frame arrives */
static bool pair_run(const struct pair_case *c, enum hook first_hook, enum hook hook)
{
	static struct words_frame in;
	static struct run run;

	set_all(c->settings);
	fdb_fill(c->fdb);
	words_read(c->first, &in);
	run_one(first_hook, &in, ifindex_of(in.port), &run);
	change(c->change, hook);
	*why = '\0';
	return second_is(hook, c);
}

/* Often, because a tick may end between the two frames. */
static void pair_check(const struct pair_case *c)
{
	for (int hook = 0; hook < HOOKS; hook++) {
		if (c->hooks && c->hooks != 1 << hook)
			continue;
		for (int i = 0; i < ROUNDS; i++)
			if (pair_run(c, c->other_hook ? HOOKS - 1 - hook : hook, hook) == c->once)
				break;
		report(hook, c->name, NULL);
	}
}

/* Whatever is remembered, an entry that moved is seen within two jiffies. */
static void memory_is_short(enum hook hook)
{
	static const struct pair_case c = {
		"... for two jiffies at the most",
		"p2 tag 10; p1 tag 10",
		"h2 p2 10",
		"p1 h2 h1",
		"quietly h2 p3 10",
		"p1 h2 h1",
		TO,
		"p3 h2 h1 8100/10",
	};
	double end = monotonic_s() + WAIT_S;
	bool good;

	good = pair_run(&c, hook, hook);
	while (!good && monotonic_s() < end) {
		*why = '\0';
		good = second_is(hook, &c);
	}
	report(hook, c.name, NULL);
}

/* Memory has few places: many addresses meet the one of h1 to h2. @at: where in the frame */
static void strangers(enum hook hook, const char *name, int at)
{
	static struct words_frame known, other;
	static struct run run;
	bool good = true;

	set_all("p1 locked on; p2 flood off; p3 flood off; p4 flood off");
	fdb_fill("h1 p1; h2 p2");
	words_read("p1 h2 h1", &known);
	other = known;
	for (int i = 0; good && i < STRANGERS; i++) {
		put16(other.data + at + 3, 0x100 + i);
		run_one(hook, &known, ifindex_of(1), &run);
		good = check_verdict(run.verdict, RUN_REDIRECT);
		run_one(hook, &other, ifindex_of(1), &run);
		good = good && check_verdict(run.verdict, RUN_DROP);
	}
	report(hook, name, NULL);
}

/* ---- frames of one poll */

static bool flood_is(enum verdict wanted)
{
	static struct words_frame in;
	static struct run run;

	words_read("p1 bcast h1", &in);
	run_frame(HOOK_XDP, &in, ifindex_of(1), &run);
	return check_verdict(run.verdict, wanted);
}

static void unicast_redirected(void)
{
	static struct words_frame in;
	static struct run run;

	words_read("p1 h2 h1", &in);
	run_frame(HOOK_XDP, &in, ifindex_of(1), &run);
	check_verdict(run.verdict, RUN_REDIRECT);
}

/* Copies of a flood must not stand behind unicast in a bulk. */
static void flood_after_unicast(void)
{
	static uint8_t data[FRAME_MAX];
	static struct words_frame in;
	double end = monotonic_s() + WAIT_S;

	set_all("p1 tag 10; p2 tag 10; p3 tag 10; p4 vlan_mode trunk");
	fdb_fill("h2 p2 10 static; h1 p1 10");
	counters_note();
	bulks_leave();
	if (flood_is(RUN_REDIRECT)) {
		unicast_redirected();
		flood_is(RUN_PASS);
	}
	report(HOOK_XDP, "a flood behind unicast of the same poll is left to TC", NULL);
	words_read("p1 h2 h1", &in);
	if (frame_send(outer[1], in.data, in.len)) /* the poll ends */
		die("cannot send at the other end of", "a port");
	while (frame_recv(outer[2], data) < 0)
		if (monotonic_s() > end && !wrong("the frame did not arrive"))
			break;
	if (!*why)
		flood_is(RUN_REDIRECT);
	report(HOOK_XDP, "... but not when the poll is over", NULL);
}

/* ---- the timer */

static bool in_map(const struct xsw_fdb_key *key)
{
	struct xsw_fdb_entry e;

	return !fdb_entry(&sw, key, &e);
}

static void timer_removes_expired(void)
{
	struct xsw_fdb_key h2 = { .mac = { 2, 0, 0, 0, 0, 2 } };
	struct xsw_fdb_key h3 = { .mac = { 2, 0, 0, 0, 0, 3 } };
	struct xsw_fdb_key h4 = { .mac = { 2, 0, 0, 0, 0, 4 } };
	double end = monotonic_s() + WAIT_S;
	struct xsw_fdb_count count;
	__u32 zero = 0;
	bool good;

	set_all("");
	fdb_fill("h2 p2 age 300; h3 p3; h4 p4 static");
	do {
		tap_need(bpf_map_lookup_elem(sw.map.fdb_count, &zero, &count),
			 "cannot read the count");
		good = !in_map(&h2) && count.learned == 1;
	} while (!good && monotonic_s() < end);
	if (!good)
		wrong("it is still there, or still counted");
	report(HOOK_TC, "the timer removes what has expired, and counts it", NULL);
	if (!in_map(&h3) || !in_map(&h4))
		wrong("gone");
	report(HOOK_TC, "... and nothing else", NULL);
}

/* ---- */

static void open_port(int port)
{
	char name[16];

	sprintf(name, "p%d", port);
	tap_need(conf_read(&sw, port, &port_defaults[port]), "cannot read a port");
	if (port_defaults[port].ifindex != if_nametoindex(name))
		die("not this port's device:", name);
	tap_need(bpf_map_lookup_elem(sw.map.state, &port, &state_defaults[port]),
		 "cannot read state");
	sprintf(name, "e%d", port);
	outer[port] = frame_open(name);
}

static void open_switch(const char *name)
{
	tap_need(xsw_switch_open(name, &sw), "cannot open");
	tap_need(switch_read(&sw, &sw_defaults), "cannot read");
	for (int port = 1; port <= PORTS; port++)
		open_port(port);
	run_open(sw.dir);
}

/* Decisions are remembered per CPU. */
static void stay_here(void)
{
	cpu_set_t cpus;

	CPU_ZERO(&cpus);
	CPU_SET(sched_getcpu(), &cpus);
	sched_setaffinity(0, sizeof(cpus), &cpus);
}

int main(int argc, char **argv)
{
	if (argc != 2) {
		fprintf(stderr, "usage: steps SWITCH\n");
		return 2;
	}
	stay_here();
	open_switch(argv[1]);
	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
		if (steps[i].in)
			case_check(&steps[i]);
		else
			section = steps[i].name;
	}
	timer_removes_expired();
	section = "bulks";
	flood_after_unicast();
	section = "remembered";
	for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++)
		pair_check(&pairs[i]);
	for (int hook = 0; hook < HOOKS; hook++) {
		memory_is_short(hook);
		strangers(hook, "any other source", ETH_ALEN);
		strangers(hook, "any other destination", 0);
	}
	set_all("");
	return tap_end();
}
