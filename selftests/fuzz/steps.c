// SPDX-License-Identifier: GPL-2.0
/* The steps of the data path in a process: settings of five ports, then frames, drawn from
 * the input. Where all that is set is in the model of selftests/prog/model.h, what leaves is
 * compared with it; otherwise only what is always so is looked at.
 */
#include "selftests/fuzz/fuzz.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdbool.h>

#include "maps/drop.h"
#include "maps/fdb.h"
#include "maps/mac_limit.h"
#include "maps/policer.h"
#include "maps/port.h"
#include "maps/spoof.h"
#include "maps/stats.h"
#include "maps/switch.h"
#include "selftests/prog/model.h"
#include "tools/slowpath/steps/steps.h"
#include "tools/slowpath/steps/umap.h"

#define PORTS 5
#define FRAMES 200
#define BINDS 4
#define OUTS 8 /* more than one frame can have */
#define ROOM 4 /* a frame grows by one tag at most */
#define AGEING_S 300

#define FLAGS_DRAWN                                                                                \
	(XSW_PORT_LEARNING | XSW_PORT_FLOOD | XSW_PORT_MCAST_FLOOD | XSW_PORT_BCAST_FLOOD |        \
	 XSW_PORT_ISOLATED | XSW_PORT_LOCKED | XSW_PORT_HAIRPIN)
#define FLAGS_MODELLED (FLAGS_DRAWN | XSW_PORT_UPLINK_ONLY)
#define FLAGS_OPEN (XSW_PORT_RX | XSW_PORT_TX | XSW_PORT_ACCEPT_UNTAGGED | XSW_PORT_ACCEPT_TAGGED)
#define FLAGS_USUAL                                                                                \
	(FLAGS_OPEN | XSW_PORT_LEARNING | XSW_PORT_FLOOD | XSW_PORT_MCAST_FLOOD |                  \
	 XSW_PORT_BCAST_FLOOD)
#define FLAGS_WILD                                                                                 \
	(FLAGS_MODELLED | FLAGS_OPEN | XSW_PORT_CSUM_CHECK | XSW_PORT_PROMISC |                    \
	 XSW_PORT_SPOOF_MAC | XSW_PORT_SPOOF_VLAN | XSW_PORT_MAC_LIMIT | XSW_PORT_MAC_NO_LEARN |   \
	 XSW_PORT_MAC_SHUT | XSW_PORT_POLICE_IN | XSW_PORT_POLICE_OUT | XSW_PORT_POLICE_IN_OF |    \
	 XSW_PORT_POLICE_OUT_OF | XSW_PORT_STORM)

struct out {
	__u32 port;
	struct steps_frame *frame;
};

static struct run {
	struct draw d;
	bool wild;   /* settings that the model does not know */
	bool refuse; /* devices take nothing */
	struct model_switch model;
	__u32 mtu[PORTS + 1];
	struct out out[OUTS];
	int outs, live;
	__u64 entered[PORTS + 1], sent[PORTS + 1];
	__u64 drops[PORTS + 1][MODEL_DROPS];
	struct xsw_bind_ip_key bound[BINDS];
	int binds;
} run;

static const __u16 vids[] = { 0, 1, 10, 20, 100, 4094, 1, 4095 };
#define TAGS 6 /* of vids, those a port may have */
static const __u32 policed[] = { [XSW_POLICE_VLAN] = 10, [XSW_POLICE_PCP] = 5 };

static void *at(const char *map, __u32 index)
{
	return umap_lookup(umap_by_name(map), &index);
}

/* ---- who sends: buffers exactly as long as they must be */

static struct steps_frame *frame_make(const __u8 *data, size_t len)
{
	struct steps_frame *f = calloc(1, sizeof(*f));

	must(f);
	f->room = malloc(ROOM + len);
	must(f->room);
	f->data = f->room + ROOM;
	f->end = f->data + len;
	memcpy(f->data, data, len);
	run.live++;
	return f;
}

static void frame_free(struct steps_frame *f)
{
	free(f->room);
	free(f);
	run.live--;
}

static __u32 on_mtu(void *arg, __u32 port)
{
	must(port && port <= PORTS);
	return run.mtu[port];
}

static struct steps_frame *on_clone(void *arg, const struct steps_frame *f)
{
	struct steps_frame *copy = frame_make(f->data, f->end - f->data);

	copy->more = f->more;
	return copy;
}

static int on_send(void *arg, struct steps_frame *f, __u32 port)
{
	must(port && port <= PORTS && run.outs < OUTS);
	must(f->data >= f->room && f->data <= f->end);
	if (run.refuse) {
		frame_free(f);
		return -ENOBUFS;
	}
	run.sent[port]++;
	run.out[run.outs++] = (struct out){ port, f };
	return 0;
}

static void on_drop(void *arg, struct steps_frame *f)
{
	frame_free(f);
}

static const struct steps_ops ops = { on_mtu, on_clone, on_send, on_drop };

/* ---- settings */

static void generation_raise(void)
{
	((struct xsw_fdb_count *)at("xsw_fdb_count", 0))->generation++;
}

/* A list: all VLANs, or some of those in use. */
static bool draw_list(__u64 *bits, bool *set)
{
	__u8 which = draw8(&run.d);
	bool all = which >= 128;

	memset(bits, all ? 0xff : 0, XSW_VLAN_WORDS * sizeof(*bits));
	memset(set, all, 4096 * sizeof(*set));
	for (int i = 0; i < TAGS && !all; i++) {
		if (!(which >> i & 1))
			continue;
		bits[vids[i] / 64] |= 1ULL << (vids[i] % 64);
		set[vids[i]] = true;
	}
	return all;
}

static __u32 draw_flags(void)
{
	static const __u32 doors[] = { XSW_PORT_RX, XSW_PORT_TX, XSW_PORT_ACCEPT_UNTAGGED,
				       XSW_PORT_ACCEPT_TAGGED };
	__u32 flags = draw16(&run.d), a, b;

	if (run.wild) { /* most frames should get far: what stops them is rare */
		a = flags << 16 | draw16(&run.d);
		b = (__u32)draw16(&run.d) << 16 | draw16(&run.d);
		return ((a | b) & FLAGS_USUAL) | (a & b & FLAGS_WILD);
	}
	a = (flags >> 10 & 15) == 15 ? FLAGS_OPEN & ~doors[flags >> 14 & 3] : FLAGS_OPEN;
	if ((flags >> 7 & 7) == 7)
		a |= XSW_PORT_UPLINK_ONLY;
	return (flags & FLAGS_DRAWN) | a;
}

static void model_port_set(struct model_port *m, const struct xsw_port *p, __u32 mtu)
{
	m->mode = (enum model_mode)p->vlan_mode;
	m->priority_tags = (enum model_prio)p->priority_tags;
	m->default_pcp = p->default_pcp;
	m->tag = p->tag;
	m->qinq_tpid = ntohs(p->qinq_tpid);
	m->learning = p->flags & XSW_PORT_LEARNING;
	m->flood = p->flags & XSW_PORT_FLOOD;
	m->mcast_flood = p->flags & XSW_PORT_MCAST_FLOOD;
	m->bcast_flood = p->flags & XSW_PORT_BCAST_FLOOD;
	m->isolated = p->flags & XSW_PORT_ISOLATED;
	m->locked = p->flags & XSW_PORT_LOCKED;
	m->hairpin = p->flags & XSW_PORT_HAIRPIN;
	m->rx = p->flags & XSW_PORT_RX;
	m->tx = p->flags & XSW_PORT_TX;
	m->accept_untagged = p->flags & XSW_PORT_ACCEPT_UNTAGGED;
	m->accept_tagged = p->flags & XSW_PORT_ACCEPT_TAGGED;
	m->local = !(p->flags & XSW_PORT_UPLINK_ONLY);
	m->mtu = mtu;
}

static void draw_port(int port)
{
	static const __u32 mtus[] = { 1500, 1500, 1504, 100, 60, 9000, 46, 0 };
	struct model_port *m = &run.model.port[port - 1];
	struct xsw_port *p = at("xsw_port", port);
	__u8 mode = draw8(&run.d), more = draw8(&run.d);

	memset(p, 0, sizeof(*p));
	p->port = port;
	p->ifindex = 100 + port;
	p->vlan_mode = mode % 5;
	p->priority_tags = mode / 5 % 3;
	p->qinq_tpid = htons(mode & 128 ? 0x88a8 : 0x8100);
	p->tag = p->vlan_mode == XSW_MODE_TRUNK	 ? 0 :
		 p->vlan_mode == XSW_MODE_ACCESS ? vids[more % TAGS] :
						   vids[1 + more % (TAGS - 1)];
	run.mtu[port] = mtus[more / 8 % (run.wild ? 8 : 7)];
	p->flags = draw_flags();
	p->default_pcp = mode >> 4 & 7;
	if (p->default_pcp)
		p->flags |= XSW_PORT_RARE;
	if (draw_list(p->trunks, m->trunks))
		p->flags |= XSW_PORT_TRUNKS_ALL;
	if (draw_list(p->cvlans, m->cvlans))
		p->flags |= XSW_PORT_CVLANS_ALL;
	model_port_set(m, p, run.mtu[port]);
	*(__u32 *)at("xsw_slot", port) = port;
	generation_raise();
}

static void draw_rate(struct xsw_rate *r)
{
	__u8 rate = draw8(&run.d);

	r->mult = (rate & 15) * 1000000ULL;
	r->burst = (__u64)rate << 32;
}

static void draw_limits(int port)
{
	struct xsw_policer_key key = { .port = port };
	__u8 which = draw8(&run.d);
	struct xsw_policer *p;

	((struct xsw_guard *)at("xsw_guard", port))->mac_limit = which >> 6;
	for (int kind = 0; kind < XSW_POLICE_KINDS; kind++) {
		if (!(which >> kind & 1))
			continue;
		p = at("xsw_policer", XSW_POLICER_INDEX(port, kind));
		draw_rate(&p->bytes);
		draw_rate(&p->packets);
		draw_rate(&p->peak);
		p->flags = draw8(&run.d) & 7;
		p->yellow_pcp = p->flags;
		if (kind > XSW_POLICE_EGRESS)
			continue;
		key.kind = kind;
		key.of = draw8(&run.d) & 1;
		key.value = policed[key.of];
		umap_update(umap_by_name("xsw_policer_of"), &key, p, 0);
	}
}

static void draw_mac(__u8 *mac)
{
	static const __u8 special[][6] = { { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff },
					   { 1, 0, 0x5e, 0, 0, 5 },
					   { 0 },
					   { 1, 0x80, 0xc2, 0, 0, 0x0f },
					   { 1, 0x80, 0xc2, 0, 0, 0x10 } };
	__u8 which = draw8(&run.d);

	if (which > 240) {
		memcpy(mac, special[which % 5], 6);
		return;
	}
	memset(mac, 0, 6);
	mac[0] = 2;
	mac[5] = 1 + which % 12;
}

static void bind_put(int port, const __u8 *mac)
{
	struct xsw_bind_ip_key ip = { .port = port };
	struct xsw_bind_key key = { .port = port };
	struct xsw_bind value = { .flags = draw8(&run.d) & 1, .addresses = 1 };
	__u32 one = 1;

	memcpy(key.mac, mac, 6);
	memcpy(ip.mac, mac, 6);
	for (size_t i = 0; i < sizeof(ip.ip); i++)
		ip.ip[i] = value.flags ? draw8(&run.d) : 0;
	umap_update(umap_by_name("xsw_bind"), &key, &value, 0);
	umap_update(umap_by_name("xsw_bind_ip"), &ip, &one, 0);
	must(run.binds < BINDS);
	run.bound[run.binds++] = ip;
}

static void static_put(int port)
{
	struct xsw_fdb_entry e = { .port = port, .flags = XSW_FDB_STATIC };
	struct xsw_fdb_key key = { .vlan = vids[draw8(&run.d) % TAGS] };

	draw_mac(key.mac);
	if (key.mac[0] & 1)
		return;
	if (run.wild)
		bind_put(port, key.mac);
	if (!steps_fdb_put(&key, &e))
		model_fdb_put(&run.model, key.vlan, key.mac, port - 1, true);
}

static void draw_switch(void)
{
	struct xsw_switch *sw = at("xsw_switch", 0);
	__u8 what = draw8(&run.d);

	run.wild = what & 1;
	sw->ageing_ticks = AGEING_S * 1000000000ULL >> XSW_TICK_SHIFT;
	sw->fdb_max = run.wild ? 1 + (what >> 5) : 1024;
	sw->port_end = PORTS + 1;
	run.model.ports = PORTS;
	run.model.forward_bpdu = what & 2;
	run.model.forward_reserved = what & 32 ? 0xbffd : 0;
	sw->forward_reserved = run.model.forward_reserved;
	sw->flags = (what & 2 ? XSW_SWITCH_FORWARD_BPDU : 0) |
		    (what & 4 ? XSW_SWITCH_VLAN_STATS : 0) | (what & 8 ? XSW_SWITCH_FDB_EVICT : 0);
	if (run.wild && what & 16)
		sw->flags |= XSW_SWITCH_PROMISC;
	for (int port = 1; port <= PORTS; port++) {
		draw_port(port);
		if (run.wild)
			draw_limits(port);
	}
	for (int i = draw8(&run.d) % (BINDS + 1); i > 0; i--)
		static_put(1 + draw8(&run.d) % PORTS);
}

/* ---- all tables empty again: to make them anew would take most of the time */

static void hashes_clear(void)
{
	struct xsw_policer_key key;

	steps_fdb_clear();
	for (int i = 0; i < run.binds; i++) {
		struct xsw_bind_key mac = { .port = run.bound[i].port };

		memcpy(mac.mac, run.bound[i].mac, sizeof(mac.mac));
		umap_delete(umap_by_name("xsw_bind"), &mac);
		umap_delete(umap_by_name("xsw_bind_ip"), &run.bound[i]);
	}
	for (int i = 0; i < PORTS * 4; i++) {
		key = (struct xsw_policer_key){ .port = 1 + i / 4, .kind = i / 2 % 2, .of = i % 2 };
		key.value = policed[key.of];
		umap_delete(umap_by_name("xsw_policer_of"), &key);
	}
}

static void percpu_clear(const struct umap *map)
{
	struct umap_local *l = &umap_here[map->number];

	for (; l->n; l->n--) {
		__u32 index = l->list[l->n - 1];

		memset(l->data + (size_t)index * map->stride, 0, map->stride);
		l->touched[index] = 0;
	}
}

static void elements_clear(const char *name, __u32 n)
{
	memset(at(name, 0), 0, (size_t)n * umap_by_name(name)->stride);
}

static void tables_clear(void)
{
	if (!umap_by_name("xsw_switch")) {
		must(!umap_memory_begin(steps_maps(), 1024));
		return;
	}
	hashes_clear();
	for (const struct umap_decl *d = steps_maps(); d->name; d++)
		if (umap_by_name(d->name)->kind == UMAP_PERCPU)
			percpu_clear(umap_by_name(d->name));
	elements_clear("xsw_switch", 1);
	elements_clear("xsw_guard", PORTS + 1);
	elements_clear("xsw_policer", XSW_POLICER_INDEX(PORTS + 1, 0));
	elements_clear("xsw_vlan_keys", XSW_VLAN_BUCKETS);
	elements_clear("xsw_vlan_used", PORTS + 1);
}

/* ---- frames */

static size_t put16(__u8 *p, __u16 value)
{
	p[0] = value >> 8;
	p[1] = value & 0xff;
	return 2;
}

static size_t draw_tag(__u8 *p)
{
	static const __u16 tpids[] = { 0x8100, 0x8100, 0x88a8, 0x9100 };
	__u8 which = draw8(&run.d);

	put16(p, tpids[which & 3]);
	put16(p + 2, vids[which >> 2 & 7] | (which >> 5) << 13);
	return 4;
}

/* Words that make sense, then the bytes of the input. */
static size_t draw_frame(__u8 *data, size_t max)
{
	static const __u16 types[] = { 0x88b5, 0x0800, 0x0806, 0x86dd };
	__u8 how = draw8(&run.d), cut = draw8(&run.d);
	size_t len = 12, want;

	draw_mac(data);
	draw_mac(data + 6);
	for (int tags = how & 3; tags; tags--)
		len += draw_tag(data + len);
	len += put16(data + len, types[how >> 2 & 3]);
	want = how & 16 ? cut : len + cut * 8;
	for (int i = how >> 5 ? draw8(&run.d) : 0; i > 0 && len < max; i--)
		data[len++] = draw8(&run.d);
	if (want > max)
		want = max;
	if (len < want)
		memset(data + len, how, want - len);
	return want;
}

static bool out_take(const struct model_out *want, size_t more)
{
	for (int i = 0; i < run.outs; i++) {
		struct steps_frame *f = run.out[i].frame;

		if (!f || run.out[i].port != (__u32)want->port + 1 ||
		    f->end - f->data != want->len || memcmp(f->data, want->data, want->len))
			continue;
		frame_free(f);
		run.out[i].frame = NULL;
		return true;
	}
	return false;
}

static void compare(const struct model_verdict *v)
{
	must(run.outs == v->outs);
	for (int i = 0; i < v->outs; i++)
		must(out_take(&v->out[i], 0));
}

static void look_at_outs(__u32 in)
{
	const struct xsw_port *p = at("xsw_port", in);
	bool seen[PORTS + 1] = {};

	for (int i = 0; i < run.outs; i++) {
		must(run.out[i].port != in || p->flags & XSW_PORT_HAIRPIN);
		must(!seen[run.out[i].port]); /* once by each port */
		seen[run.out[i].port] = true;
	}
}

static void frame_run(__u32 port, const __u8 *data, size_t len)
{
	static struct model_verdict v;
	struct steps_frame *f = frame_make(data, len);

	if (run.wild && len >= 60)
		f->more = len & 3 ? 0 : 700;
	run.outs = 0;
	run.entered[port]++;
	if (!steps_run(&ops, NULL, f, port)) {
		must(f->end - f->data == (long)len && !memcmp(f->data, data, len));
		frame_free(f);
	}
	look_at_outs(port);
	if (!run.wild) {
		model_switch_frame(&run.model, port - 1, data, len, &v);
		run.drops[port][v.drop]++;
		if (!run.refuse)
			compare(&v);
	}
	for (int i = 0; i < run.outs; i++)
		if (run.out[i].frame)
			frame_free(run.out[i].frame);
	must(!run.live);
}

/* All that was learned is too old now. */
static void time_passes(void)
{
	struct model_switch *m = &run.model;
	int left = 0;

	umap_clock.coarse_ns += (AGEING_S + 1) * 1000000000ULL;
	for (int i = 0; i < m->entries; i++)
		if (m->fdb[i].is_static)
			m->fdb[left++] = m->fdb[i];
	m->entries = left;
}

/* ---- what must be so in the end */

struct tally {
	int learned;
	int of_port[PORTS + 1];
};

static void tally_each(const struct xsw_fdb_key *key, const struct xsw_fdb_entry *e, void *arg)
{
	struct tally *t = arg;

	must(e->port && e->port <= PORTS);
	if (e->flags & XSW_FDB_STATIC)
		return;
	t->learned++;
	t->of_port[e->port]++;
}

static void fdb_adds_up(void)
{
	const struct xsw_fdb_count *c = at("xsw_fdb_count", 0);
	const struct xsw_switch *sw = at("xsw_switch", 0);
	struct tally t = {};

	steps_fdb_each(tally_each, &t);
	must(c->learned == t.learned && t.learned <= (int)sw->fdb_max);
	for (int port = 1; port <= PORTS; port++)
		must(((struct xsw_guard *)at("xsw_guard", port))->learned == t.of_port[port]);
}

static void drops_as_modelled(__u32 port, const struct xsw_stats *s)
{
	static const int reasons[MODEL_DROPS] = { [MODEL_RUNT] = XSW_DROP_RUNT,
						  [MODEL_RESERVED] = XSW_DROP_RESERVED,
						  [MODEL_SRC] = XSW_DROP_SRC,
						  [MODEL_VID] = XSW_DROP_VID,
						  [MODEL_VLAN] = XSW_DROP_VLAN,
						  [MODEL_LOCKED] = XSW_DROP_LOCKED,
						  [MODEL_SAME_PORT] = XSW_DROP_SAME_PORT,
						  [MODEL_RX_OFF] = XSW_DROP_RX_OFF,
						  [MODEL_ISOLATED] = XSW_DROP_ISOLATED,
						  [MODEL_TX_OFF] = XSW_DROP_TX_OFF,
						  [MODEL_NO_MEMBER] = XSW_DROP_NO_MEMBER };

	for (int i = MODEL_RUNT; i < MODEL_DROPS; i++)
		must(s->rx_drops[reasons[i]] == run.drops[port][i]);
}

static void port_adds_up(__u32 port)
{
	const struct xsw_stats *s = at("xsw_stats", port);
	__u64 dropped = 0;

	for (int i = 0; i < XSW_DROP_MAX; i++)
		dropped += s->rx_drops[i];
	must(s->rx_path[XSW_PATH_AFXDP] == run.entered[port]);
	must(run.entered[port] ==
	     s->rx_unicast + s->rx_flooded + s->rx_punted + s->rx_host + dropped);
	must(s->tx_packets - s->tx_lost_packets == run.sent[port]);
	must(s->tx_bytes >= s->tx_lost_bytes);
	must(!s->tx_drops[XSW_DROP_NO_MEMORY]); /* there was room enough */
	if (!run.wild)
		drops_as_modelled(port, s);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static __u8 frame[2048];
	size_t len;

	tables_clear();
	memset(&run, 0, sizeof(run));
	run.d = (struct draw){ data, data + size };
	umap_clock.coarse_ns = 1000000000000ULL;
	draw_switch();
	for (int n = 0; n < FRAMES && run.d.p < run.d.end; n++) {
		__u8 what = draw8(&run.d);

		if (what == 255)
			time_passes();
		else if (what > 248)
			draw_port(1 + what % PORTS);
		else if (what == 248)
			run.refuse = !run.refuse;
		else
			len = draw_frame(frame, 1600), frame_run(1 + what % PORTS, frame, len);
	}
	fdb_adds_up();
	for (__u32 port = 1; port <= PORTS; port++)
		port_adds_up(port);
	return 0;
}
