// SPDX-License-Identifier: GPL-2.0
/* The steps compiled for a process, on maps in its own memory: no kernel has a say.
 *
 *   slowpath_memory	prints TAP
 *
 * Four ports: p1 and p2 trunks, p3 access 10, p4 absent until a test makes it.
 */
#include "maps/drop.h"
#include "maps/policer.h"
#include "maps/stats.h"

#include "steps_user.h"
#include "steps_words.h"
#include "tap.h"

#define MOST 8

static struct {
	int port, len;
	uint8_t data[FRAME_MAX];
} sent[MOST];
static int n_sent, live;
static bool refuse;

/* ---- who sends */

static struct steps_frame *frame_get(const uint8_t *data, int len)
{
	live++;
	return buffer_get(data, len);
}

static void buffer_put(void *arg, struct steps_frame *f)
{
	live--;
	free(f);
}

static uint32_t mtu(void *arg, uint32_t port)
{
	return port == 2 ? 1600 : 1500;
}

static struct steps_frame *clone(void *arg, const struct steps_frame *f)
{
	return frame_get(f->data, f->end - f->data);
}

static int send_frame(void *arg, struct steps_frame *f, uint32_t port)
{
	if (!refuse && n_sent < MOST) {
		sent[n_sent].port = port;
		sent[n_sent].len = f->end - f->data;
		memcpy(sent[n_sent++].data, f->data, f->end - f->data);
	}
	buffer_put(arg, f);
	return refuse ? -ENOBUFS : 0;
}

static const struct steps_ops ops = { mtu, clone, send_frame, buffer_put };

/* ---- the tables */

static void begin(void)
{
	switch_make(5);
	port_make(1, XSW_MODE_TRUNK, 0, 0);
	port_make(2, XSW_MODE_TRUNK, 0, 0);
	port_make(3, XSW_MODE_ACCESS, 10, 0);
}

static void run(const char *words)
{
	struct words_frame in;
	struct steps_frame *f;

	n_sent = 0;
	words_read(words, &in);
	f = frame_get(in.data, in.len);
	if (!steps_run(&ops, NULL, f, in.port))
		buffer_put(NULL, f);
}

/* Did @words, and nothing else, leave? "": nothing did. */
static bool left(const char *words)
{
	char copy[512], *next = copy, *item;
	struct words_frame out;
	int n = 0;

	snprintf(copy, sizeof(copy), "%s", words);
	while (*copy && (item = strsep(&next, ";"))) {
		words_read(item, &out);
		if (n >= n_sent || sent[n].port != out.port || sent[n].len != out.len ||
		    memcmp(sent[n].data, out.data, out.len))
			return false;
		n++;
	}
	return n == n_sent && !live;
}

static struct xsw_stats *stats(int port)
{
	return at("xsw_stats", port);
}

static int learned(void)
{
	return ((struct xsw_fdb_count *)at("xsw_fdb_count", 0))->learned;
}

/* ---- */

static void forwards(void)
{
	begin();
	run("p1 h2 h1 8100/10");
	tap_report(left("p2 h2 h1 8100/10;p3 h2 h1"), "unknown: flooded, tagged as each port is");
	tap_report(learned() == 1, "... and its source is learned");
	run("p3 h1 h3");
	tap_report(left("p1 h1 h3 8100/10"), "known: to its port alone");
	run("p3 h1 h3");
	tap_report(left("p1 h1 h3 8100/10"), "... and the same from memory");
	tap_report(stats(3)->rx_path[XSW_PATH_AFXDP] == 2 && stats(3)->rx_unicast == 2 &&
			   stats(1)->tx_packets == 2,
		   "both are counted, on path afxdp");
	umap_clock.coarse_ns += 400000000000ULL;
	run("p3 h1 h3");
	tap_report(left("p1 h1 h3 8100/10;p2 h1 h3 8100/10"), "what is too old is not known");
}

static void drops(void)
{
	begin();
	run("p3 h2 h1 8100/10");
	tap_report(left("") && stats(3)->rx_drops[XSW_DROP_VLAN] == 1,
		   "a VLAN that is not admitted");
	run("p1 h2 h1 8100/10 len15");
	tap_report(left("") && stats(1)->rx_drops[XSW_DROP_RUNT] == 1, "a cut tag");
	run("p1 h9 h1 8100/10 len1600");
	tap_report(left("p2 h9 h1 8100/10 len1600") && stats(3)->tx_drops[XSW_DROP_MTU] == 1,
		   "a frame that one port is too small for");
	refuse = true;
	run("p1 h9 h1 8100/11");
	refuse = false;
	tap_report(left("") && stats(2)->tx_drops[XSW_DROP_XMIT] == 1,
		   "a port that does not take it");
	run("p4 h9 h1");
	tap_report(left(""), "no such port");
}

static void limits(void)
{
	const struct xsw_policer_key key = {
		.port = 1, .kind = XSW_POLICE_INGRESS, .of = XSW_POLICE_VLAN, .value = 10
	};
	struct xsw_policer p = { .packets = { .mult = 1ULL << 40, .burst = 1ULL << 40 } };
	char words[32];

	begin();
	for (int i = 1; i <= 40; i++) {
		snprintf(words, sizeof(words), "p1 bcast h%d", i);
		run(words);
	}
	tap_report(learned() == 16, "a full table: fdb_max binds exactly");
	port_make(1, XSW_MODE_TRUNK, 0, XSW_PORT_POLICE_IN_OF);
	umap_update(umap_by_name("xsw_policer_of"), &key, &p, 0);
	run("p1 bcast h1 8100/10");
	run("p1 bcast h1 8100/10");
	tap_report(left("") && stats(1)->rx_drops[XSW_DROP_POLICER] == 1, "a policer of a VLAN");
	run("p1 bcast h1 8100/11");
	tap_report(left("p2 bcast h1 8100/11"), "... and of no other");
}

int main(void)
{
	forwards();
	drops();
	limits();
	umap_memory_end();
	return tap_end();
}
