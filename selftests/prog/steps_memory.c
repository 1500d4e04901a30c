// SPDX-License-Identifier: GPL-2.0
/* The table in steps_cases.h against the steps as xsw-slowpath runs them, on maps in the memory
 * of this process. What a hook hands to the next one, or only TC sees, is left out.
 *
 *   steps_memory	prints TAP
 */
#include <linux/bpf.h>

#include "ctrl/port/settings.h"
#include "ctrl/port/work.h"
#include "ctrl/stats/port_stats.h"
#include "ctrl/switch/settings.h"
#include "maps/drop.h"
#include "maps/stats.h"

#include "steps_user.h"
#include "steps_words.h"
#include "tap.h"

enum hook { HOOK_XDP, HOOK_TC };

#include "steps_cases.h"

#define PORTS 4
#define TEXT_MAX 512
#define ENTRIES 64
#define FDB_MAX 65536
#define AGEING_S 300
#define AGEING_TICKS (AGEING_S * 1000000000ULL >> XSW_TICK_SHIFT)
#define NOW_NS 1000000000000000ULL

static struct words_frame sent[PORTS];
static int n_sent;

/* ---- who sends */

static void buffer_put(void *arg, struct steps_frame *f)
{
	free(f);
}

static uint32_t mtu(void *arg, uint32_t port)
{
	return port == 1 ? 2000 : 1500;
}

static struct steps_frame *clone(void *arg, const struct steps_frame *f)
{
	return buffer_get(f->data, f->end - f->data);
}

static int send_frame(void *arg, struct steps_frame *f, uint32_t port)
{
	if (n_sent < PORTS) {
		sent[n_sent].port = port;
		sent[n_sent].len = f->end - f->data;
		memcpy(sent[n_sent].data, f->data, f->end - f->data);
	}
	n_sent++;
	buffer_put(arg, f);
	return 0;
}

static const struct steps_ops ops = { mtu, clone, send_frame, buffer_put };

/* ---- the state before */

/* What the kernel's hooks alone ask */
static bool is_of_device(const char *word)
{
	static const char *const words[] = { "xdp_out", "gro", "gso", "csum_check" };

	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
		if (!strcmp(word, words[i]))
			return true;
	return false;
}

/* @words: as of `port set` */
static void set_port(int port, char *words)
{
	struct xsw_port_settings want = {};
	struct xsw_port none = {}, *conf = at("xsw_port", port);
	struct xsw_port_record meta = {};
	char *word, *value;

	while ((word = strsep(&words, " ")) && (value = strsep(&words, " ")))
		if (!is_of_device(word))
			words_option(&port_opts, word, value, &want);
	if (port_settings_apply("p", &none, &meta, &want, conf))
		die("settings", "");
	conf->port = port;
	conf->ifindex = 100 + port;
	*(uint32_t *)at("xsw_slot", port) = port;
}

static void set_switch(struct xsw_switch *sw, char *words)
{
	struct xsw_switch_settings want = {};
	char *word, *value;

	while ((word = strsep(&words, " ")) && (value = strsep(&words, " ")))
		words_option(&switch_opts, word, value, &want);
	switch_settings_apply(&want, sw);
}

/* A new switch with these settings. */
static void set_all(const char *settings)
{
	char copy[TEXT_MAX], *next = copy, *item, *who;
	struct xsw_switch *sw;

	umap_memory_end();
	if (umap_memory_begin(steps_maps(), FDB_MAX))
		die("no memory", "");
	umap_clock.coarse_ns = NOW_NS;
	sw = at("xsw_switch", 0);
	sw->ageing_s = AGEING_S;
	sw->ageing_ticks = AGEING_TICKS;
	sw->fdb_max = FDB_MAX;
	sw->port_end = PORTS + 1;
	for (int port = 1; port <= PORTS; port++)
		set_port(port, NULL);
	snprintf(copy, sizeof(copy), "%s", settings);
	while ((item = strsep(&next, ";"))) {
		item += strspn(item, " ");
		who = strsep(&item, " ");
		if (!strcmp(who, "sw"))
			set_switch(sw, item);
		else if (words_port(who, PORTS))
			set_port(words_port(who, PORTS), item);
	}
}

static void fdb_put(char *item)
{
	struct words_fdb f = words_fdb_read(item, PORTS);
	struct xsw_fdb_entry e = {
		.seen = (NOW_NS >> XSW_TICK_SHIFT) - (f.age_s * 1000000000ULL >> XSW_TICK_SHIFT),
		.port = f.port,
		.flags = f.is_static ? XSW_FDB_STATIC : 0,
	};

	if (!e.port)
		return;
	steps_fdb_put(&f.key, &e);
}

static void fdb_fill(const char *entries)
{
	char copy[TEXT_MAX], *next = copy, *item;

	snprintf(copy, sizeof(copy), "%s", entries);
	while ((item = strsep(&next, ";")))
		fdb_put(item + strspn(item, " "));
}

/* ---- the state after */

struct rows {
	struct {
		struct xsw_fdb_key key;
		struct xsw_fdb_entry entry;
	} row[ENTRIES];
	int n;
};

static void row_add(const struct xsw_fdb_key *key, const struct xsw_fdb_entry *e, void *arg)
{
	struct rows *r = arg;

	if (r->n < ENTRIES &&
	    (e->flags || xsw_fdb_age(e, NOW_NS >> XSW_TICK_SHIFT) < AGEING_TICKS)) {
		r->row[r->n].key = *key;
		r->row[r->n++].entry = *e;
	}
}

static int by_vlan_and_mac(const void *a, const void *b)
{
	const struct xsw_fdb_key *x = a, *y = b;

	return x->vlan != y->vlan ? x->vlan - y->vlan : memcmp(x->mac, y->mac, sizeof(x->mac));
}

static void fdb_print(char *to)
{
	struct rows r = {};

	steps_fdb_each(row_add, &r);
	qsort(r.row, r.n, sizeof(r.row[0]), by_vlan_and_mac);
	*to = '\0';
	for (int i = 0; i < r.n; i++) {
		double age_s = (double)xsw_fdb_age(&r.row[i].entry, NOW_NS >> XSW_TICK_SHIFT) *
			       (1 << XSW_TICK_SHIFT) / 1e9;

		to += sprintf(to, "%sh%d p%d", i ? "; " : "", r.row[i].key.mac[5],
			      r.row[i].entry.port);
		if (r.row[i].key.vlan)
			to += sprintf(to, " %d", r.row[i].key.vlan);
		if (r.row[i].entry.flags)
			to += sprintf(to, " static");
		else if (age_s >= 1)
			to += sprintf(to, " age %.0f", age_s);
	}
}

/* ---- a case */

static bool copies_are(const char *out)
{
	char copy[TEXT_MAX], *next = copy, *item;
	static struct words_frame f;
	int n = 0, k;

	snprintf(copy, sizeof(copy), "%s", out);
	while ((item = strsep(&next, ";"))) {
		if (!item[strspn(item, " ")])
			continue;
		words_read(item, &f);
		for (k = 0; k < n_sent && sent[k].port != f.port; k++)
			;
		if (k == n_sent || sent[k].len != f.len || memcmp(sent[k].data, f.data, f.len)) {
			printf("# p%d: %s, not %s\n", f.port,
			       k < n_sent ? words_hex(sent[k].data, sent[k].len) : "nothing",
			       words_hex(f.data, f.len));
			return false;
		}
		n++;
	}
	return n == n_sent;
}

static bool is_counted(const struct step_case *c, int port)
{
	struct xsw_stats *s = at("xsw_stats", port);

	if (c->verdict == TO)
		return s->rx_unicast == 1 && s->rx_path[XSW_PATH_AFXDP] == 1;
	if (c->verdict == FLOOD)
		return s->rx_flooded == 1;
	for (int i = 0; i < XSW_DROP_COUNT; i++)
		if (s->rx_drops[i] != !strcmp(xsw_drop_text(i), c->out))
			return false;
	return true;
}

static bool case_run(const struct step_case *c)
{
	static struct words_frame in;
	struct steps_frame *f;
	char fdb[ENTRIES * 32];

	n_sent = 0;
	words_read(c->in, &in);
	f = buffer_get(in.data, in.len);
	if (!steps_run(&ops, NULL, f, in.port))
		buffer_put(NULL, f);
	if (!copies_are(c->verdict == DROP ? "" : c->out ?: ""))
		return false;
	if (!is_counted(c, in.port)) {
		printf("# counted otherwise\n");
		return false;
	}
	fdb_print(fdb);
	if (!c->fdb_after || !strcmp(fdb, c->fdb_after))
		return true;
	printf("# known: %s, not: %s\n", fdb, c->fdb_after);
	return false;
}

int main(void)
{
	const char *section = "";

	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
		const struct step_case *c = &steps[i];
		bool good;

		if (!c->in)
			section = c->name;
		if (!c->in || c->verdict == PASS || c->hooks == TC_ONLY)
			continue;
		set_all(c->settings);
		fdb_fill(c->fdb);
		good = case_run(c);
		tap_failures += !good && !c->todo;
		printf("%sok %d - afxdp: %s: %s%s%s\n", good ? "" : "not ", ++tap_tests, section,
		       c->name, c->todo ? " # TODO " : "", c->todo ?: "");
	}
	umap_memory_end();
	return tap_end();
}
