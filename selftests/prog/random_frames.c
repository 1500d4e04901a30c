// SPDX-License-Identifier: GPL-2.0
/* Random frames over random port settings, compared byte by byte with the
 * model in model.h.
 *
 *   random_frames xdp|skb|mixed|afxdp SEED FRAMES SWITCH PORT:OUTER...
 *
 * The ports are in the switch already; OUTER is the other end of the veth.
 * Each round draws settings for all ports, applies them through $XSW, and
 * sends frames one after the other: a frame follows when all copies that the
 * model expects of the one before have arrived. Prints TAP. With TRACE=1 in the environment `xsw
 * trace` is asked before each frame, and has to say what the model says, and the path that counters
 * show in the end.
 */
#include <sched.h>
#include <json-c/json.h>
#include <stdarg.h>
#include <sys/ioctl.h>
#include <sys/wait.h>

#include "ctrl/stats/port_stats.h"

#include "frame.h"
#include "model.h"

#define ROUND_FRAMES 50
#define WAIT_S 5   /* for what should come; a busy machine may take long */
#define FAILURES 6 /* and no more: each waits */
#define REPORTS 3

struct end {
	char port[IFNAMSIZ], outer[IFNAMSIZ];
	int fd;
};

static struct end ends[MODEL_PORTS];
static struct model_switch sw;
static const char *switch_name, *path;
static char config[16384]; /* batch file of this round, for reports */
static unsigned int failures, sent_frames;
static bool quiet; /* what is wrong may be right soon */
static uint64_t rng;
static uint64_t want_tx[MODEL_PORTS], want_rx[MODEL_PORTS], want_drop[MODEL_PORTS][MODEL_DROPS],
	want_moves[MODEL_PORTS];
static uint64_t want_vlan_tx[MODEL_PORTS][4096], want_vlan_rx[MODEL_PORTS][4096];
static uint64_t maybe_vlan_rx[MODEL_PORTS][4096]; /* forwarded, if it was dropped as too long */

static const uint16_t vids[] = { 0, 1, 10, 10, 20, 20, 30, 100, 4094 };

static uint32_t rnd(uint32_t below) /* xorshift64* */
{
	rng ^= rng >> 12;
	rng ^= rng << 25;
	rng ^= rng >> 27;
	return ((rng * 0x2545F4914F6CDD1DULL) >> 33) % below;
}

static bool chance(int percent)
{
	return rnd(100) < (uint32_t)percent;
}

static uint16_t rnd_vid(void)
{
	return vids[rnd(sizeof(vids) / sizeof(vids[0]))];
}

static void config_add(const char *fmt, ...)
{
	size_t used = strlen(config);
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(config + used, sizeof(config) - used, fmt, ap);
	va_end(ap);
}

static const char *on_off(bool on)
{
	return on ? "on" : "off";
}

/* Draw a VLAN list: everything, or a few of the VIDs in use. */
static void draw_list(bool *set, const char *word)
{
	bool all = chance(40);
	const char *comma = "";

	for (int i = 0; i < 4096; i++)
		set[i] = all && i < 4095; /* an inner tag can have VID 4095 */
	if (all) {
		config_add(" %s 0-4094", word);
		return;
	}
	for (int i = 0; i < 4; i++)
		set[rnd_vid()] = true;
	config_add(" %s ", word);
	for (int i = 0; i < 4095; i++) {
		if (!set[i])
			continue;
		config_add("%s%d", comma, i);
		comma = ",";
	}
}

static void set_mtu(const char *ifname, int mtu)
{
	struct ifreq req = { .ifr_mtu = mtu };
	int fd = socket(AF_INET, SOCK_DGRAM, 0);

	strncpy(req.ifr_name, ifname, IFNAMSIZ - 1);
	if (fd < 0 || ioctl(fd, SIOCSIFMTU, &req))
		die("cannot set mtu of", ifname);
	close(fd);
}

static void draw_port(int n)
{
	static const char *const modes[] = { "access", "trunk", "native-tagged", "native-untagged",
					     "dot1q-tunnel" };
	static const char *const prios[] = { "never", "if-nonzero", "always" };
	static const int mtus[] = { 1500, 1500, 1504, 1600, 1490 };
	struct model_port *p = &sw.port[n];

	p->mode = rnd(5);
	p->priority_tags = rnd(3);
	p->default_pcp = chance(50) ? rnd(8) : 0;
	do
		p->tag = rnd_vid();
	while (!p->tag && p->mode != ACCESS);
	p->qinq_tpid = chance(50) ? 0x8100 : 0x88a8;
	p->learning = chance(85);
	p->flood = chance(85);
	p->mcast_flood = chance(85);
	p->bcast_flood = chance(85);
	p->locked = chance(10);
	p->hairpin = chance(20);
	p->isolated = chance(25);
	p->local = chance(85);
	p->rx = chance(97);
	p->tx = chance(97);
	p->accept_untagged = chance(95);
	p->accept_tagged = chance(95);
	p->mtu = mtus[rnd(5)];
	set_mtu(ends[n].port, p->mtu);
	config_add("port set %s vlan_mode %s", ends[n].port, modes[p->mode]);
	if (p->mode != TRUNK)
		config_add(" tag %d", p->tag);
	draw_list(p->trunks, "trunks");
	draw_list(p->cvlans, "cvlans");
	config_add(" default_pcp %d", p->default_pcp);
	config_add(" qinq_ethtype %s priority_tags %s learning %s flood %s mcast_flood %s"
		   " bcast_flood %s isolated %s locked %s hairpin %s local %s rx %s tx %s"
		   " accept_untagged %s accept_tagged %s\n",
		   p->qinq_tpid == 0x8100 ? "802.1q" : "802.1ad", prios[p->priority_tags],
		   on_off(p->learning), on_off(p->flood), on_off(p->mcast_flood),
		   on_off(p->bcast_flood), on_off(p->isolated), on_off(p->locked),
		   on_off(p->hairpin), on_off(p->local), on_off(p->rx), on_off(p->tx),
		   on_off(p->accept_untagged), on_off(p->accept_tagged));
}

static void draw_mac(uint8_t *mac)
{
	static const uint8_t base[6] = { 0x02, 0, 0, 0, 0, 0 };

	memcpy(mac, base, 6);
	mac[5] = 1 + rnd(10);
}

/* Some addresses have static entries, so that locked ports hear something. */
static void draw_static(void)
{
	for (int i = 0; i < 6; i++) {
		uint8_t mac[6];
		int port = rnd(sw.ports);
		uint16_t vlan = chance(50) ? sw.port[port].tag : rnd_vid();

		draw_mac(mac);
		config_add("fdb replace 02:00:00:00:00:%02x dev %s vlan %d static\n", mac[5],
			   ends[port].port, vlan);
		model_fdb_put(&sw, vlan, mac, port, true);
	}
}

/* Static entries of the round before go with `fdb del`. */
static void draw_round(void)
{
	config[0] = 0;
	for (int i = 0; i < sw.entries; i++)
		if (sw.fdb[i].is_static)
			config_add("fdb del 02:00:00:00:00:%02x switch %s vlan %d\n",
				   sw.fdb[i].mac[5], switch_name, sw.fdb[i].vlan);
	sw.entries = 0;
	sw.forward_bpdu = chance(25);
	sw.forward_reserved = chance(50) ? 1 << (2 + rnd(14)) | rnd(2) : 0;
	config_add("switch set %s forward_bpdu %s forward_reserved ", switch_name,
		   on_off(sw.forward_bpdu));
	config_add(sw.forward_reserved ? "%s%d\n" : "none\n", sw.forward_reserved & 1 ? "0," : "",
		   31 - __builtin_clz(sw.forward_reserved | 1));
	for (int i = 0; i < sw.ports; i++)
		draw_port(i);
	config_add("fdb flush switch %s\n", switch_name);
	draw_static();
}

/* Run $XSW with arguments, standard output to @out (may be NULL). */
static int run_xsw(FILE *out, const char *const *argv)
{
	const char *xsw = getenv("XSW");
	pid_t pid;
	int status;

	fflush(stdout);
	pid = fork();
	if (!pid) {
		if (out)
			dup2(fileno(out), 1);
		execv(xsw ? xsw : "build/xsw", (char *const *)argv);
		_exit(127);
	}
	return pid < 0 || waitpid(pid, &status, 0) < 0 ? -1 : status;
}

static bool apply_round(void)
{
	char name[] = "/tmp/xsw-batch-XXXXXX";
	const char *argv[] = { "xsw", "-b", name, NULL };
	int fd = mkstemp(name), status;

	if (fd < 0 || write(fd, config, strlen(config)) < 0)
		die("cannot write", name);
	close(fd);
	status = run_xsw(NULL, argv);
	if (status) {
		printf("# xsw -b: status %d, file:\n%s", status, config);
		failures++;
	}
	unlink(name);
	return !status;
}

static int put16(uint8_t *p, uint16_t value)
{
	p[0] = value >> 8;
	p[1] = value & 0xff;
	return 2;
}

static int draw_tag(uint8_t *p)
{
	static const uint16_t tpids[] = { 0x8100, 0x8100, 0x8100, 0x88a8, 0x88a8, 0x9100 };
	uint16_t vid = chance(3) ? 4095 : rnd_vid();

	put16(p, tpids[rnd(6)]);
	put16(p + 2, (chance(50) ? 0 : rnd(16) << 12) | vid);
	return 4;
}

static void draw_addresses(uint8_t *data)
{
	switch (rnd(10)) {
	case 0:
		memset(data, 0xff, 6);
		break;
	case 1:
		memcpy(data, "\x01\x00\x5e\x00\x00\x05", 6);
		break;
	case 2:
		if (chance(40)) {
			memcpy(data, "\x01\x80\xc2\x00\x00", 5);
			data[5] = rnd(0x12); /* two more than are reserved */
			break;
		} /* fall through */
	default:
		draw_mac(data);
	}
	draw_mac(data + 6);
	if (chance(2))
		memset(data + 6, 0, 6);
	else if (chance(2))
		data[6] |= 1;
}

/* The kernel frees frames below 20 bytes whose tag stands in the bytes before
 * TC or a packet socket sees them (skb_vlan_untag()): they are awaited nowhere.
 */
static bool is_invisible(const uint8_t *data, int len)
{
	return len < 20 && model_is_tpid(model_be16(data + 12));
}

/* Sent into the switch they never reach TC. XDP drops those below 18 bytes, the
 * others it may have to pass on, and then the kernel frees them.
 */
static bool reaches_switch(const uint8_t *data, int len)
{
	return !is_invisible(data, len) || (len < 18 && !strcmp(path, "xdp"));
}

static int draw_frame(uint8_t *data, int mtu)
{
	static const int tag_odds[] = { 0, 0, 1, 1, 1, 2, 2, 3 };
	int tags = tag_odds[rnd(8)], len = 12, want;

	draw_addresses(data);
	while (tags--)
		len += draw_tag(data + len);
	len += put16(data + len, chance(10) ? 0x0600 + rnd(0x200) : 0x88b5);
	switch (rnd(4)) {
	case 0: /* cut anywhere */
		want = 14 + rnd(14);
		break;
	case 1: /* near the longest */
		want = mtu + 18 - rnd(14);
		break;
	default:
		want = 30 + rnd(400);
	}
	while (len < want)
		data[len++] = rnd(256);
	return want;
}

static void print_hex(const char *what, const char *name, const uint8_t *data, int len)
{
	printf("#   %s %s len %d: ", what, name, len);
	for (int i = 0; i < len; i++)
		if (i < 40)
			printf("%02x", data[i]);
	printf(len > 40 ? "...\n" : "\n");
}

static void report_head(int in, const uint8_t *data, int len, const struct model_verdict *v)
{
	printf("# frame %u does not do what the model says (drop %s, vlan %d, %s)\n", sent_frames,
	       v->drop ? model_drop_word[v->drop] : "none", v->vlan,
	       v->is_unicast ? "known unicast" : "flooded");
	print_hex("in", ends[in].port, data, len);
	for (int i = 0; i < v->outs; i++)
		print_hex("expected", ends[v->out[i].port].port, v->out[i].data, v->out[i].len);
}

static void report_tail(void)
{
	char *line = strdup(config), *next = line, *l;

	while ((l = strsep(&next, "\n")) && *l)
		printf("#   %s\n", l);
	for (int i = 0; i < sw.entries; i++)
		printf("#   fdb after: vlan %d 02:..:%02x %s%s\n", sw.fdb[i].vlan, sw.fdb[i].mac[5],
		       ends[sw.fdb[i].port].port, sw.fdb[i].is_static ? " static" : "");
	free(line);
}

/* Take one received frame off the list of expected ones. */
static bool take(struct model_verdict *v, bool *seen, int port, const uint8_t *data, int len)
{
	for (int i = 0; i < v->outs; i++) {
		struct model_out *o = &v->out[i];

		if (!seen[i] && o->port == port && o->len == len && !memcmp(o->data, data, len))
			return seen[i] = true;
	}
	return false;
}

/* Receive whatever is there. Returns how many expected frames came. */
static int collect(struct model_verdict *v, bool *seen, bool *bad, int in, const uint8_t *data,
		   int len)
{
	static uint8_t got[FRAME_MAX];
	int count = 0;
	ssize_t n;

	for (int port = 0; port < sw.ports; port++) {
		while ((n = frame_recv(ends[port].fd, got)) >= 0) {
			if (take(v, seen, port, got, n)) {
				count += !is_invisible(got, n);
				continue;
			}
			if (!*bad && failures < REPORTS)
				report_head(in, data, len, v);
			if (failures < REPORTS)
				print_hex("not expected", ends[port].port, got, n);
			*bad = true;
		}
	}
	return count;
}

static void wait_any(double seconds)
{
	struct pollfd fds[MODEL_PORTS];

	for (int i = 0; i < sw.ports; i++)
		fds[i] = (struct pollfd){ .fd = ends[i].fd, .events = POLLIN };
	poll(fds, sw.ports, seconds * 1000 + 1);
}

/* @settle: wait this long for frames that should not be there. */
static void compare(struct model_verdict *v, int in, const uint8_t *data, int len, double settle)
{
	bool seen[MODEL_PORTS] = { false }, bad = false;
	double end = monotonic_s() + WAIT_S;
	int missing = v->outs;

	for (int i = 0; i < v->outs; i++)
		missing -= is_invisible(v->out[i].data, v->out[i].len);
	for (;;) {
		missing -= collect(v, seen, &bad, in, data, len);
		if (missing <= 0 || monotonic_s() > end)
			break;
		wait_any(end - monotonic_s());
	}
	if (settle > 0) {
		wait_any(settle);
		collect(v, seen, &bad, in, data, len);
	}
	if (missing > 0 && !bad && failures < REPORTS)
		report_head(in, data, len, v);
	for (int i = 0; i < v->outs && missing > 0; i++)
		if (!seen[i] && !is_invisible(v->out[i].data, v->out[i].len) && failures < REPORTS)
			printf("#   missing at %s\n", ends[v->out[i].port].port);
	if (missing > 0 || bad) {
		if (failures < REPORTS)
			report_tail();
		failures++;
	}
}

/* ---- what xsw trace says before */

#define PATHS 3

static const char *const path_word[PATHS] = { "xdp", "skb", "afxdp" };
static bool tracing;
static unsigned int traced, untrue;
static uint64_t want_path[MODEL_PORTS][PATHS];

static const char *member(struct json_object *o, const char *key)
{
	struct json_object *value;

	return json_object_object_get_ex(o, key, &value) && value ? json_object_get_string(value) :
								    "null";
}

static void hex_of(char *to, const uint8_t *data, int len)
{
	for (int i = 0; i < len; i++)
		sprintf(to + 2 * i, "%02x", data[i]);
}

/* Run `xsw -j trace`. Return: the object that it printed, or NULL. */
static struct json_object *trace(int in, const uint8_t *data, int len)
{
	static char hex[2 * MODEL_FRAME + 1], json[65536];
	const char *argv[] = { "xsw", "-j", "trace", ends[in].port, "frame", hex, NULL };
	struct json_object *array;
	FILE *f = tmpfile();
	size_t n;

	hex_of(hex, data, len);
	if (!f || run_xsw(f, argv))
		return NULL;
	rewind(f);
	n = fread(json, 1, sizeof(json) - 1, f);
	json[n] = 0;
	fclose(f);
	array = json_tokener_parse(json);
	return array ? json_object_array_get_idx(array, 0) : NULL;
}

/* Does the trace let frame @o leave, once, and as it is? */
static int traced_outs(struct json_object *outs, const struct model_out *o)
{
	static char hex[2 * MODEL_FRAME + 1];
	int found = 0;

	hex_of(hex, o->data, o->len);
	for (size_t i = 0; i < json_object_array_length(outs); i++) {
		struct json_object *out = json_object_array_get_idx(outs, i);

		found += !strcmp(member(out, "ifname"), ends[o->port].port) &&
			 !strcmp(member(out, "frame"), hex);
	}
	return found;
}

static bool traced_as(struct json_object *t, int in, const struct model_verdict *v)
{
	bool too_long = !v->drop && v->is_unicast && !v->outs, good;
	const char *verdict = v->drop || too_long ? "dropped" :
			      v->is_unicast	  ? "unicast" :
						    "flooded";
	const char *reason = too_long ? "mtu" : v->drop ? model_drop_word[v->drop] : "null";
	struct json_object *outs, *learns;

	json_object_object_get_ex(t, "out", &outs);
	json_object_object_get_ex(t, "learns", &learns);
	good = !strcmp(member(t, "verdict"), verdict) && !strcmp(member(t, "reason"), reason) &&
	       json_object_array_length(outs) == (size_t)v->outs && !learns == !v->learned;
	if (!v->drop)
		good &= atoi(member(t, "vlan")) == v->vlan;
	if (learns)
		good &= !strcmp(member(learns, "ifname"), ends[in].port) &&
			atoi(member(learns, "vlan")) == v->vlan;
	for (int i = 0; i < v->outs; i++)
		good &= traced_outs(outs, &v->out[i]) == 1;
	return good;
}

static void compare_trace(struct json_object *t, int in, const uint8_t *data, int len,
			  const struct model_verdict *v)
{
	bool good = t && traced_as(t, in, v);

	traced++;
	for (int i = 0; t && i < PATHS; i++)
		want_path[in][i] += !strcmp(member(t, "path"), path_word[i]);
	if (good || untrue++ >= REPORTS)
		return;
	report_head(in, data, len, v);
	printf("# learned %d, traced: %s\n", v->learned,
	       t ? json_object_to_json_string(t) : "nothing");
	report_tail();
}

/* A process handles frames in its own time, those of several ports in any order: on path
 * afxdp each is waited for until it is counted, also one that nobody receives.
 */
static void wait_counted(int port)
{
	double end = monotonic_s() + WAIT_S;
	static struct xsw_switch_handle handle;
	struct xsw_stats s = {};
	uint64_t rx = 0;

	if (strcmp(path, "afxdp") || (!handle.name[0] && xsw_switch_open(switch_name, &handle)))
		return;
	while (rx < want_rx[port] && monotonic_s() < end) {
		sched_yield();
		xsw_stats_read(&handle, port + 1, &s);
		rx = s.rx_path[0] + s.rx_path[1] + s.rx_path[2];
	}
}

static void one_frame(double settle)
{
	static struct model_verdict v;
	uint8_t data[MODEL_FRAME];
	struct json_object *traced_frame = NULL;
	int in, len;

	do {
		in = rnd(sw.ports);
		len = draw_frame(data, sw.port[in].mtu);
	} while (!reaches_switch(data, len));
	if (tracing)
		traced_frame = trace(in, data, len);
	model_switch_frame(&sw, in, data, len, &v);
	if (tracing)
		compare_trace(traced_frame, in, data, len, &v);
	sent_frames++;
	want_rx[in]++;
	want_moves[in] += v.moved;
	want_drop[in][v.drop]++;
	for (int i = 0; i < v.outs; i++) {
		want_tx[v.out[i].port]++;
		want_vlan_tx[v.out[i].port][v.vlan]++;
	}
	if (!v.drop && (!v.is_unicast || v.outs)) /* forwarded, a flood to nobody too */
		want_vlan_rx[in][v.vlan]++;
	else if (!v.drop)
		maybe_vlan_rx[in][v.vlan]++;
	if (frame_send(ends[in].fd, data, len)) {
		printf("# cannot send %d bytes at %s: %s\n", len, ends[in].outer, strerror(errno));
		failures++;
		return;
	}
	wait_counted(in);
	compare(&v, in, data, len, settle);
}

#define TEXT_MAX 8192 /* what is told of a port, without its VLANs */

/* The number after "key": in one line of JSON, 0 if it is not there. */
static uint64_t json_number(const char *json, const char *key)
{
	char pattern[64];
	const char *at;

	snprintf(pattern, sizeof(pattern), "\"%s\":", key);
	at = strstr(json, pattern);
	return at ? strtoull(at + strlen(pattern), NULL, 10) : 0;
}

/* Of the whole port: "vlan" is a reason there, and a member of what counts each VLAN. */
static uint64_t json_number_of_port(const char *json, const char *key)
{
	const char *vlans = strstr(json, "\"vlans\"");
	static char port[TEXT_MAX];

	snprintf(port, sizeof(port), "%.*s", (int)(vlans ? vlans - json : (long)strlen(json)),
		 json);
	return json_number(port, key);
}

static bool is_counted(const char *json, int port, const char *key, uint64_t want)
{
	uint64_t got = json_number_of_port(json, key);

	if (got != want && !quiet)
		printf("# %s: %s is %llu, not %llu\n", ends[port].port, key,
		       (unsigned long long)got, (unsigned long long)want);
	return got == want;
}

/* The number after "key":, between @min and @min + @more; added to @sum. */
static bool is_between(const char *json, int port, int vlan, const char *key, uint64_t min,
		       uint64_t more, uint64_t *sum)
{
	uint64_t got = json_number(json, key);

	*sum += got;
	if (got >= min && got <= min + more)
		return true;
	if (quiet)
		return false;
	printf("# %s: %s of VLAN %d is %llu, not %llu to %llu\n", ends[port].port, key, vlan,
	       (unsigned long long)got, (unsigned long long)min, (unsigned long long)(min + more));
	return false;
}

/* What it did in each VLAN. What the device was handed and the kernel lost counts as
 * sent there: on path xdp, frames that were too long.
 */
static bool vlans_match(const char *json, int port)
{
	const char *at, *vlans = strstr(json, "\"vlans\":");
	uint64_t lost = strcmp(path, "skb") ? json_number(json, "tx_dropped") : 0;
	uint64_t rx = 0, tx = 0;
	bool good = vlans;

	for (int vlan = 0; vlan < 4096 && vlans; vlan++) {
		char pattern[32];

		snprintf(pattern, sizeof(pattern), "\"vlan\":%d,", vlan);
		at = strstr(vlans, pattern);
		good &= is_between(at ? at : "", port, vlan, "rx_packets", want_vlan_rx[port][vlan],
				   maybe_vlan_rx[port][vlan], &rx);
		good &= is_between(at ? at : "", port, vlan, "tx_packets", want_vlan_tx[port][vlan],
				   lost, &tx);
	}
	if (rx == json_number(json, "rx_unicast") + json_number(json, "rx_flooded") &&
	    tx >= json_number(json, "tx_packets") && tx <= json_number(json, "tx_packets") + lost)
		return good;
	if (quiet)
		return false;
	printf("# %s: VLANs are %llu rx, %llu tx: %s\n", ends[port].port, (unsigned long long)rx,
	       (unsigned long long)tx, json);
	return false;
}

/* The path of each frame was traced before. What the kernel has in hand at the moment keeps XDP from
 * copying a frame, which then goes by the skb path: no trace can know.
 */
static bool path_matches(const char *json, int port, int i)
{
	const char *paths = strstr(json, "\"path\":");
	uint64_t got = paths ? json_number(paths, path_word[i]) : 0;

	bool good = got == want_path[port][i] ||
		    ((!strcmp(path, "xdp") || !strcmp(path, "mixed")) &&
		     (got > want_path[port][i]) == i);

	if (!good && !quiet)
		printf("# %s: path %s is %llu, traced %llu\n", ends[port].port, path_word[i],
		       (unsigned long long)got, (unsigned long long)want_path[port][i]);
	return good;
}

/* Counters of a port: everything in, everything out, every refusal. */
static bool stats_match(int port)
{
	const char *argv[] = { "xsw", "-j", "stats", "show", ends[port].port, "vlan", NULL };
	static char json[16384];
	FILE *f = tmpfile();
	bool good = true;
	size_t len;

	if (!f || run_xsw(f, argv))
		return false;
	rewind(f);
	len = fread(json, 1, sizeof(json) - 1, f);
	json[len] = 0;
	fclose(f);
	good &= is_counted(json, port, "rx_packets", want_rx[port]);
	good &= is_counted(json, port, "tx_packets", want_tx[port]);
	good &= is_counted(json, port, "fdb_moves", want_moves[port]);
	for (int i = MODEL_RUNT; i < MODEL_DROPS; i++)
		good &= is_counted(json, port, model_drop_word[i], want_drop[port][i]);
	if (json_number(json, "rx_packets") !=
	    json_number(json, "rx_unicast") + json_number(json, "rx_flooded") +
		    json_number(json, "rx_punted") + json_number(json, "rx_host") +
		    json_number(json, "rx_dropped")) {
		if (!quiet)
			printf("# %s: rx is not the sum of its parts: %s\n", ends[port].port, json);
		good = false;
	}
	for (int i = 0; i < PATHS && tracing; i++)
		good &= path_matches(json, port, i);
	return good & vlans_match(json, port);
}

static bool all_match(bool quietly)
{
	bool good = true;

	quiet = quietly;
	for (int i = 0; i < sw.ports; i++)
		good &= stats_match(i);
	return good;
}

/* A process hands over what it has counted in pieces, in its own time. */
static bool all_match_soon(void)
{
	double end = monotonic_s() + WAIT_S;
	bool good = all_match(true);

	while (!good && monotonic_s() < end)
		good = all_match(true);
	return good || all_match(false);
}

static void parse_ports(int argc, char **argv)
{
	for (int i = 0; i < argc && i < MODEL_PORTS; i++) {
		if (sscanf(argv[i], "%15[^:]:%15s", ends[i].port, ends[i].outer) != 2)
			exit(1);
		ends[i].fd = frame_open(ends[i].outer);
		sw.ports++;
	}
}

int main(int argc, char **argv)
{
	unsigned int frames, before;
	cpu_set_t cpus;
	bool good;

	if (argc < 6)
		return 1;
	path = argv[1];
	tracing = getenv("TRACE");
	rng = strtoull(argv[2], NULL, 0) * 0x9E3779B97F4A7C15ULL + 1;
	frames = strtoul(argv[3], NULL, 0);
	switch_name = argv[4];
	parse_ports(argc - 5, argv + 5);
	CPU_ZERO(&cpus); /* one CPU: frames keep their order */
	CPU_SET(sched_getcpu(), &cpus);
	sched_setaffinity(0, sizeof(cpus), &cpus);
	printf("# path %s, seed %s\n", path, argv[2]);
	while (sent_frames < frames && failures < FAILURES) {
		draw_round();
		if (!apply_round())
			break;
		for (int i = 0; i < ROUND_FRAMES; i++)
			one_frame(i == ROUND_FRAMES - 1 ? 0.02 : 0);
	}
	before = failures;
	printf("%sok 1 - %u random frames leave as the model says on path %s\n",
	       before ? "not " : "", sent_frames, path);
	good = all_match_soon();
	printf("%sok 2 - the counters say what happened\n", good ? "" : "not ");
	if (tracing)
		printf("%sok 3 - xsw trace said of each of %u frames what then happened\n",
		       untrue || !traced ? "not " : "", traced);
	printf("1..%d\n", tracing ? 3 : 2);
	return before || !good || untrue;
}
