// SPDX-License-Identifier: GPL-2.0
/* The VLAN rules by exhaustion: the step headers, as xsw-slowpath compiles them, against the
 * model in model.h, for every frame and every pair of port settings that the rules can tell
 * apart.
 *
 *   exhaustive [N]		prints TAP; N: only every Nth frame of each port's settings
 *
 * All frames with two tags and all settings of two ports would be more than 10^2000 cases, for
 * a list alone has 4095 bits. Two billion stand for them, because the rules treat alike
 *  - VIDs with the same answers to: is it 0, 4095, a port's tag, in a list? So there are four
 *    tags and ten lists, and frames with the VIDs named there and their neighbours, where a
 *    wrong comparison or a wrong word of the bit map shows;
 *  - all that is behind the second tag, but for whether it begins with another whole tag;
 *  - PCP and DEI of the second tag, which no rule reads: they are other ones than the first's,
 *    of which there are all sixteen;
 *  - the flags of two ports (isolated, local, hairpin, floods, accept_untagged and so on) and
 *    the classes of addresses in all VLANs that admit a frame: of these there are all
 *    combinations, with few frames and one setting of each mode.
 * Lists that a mode does not read name VLAN 77 alone, so that a step that read them would show.
 * Settings are read from the words of `port set`, which are printed where something is wrong.
 */
#include "tools/slowpath/steps/steps.c"

/* Asked by the part of flood_xdp.h that plans a flood, which nothing here calls. */
#pragma GCC diagnostic ignored "-Wunused-function"
static long bpf_check_mtu(void *ctx, __u32 ifindex, __u32 *mtu, __s32 delta, __u64 flags)
{
	return -1;
}

#include "bpf/flood_xdp.h"

#include <stdarg.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "ctrl/base/clock.h"
#include "ctrl/port/settings.h"
#include "ctrl/port/work.h"
#include "ctrl/stats/port_stats.h"
#include "maps/drop.h"

#include "model.h"
#include "tap.h"

#define IN 1 /* port numbers */
#define OUT 2
#define CONFS 512
#define FRAMES 65536
#define LONGEST 40 /* bytes of a frame */
#define ROOM 48	   /* in front of it, for metadata */
#define REPORTS 3
#define PROGRESS_S 10

/* Settings of a port, read as `port set` reads them, and as the model has them. */
struct conf {
	char words[512];
	struct xsw_port in, out; /* the same, of port IN and port OUT */
	struct model_port model;
};

struct frame {
	int len;
	__u8 data[LONGEST];
	struct pkt pkt; /* parsed */
	int parsed;	/* FRAME_* */
};

/* What all processes of a run share. */
static struct {
	_Atomic __u64 cases, wrong;
	_Atomic int next, reports;
} * all;

static struct conf confs[CONFS];
static struct frame frames[FRAMES];
static int n_confs, n_frames, every = 1;
static struct xsw_switch sw;
static struct model_switch model;

static const __u16 vids[] = { 0, 1, 9, 10, 11, 12, 20, 63, 64, 4093, 4094, 4095 };
static const __u16 tags[] = { 10, 11, 4094, 0 }; /* 0: of access ports alone */
static const __u16 tpids[] = { 0x8100, 0x88a8 };
static const char *const trunks[] = { "all",  "0",	 "10",	    "20",   "4094",
				      "9,11", "0,10,20", "11-4093", "0-63", "64-4094" };
static const char *const cvlans[] = { "all",  "0",	   "10",   "4094",
				      "0,20", "9,11-4093", "0-63", "64-4094" };
#define UNREAD "77"
static const char *const modes[] = { "access", "trunk", "native-tagged", "native-untagged",
				     "dot1q-tunnel" };
static const char *const prios[] = { "never", "if-nonzero", "always" };

#define COUNT(array) ((int)(sizeof(array) / sizeof((array)[0])))

/* ---- settings */

/* Read @words on top of what @conf is. */
static void conf_words(struct xsw_port *conf, const char *words)
{
	struct xsw_port_record meta = {};
	struct xsw_port_settings want = {};
	const struct xsw_port now = *conf;
	char copy[256], *next = copy, *word, *value;
	const struct opt *opt;

	snprintf(copy, sizeof(copy), "%s", words);
	while ((word = strsep(&next, " ")) && (value = strsep(&next, " "))) {
		opt = opts_find(&port_opts, word);
		tap_need(opt ? 0 : -1, word);
		tap_need(opt_read(&port_opts, opt, value, "p", &want), word);
	}
	tap_need(port_settings_apply("p", &now, &meta, &want, conf), words);
}

static void model_list(bool *set, const char *list)
{
	char *at = strcmp(list, "all") ? (char *)list : "0-4094";
	long first, last;

	while (*at) {
		first = strtol(at, &at, 10);
		last = *at == '-' ? strtol(at + 1, &at, 10) : first;
		while (first <= last)
			set[first++] = true;
		at += *at == ',';
	}
}

static void conf_add(int mode, int tag, const char *of_trunks, const char *of_cvlans, int tpid,
		     int prio)
{
	struct conf *c = &confs[n_confs++];
	char with_tag[16] = "";

	if (mode != TRUNK)
		sprintf(with_tag, " tag %d", tag);
	snprintf(
		c->words, sizeof(c->words),
		"vlan_mode %s%s trunks %s cvlans %s qinq_ethtype %s priority_tags %s default_pcp %d",
		modes[mode], with_tag, of_trunks, of_cvlans, tpid == 0x8100 ? "802.1q" : "802.1ad",
		prios[prio], 3 * prio);
	conf_words(&c->in, c->words);
	c->out = c->in;
	c->in.port = IN;
	c->out.port = OUT;
	c->model = (struct model_port){ .mode = mode,
					.priority_tags = prio,
					.default_pcp = 3 * prio,
					.tag = mode == TRUNK ? 0 : tag,
					.qinq_tpid = tpid,
					.flood = true,
					.mcast_flood = true,
					.bcast_flood = true,
					.rx = true,
					.tx = true,
					.accept_untagged = true,
					.accept_tagged = true,
					.local = true };
	model_list(c->model.trunks, of_trunks);
	model_list(c->model.cvlans, of_cvlans);
}

/* All of a mode with this tag, which reads so many of the lists. */
static void confs_of(int mode, int tag, int n_trunks, int n_cvlans)
{
	for (int prio = 0; prio < COUNT(prios); prio++)
		for (int t = 0; t < (n_trunks ?: 1); t++)
			for (int c = 0; c < (n_cvlans ?: 1); c++)
				for (int tpid = 0; tpid < (n_cvlans ? COUNT(tpids) : 1); tpid++)
					conf_add(mode, tag, n_trunks ? trunks[t] : UNREAD,
						 n_cvlans ? cvlans[c] : UNREAD, tpids[tpid], prio);
}

static void confs_make(void)
{
	for (int tag = 0; tag < COUNT(tags); tag++) {
		confs_of(ACCESS, tags[tag], 0, 0);
		if (!tags[tag])
			continue;
		confs_of(NATIVE_TAGGED, tags[tag], COUNT(trunks), 0);
		confs_of(NATIVE_UNTAGGED, tags[tag], COUNT(trunks), 0);
		confs_of(DOT1Q_TUNNEL, tags[tag], 0, COUNT(cvlans));
	}
	confs_of(TRUNK, 0, COUNT(trunks), 0);
}

/* ---- frames */

static void ctx_begin(struct xdp_md *ctx, __u8 *room, const __u8 *data, int len)
{
	memcpy(room + ROOM, data, len);
	*ctx = (struct xdp_md){ .data = (long)room + ROOM,
				.data_meta = (long)room + ROOM,
				.data_end = (long)room + ROOM + len,
				.data_hard_start = (long)room };
}

static void frame_parse(struct frame *f)
{
	__u8 room[ROOM + LONGEST];
	struct xdp_md ctx;
	int suspect;

	ctx_begin(&ctx, room, f->data, f->len);
	memset(&f->pkt, 0, sizeof(f->pkt));
	f->parsed = xdp_parse(&ctx, &f->pkt, false, &suspect);
}

/* A frame like @f, from now on. */
static void frame_add(const struct frame *f)
{
	frames[n_frames] = *f;
	frame_parse(&frames[n_frames++]);
}

static void frame_begin(struct frame *f)
{
	static const __u8 macs[12] = { 2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1 };

	memcpy(f->data, macs, sizeof(macs));
	f->len = sizeof(macs);
}

static void frame_put(struct frame *f, unsigned int value)
{
	f->data[f->len++] = value >> 8;
	f->data[f->len++] = value & 0xff;
}

/* Ends with a payload of @type, or @cut bytes after the type. */
static void frame_end(struct frame f, unsigned int type, int cut)
{
	frame_put(&f, type);
	for (int i = 0; i < 8; i++)
		f.data[f.len + i] = 0x41 + i;
	f.len += cut >= 0 ? cut : 8;
	frame_add(&f);
}

/* What may stand behind a second tag. */
static void frames_behind(struct frame f)
{
	frame_end(f, 0x88b5, -1);
	frame_end(f, 0x88b5, 0);
	frame_end(f, 0x8100, 3); /* a tag that is cut short */
	frame_put(&f, 0x88a8);
	frame_put(&f, 0x3014);
	frame_end(f, 0x88b5, -1);
}

/* What may stand behind a first tag with these PCP and DEI. */
static void frames_inner(struct frame f, unsigned int pcp_dei)
{
	struct frame inner;

	frame_end(f, 0x88b5, -1);
	frame_end(f, 0x88b5, 0);
	frame_end(f, 0x9100, -1); /* no TPID */
	frame_end(f, 0x88a8, 0);  /* tags that are cut short */
	frame_end(f, 0x8100, 3);
	for (int i = 0; i < COUNT(tpids) * COUNT(vids); i++) {
		inner = f;
		frame_put(&inner, tpids[i % COUNT(tpids)]);
		frame_put(&inner, (~pcp_dei & 0xf000) | vids[i / COUNT(tpids)]);
		frames_behind(inner);
	}
}

static void frames_make(void)
{
	struct frame f = {}, tagged;

	frame_begin(&f);
	frame_end(f, 0x88b5, -1);
	frame_end(f, 0x88b5, 0);
	frame_end(f, 0x9100, -1);
	for (int cut = 0; cut < 4; cut++)
		frame_end(f, tpids[cut & 1], cut);
	for (int vid = 0; vid < COUNT(vids); vid++)
		for (int i = 0; i < 16 * COUNT(tpids); i++) {
			tagged = f;
			frame_put(&tagged, tpids[i & 1]);
			frame_put(&tagged, i >> 1 << 12 | vids[vid]);
			frames_inner(tagged, i >> 1 << 12);
		}
}

/* ---- what is wrong */

/* An address in the words of steps_words.h. */
static char *mac_text(char *to, const __u8 *mac)
{
	static const char *const begins[] = { "\x02\0\0h", "\x01\0\x5eg", "\x01\x80\xc2r" };

	for (int i = 0; i < COUNT(begins); i++)
		if (!memcmp(mac, begins[i], 3) && !mac[3] && !mac[4])
			return to + sprintf(to, "%c%d ", begins[i][3], mac[5]);
	return to + sprintf(to, "%s ", mac[0] == 0xff ? "bcast" : mac[0] ? "group" : "zero");
}

/* A frame in these words, and the EtherType behind its tags. */
static const char *frame_text(const __u8 *data, int len)
{
	static char text[4][256];
	static int turn;
	char *to = text[turn++ & 3], *start = to;
	int at = 12;

	to = mac_text(mac_text(to, data), data + 6);
	for (; model_tag_at(data + at, len - at); at += 4)
		to += sprintf(to, "%04x/%d/%d%s ", model_be16(data + at),
			      model_be16(data + at + 2) & 0xfff, data[at + 2] >> 5,
			      data[at + 2] & 0x10 ? "/dei" : "");
	if (len >= at + 2)
		to += sprintf(to, "type %04x ", model_be16(data + at));
	sprintf(to, "len%d", len);
	return start;
}

__attribute__((format(printf, 3, 4))) static void wrong(const struct frame *f,
							const struct conf *in, const char *fmt, ...)
{
	va_list args;

	atomic_fetch_add(&all->wrong, 1);
	if (atomic_fetch_add(&all->reports, 1) >= REPORTS)
		return;
	flockfile(stdout);
	printf("# a frame %s\n#   port set p1 %s\n", frame_text(f->data, f->len), in->words);
	va_start(args, fmt);
	vprintf(fmt, args);
	va_end(args);
	fflush(stdout);
	funlockfile(stdout);
}

/* ---- the steps beside the model */

static const int reasons[MODEL_DROPS] = {
	[MODEL_OK] = ADMITTED,
	[MODEL_RUNT] = XSW_DROP_RUNT,
	[MODEL_RX_OFF] = XSW_DROP_RX_OFF,
	[MODEL_RESERVED] = XSW_DROP_RESERVED,
	[MODEL_SRC] = XSW_DROP_SRC,
	[MODEL_VID] = XSW_DROP_VID,
	[MODEL_VLAN] = XSW_DROP_VLAN,
	[MODEL_SAME_PORT] = XSW_DROP_SAME_PORT,
	[MODEL_ISOLATED] = XSW_DROP_ISOLATED,
	[MODEL_TX_OFF] = XSW_DROP_TX_OFF,
	[MODEL_NO_MEMBER] = XSW_DROP_NO_MEMBER,
};

static const char *reason_text(int why)
{
	return why == ADMITTED ? "admitted" : xsw_drop_text(why);
}

/* A frame in the switch, for both. */
struct inside {
	const struct frame *f;
	const struct conf *in;
	struct pkt pkt;	  /* after ingress() */
	struct pkt flood; /* the same, as a copy of a flood by XDP has it */
	struct model_frame model;
};

/* Through the metadata that XDP puts in front of a flood. */
static bool through_meta(struct inside *i, __u32 flood_flag)
{
	__u8 room[ROOM + LONGEST];
	struct xdp_md ctx;

	ctx_begin(&ctx, room, i->f->data, i->f->len);
	memset(&i->flood, 0, sizeof(i->flood));
	if (flood_push_meta(&ctx, &i->pkt, flood_flag))
		return false;
	flood_pop_meta((void *)ctx.data_meta, &i->flood);
	return ((struct flood_meta *)ctx.data_meta)->flood_flag == flood_flag;
}

/* Return: was it admitted, by both? */
static bool enters(struct inside *i)
{
	const struct frame *f = i->f;
	enum model_drop want = model_check_header(&model, &i->in->model, f->data, f->len);
	int why = f->parsed == FRAME_RUNT ? XSW_DROP_RUNT : ADMITTED;

	i->pkt = f->pkt;
	if (why == ADMITTED)
		why = ingress(&i->pkt, &i->in->in, &sw);
	i->model = (struct model_frame){ .rest = f->data + 12, .rest_len = f->len - 12 };
	memcpy(i->model.macs, f->data, sizeof(i->model.macs));
	if (!want)
		want = model_admit(&i->in->model, &i->model);
	if (why != reasons[want])
		wrong(f, i->in, "#   is %s, not %s\n", reason_text(why),
		      reason_text(reasons[want]));
	else if (!want && i->pkt.dst.vlan != i->model.vlan)
		wrong(f, i->in, "#   is in VLAN %d, not %d\n", i->pkt.dst.vlan, i->model.vlan);
	else if (!want && !through_meta(i, XSW_PORT_FLOOD))
		wrong(f, i->in, "#   has no metadata\n");
	else
		return !want;
	return false;
}

/* Is it retagged as the model says? */
static void leaves(const struct inside *i, const struct conf *out)
{
	struct model_out want;
	__u8 room[ROOM + LONGEST];
	struct retag r, copy;
	struct xdp_md ctx;
	int len, err;

	egress_tags(&i->pkt, &out->out, &r);
	egress_tags(&i->flood, &out->out, &copy);
	ctx_begin(&ctx, room, i->f->data, i->f->len);
	err = xdp_retag(&ctx, &r);
	len = ctx.data_end - ctx.data;
	model_write(&out->model, &i->model, &want);
	if (err || len != want.len || memcmp((void *)ctx.data, want.data, len))
		wrong(i->f, i->in, "#   port set p2 %s\n#   leaves as %s\n#        not as %s\n",
		      out->words, frame_text((void *)ctx.data, len),
		      frame_text(want.data, want.len));
	else if (memcmp(&r, &copy, sizeof(r)))
		wrong(i->f, i->in, "#   port set p2 %s\n#   a copy of a flood leaves otherwise\n",
		      out->words);
}

/* @same: @out is the port where it came in */
static void may_leave(const struct inside *i, const struct conf *out, bool same, __u32 flood_flag,
		      bool floods)
{
	const struct xsw_port *p = same ? &out->in : &out->out;
	int why = egress_admit(&i->pkt, p);
	enum model_drop want = model_may_leave(&i->in->model, &out->model, same, &i->model);
	bool reached = flood_reaches(&i->flood, flood_flag, p);

	if (why != reasons[want])
		wrong(i->f, i->in, "#   port set p%d %s\n#   is %s, not %s\n", same ? IN : OUT,
		      out->words, reason_text(why), reason_text(reasons[want]));
	else if (reached != (!want && floods))
		wrong(i->f, i->in, "#   port set p%d %s\n#   a flood %s it\n", same ? IN : OUT,
		      out->words, reached ? "reaches" : "misses");
	else if (!want)
		leaves(i, out);
}

/* ---- every pair of settings */

/* All frames, from one port to all others. Return: how many cases that were. */
static __u64 from_port(int n)
{
	struct inside i = { .in = &confs[n] };
	__u64 cases = 0;

	for (int f = n % every; f < n_frames; f += every, cases++) {
		i.f = &frames[f];
		if (!enters(&i))
			continue;
		for (int out = 0; out < n_confs; out++)
			may_leave(&i, &confs[out], false, XSW_PORT_FLOOD, true);
		cases += n_confs;
	}
	return cases;
}

/* Back to the port where they came in. */
static __u64 hairpins(int n)
{
	static struct conf c;
	struct inside i = { .in = &c };
	__u64 cases = 0;

	c = confs[n];
	c.in.flags |= XSW_PORT_HAIRPIN;
	c.model.hairpin = true;
	for (int f = n % every; f < n_frames; f += every, cases++) {
		i.f = &frames[f];
		if (enters(&i))
			may_leave(&i, &c, true, XSW_PORT_FLOOD, true);
	}
	return cases;
}

/* ---- every combination of flags */

#define FLAGS_IN 6
#define FLAGS_OUT 7

static void set_flag(struct conf *c, __u32 flag, bool *of_model, bool on, const char *word,
		     bool inverse)
{
	size_t used = strlen(c->words);

	if (on != inverse) {
		c->in.flags |= flag;
		c->out.flags |= flag;
	} else {
		c->in.flags &= ~flag;
		c->out.flags &= ~flag;
	}
	*of_model = on;
	snprintf(c->words + used, sizeof(c->words) - used, " %s %s", word, on ? "on" : "off");
}

/* Bit by bit of @bits; @is_in: what matters where a frame enters */
static void set_flags(struct conf *c, unsigned int bits, bool is_in)
{
	struct model_port *m = &c->model;

	set_flag(c, XSW_PORT_ISOLATED, &m->isolated, bits & 1, "isolated", false);
	set_flag(c, XSW_PORT_UPLINK_ONLY, &m->local, bits & 2, "local", true);
	if (is_in) {
		set_flag(c, XSW_PORT_HAIRPIN, &m->hairpin, bits & 4, "hairpin", false);
		set_flag(c, XSW_PORT_RX, &m->rx, bits & 8, "rx", false);
		set_flag(c, XSW_PORT_ACCEPT_UNTAGGED, &m->accept_untagged, bits & 16,
			 "accept_untagged", false);
		set_flag(c, XSW_PORT_ACCEPT_TAGGED, &m->accept_tagged, bits & 32, "accept_tagged",
			 false);
		bits = bits >> FLAGS_IN << 2;
	}
	set_flag(c, XSW_PORT_TX, &m->tx, bits & 4, "tx", false);
	set_flag(c, XSW_PORT_FLOOD, &m->flood, bits & 8, "flood", false);
	set_flag(c, XSW_PORT_MCAST_FLOOD, &m->mcast_flood, bits & 16, "mcast_flood", false);
	set_flag(c, XSW_PORT_BCAST_FLOOD, &m->bcast_flood, bits & 32, "bcast_flood", false);
}

/* One setting of each mode, all in VLAN 10. */
static struct conf *conf_of_mode(int mode)
{
	for (int i = 0; i < n_confs; i++) {
		const struct model_port *m = &confs[i].model;

		if ((int)m->mode == mode && (mode == TRUNK || m->tag == 10) &&
		    (mode == TRUNK ? m->trunks[10] && m->trunks[9] :
				     m->trunks[9] || m->cvlans[9] || mode == ACCESS))
			return &confs[i];
	}
	return NULL;
}

/* Destination and source of the frames there, and what the switch does with reserved ones. */
static const struct {
	__u8 macs[12];
	bool forward_bpdu;
	__u16 forward_reserved;
} addresses[] = {
	{ { 2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1 }, false, 0 },
	{ { 1, 0, 0x5e, 0, 0, 5, 2, 0, 0, 0, 0, 1 }, false, 0 },
	{ { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 2, 0, 0, 0, 0, 1 }, false, 0 },
	{ { 1, 0x80, 0xc2, 0, 0, 0x0f, 2, 0, 0, 0, 0, 1 }, false, 0 },
	{ { 1, 0x80, 0xc2, 0, 0, 0x0f, 2, 0, 0, 0, 0, 1 }, true, 0 },
	{ { 1, 0x80, 0xc2, 0, 0, 0x0e, 2, 0, 0, 0, 0, 1 }, false, 0xbffd },
	{ { 1, 0x80, 0xc2, 0, 0, 0x0e, 2, 0, 0, 0, 0, 1 }, false, 0x4000 },
	{ { 1, 0x80, 0xc2, 0, 0, 0x10, 2, 0, 0, 0, 0, 1 }, false, 0 },
	{ { 2, 0, 0, 0, 0, 2, 1, 0, 0, 0, 0, 1 }, false, 0 },
	{ { 2, 0, 0, 0, 0, 2 }, false, 0 },
};

static struct frame few[COUNT(addresses) * 6];

static void few_make(void)
{
	static const __u16 vid[] = { 0, 10, 11, 4095 };
	struct frame f;
	int n = n_frames;

	for (int a = 0; a < COUNT(addresses); a++)
		for (int i = 0; i < 6; i++) {
			frame_begin(&f);
			memcpy(f.data, addresses[a].macs, 12);
			if (i)
				frame_put(&f, 0x8100), frame_put(&f, 0x6000 | vid[(i - 1) & 3]);
			if (i == 5)
				frame_put(&f, 0x88a8), frame_put(&f, 20);
			frame_end(f, 0x88b5, -1);
			few[a * 6 + i] = frames[n];
			n_frames = n;
		}
}

/* As verdict_flood() says what kind of flood it would be. */
static void few_to(struct inside *i, const struct conf *out, bool same)
{
	struct verdict v;

	verdict_flood(&v, &i->pkt);
	if (!through_meta(i, v.flood_flag))
		wrong(i->f, i->in, "#   has no metadata\n");
	may_leave(i, out, same, v.flood_flag, model_floods_to(&out->model, i->f->data));
}

/* From a port with some flags to one of mode @to with each combination, and back to itself. */
static __u64 flags_from(const struct conf *in, int to)
{
	struct inside i = { .in = in };
	struct conf out;
	__u64 cases = 0;

	for (int bits = 0; bits < 1 << (FLAGS_OUT - 1); bits++) {
		out = *conf_of_mode(to);
		set_flags(&out, bits, false);
		for (int f = 0; f < COUNT(few); f++, cases++) {
			model.forward_bpdu = addresses[f / 6].forward_bpdu;
			sw.flags = model.forward_bpdu ? XSW_SWITCH_FORWARD_BPDU : 0;
			model.forward_reserved = addresses[f / 6].forward_reserved;
			sw.forward_reserved = model.forward_reserved;
			i.f = &few[f];
			if (!enters(&i))
				continue;
			few_to(&i, &out, false);
			if (!bits && !to)
				few_to(&i, in, true);
		}
	}
	sw.flags = 0;
	sw.forward_reserved = 0;
	model.forward_bpdu = false;
	model.forward_reserved = 0;
	return cases;
}

static __u64 flags_of(int mode)
{
	static struct conf in;
	__u64 cases = 0;

	for (int bits = 0; bits < 1 << (FLAGS_IN + 4); bits++) {
		if (bits % every && every > 16)
			continue;
		in = *conf_of_mode(mode);
		set_flags(&in, bits, true);
		for (int to = 0; to < COUNT(modes); to++)
			cases += flags_from(&in, to);
	}
	return cases;
}

/* ---- */

static int parts(void)
{
	return n_confs + COUNT(modes);
}

static void work(void)
{
	int part;

	while ((part = atomic_fetch_add(&all->next, 1)) < parts())
		atomic_fetch_add(&all->cases, part < n_confs ? from_port(part) + hairpins(part) :
							       flags_of(part - n_confs));
}

static void progress(void)
{
	int part = atomic_load(&all->next);

	printf("# %d of %d: %llu million cases, %llu wrong\n", part < parts() ? part : parts(),
	       parts(), (unsigned long long)atomic_load(&all->cases) / 1000000,
	       (unsigned long long)atomic_load(&all->wrong));
	fflush(stdout);
}

static void run(void)
{
	int cpus = sysconf(_SC_NPROCESSORS_ONLN), status;
	double told = monotonic_s();

	for (int i = 0; i < cpus; i++)
		if (!fork()) {
			work();
			_exit(0);
		}
	while (cpus) {
		if (waitpid(-1, &status, WNOHANG) > 0) {
			cpus--;
			if (status)
				atomic_fetch_add(&all->wrong, 1);
			continue;
		}
		usleep(20000);
		if (monotonic_s() - told > PROGRESS_S) {
			progress();
			told = monotonic_s();
		}
	}
}

int main(int argc, char **argv)
{
	char name[128];

	every = argc > 1 ? atoi(argv[1]) : 1;
	all = mmap(NULL, sizeof(*all), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (every < 1 || all == MAP_FAILED || umap_memory_begin(steps_maps(), 64))
		return 2;
	confs_make();
	frames_make();
	few_make();
	printf("# %d settings of a port, %d frames\n", n_confs, n_frames);
	fflush(stdout);
	run();
	snprintf(name, sizeof(name), "%llu cases are as the model says, %llu are not",
		 (unsigned long long)(all->cases - all->wrong), (unsigned long long)all->wrong);
	tap_report(!all->wrong, name);
	return tap_end();
}
