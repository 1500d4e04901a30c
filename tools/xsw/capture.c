// SPDX-License-Identifier: GPL-2.0
/* xsw capture: frames of ports, as they come in, as they leave and as they are dropped, to a capture
 * file or as lines. Frames are chosen by the programs of the switch (maps/capture.h), but for the
 * filter, which is run here.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdio_ext.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ctrl/base/clock.h"
#include "ctrl/base/error.h"
#include "ctrl/base/signals.h"
#include "ctrl/kernel/perf_rings.h"
#include "ctrl/stats/capture.h"
#include "tools/xsw/capture.h"

#define WAIT_MS 100
#define LIVE_NS NS_PER_S
#define RINGS_BYTES (64U << 20) /* of all CPUs */
#define RING_MIN (256U << 10)
#define RING_MAX (8U << 20)
#define TAG 4
#define ADDRESSES 12

/* A port whose frames have come */
struct seen_port {
	char ifname[XSW_NAME_LEN]; /* "": none has */
	__u32 interface;
	__u64 lost;
};

/* A switch that is captured */
struct source {
	struct xsw_switch_handle sw;
	struct xsw_capturing *capturing;
	struct seen_port port[XSW_MAX_PORTS];
	__u32 named[CAPTURE_DEVS_MAX]; /* ports that the command names, 0: it is gone */
	int n_named;
	struct source *next;
};

static struct {
	struct capture_words words;
	struct source *sources;
	struct perf_rings *rings;
	__u64 frames; /* told */
	__u64 lost;
	__u64 boot_ns; /* CLOCK_REALTIME when CLOCK_BOOTTIME was 0 */
	__u64 live_ns; /* when it was said last that this process lives */
	int named;     /* ports that are named and there */
	int err;       /* of a record */
	__u8 bytes[XSW_CAPTURE_CAUGHT_MAX + TAG];
} run;

/* ---- a record ---- */

static int port_begin(struct source *s, __u32 port, struct seen_port *p)
{
	struct capture_interface interface = {};
	struct xsw_port_info info;
	int id;

	if (xsw_port_info(&s->sw, port, &info))
		snprintf(p->ifname, sizeof(p->ifname), "#%u", port);
	else
		memcpy(p->ifname, info.ifname, sizeof(p->ifname));
	if (!run.words.path)
		return 0;
	memcpy(interface.ifname, p->ifname, sizeof(interface.ifname));
	memcpy(interface.switch_name, s->sw.name, sizeof(interface.switch_name));
	id = capture_file_interface(&interface);
	p->interface = id;
	if (id < 0)
		p->ifname[0] = '\0';
	return id < 0 ? id : 0;
}

/* The bytes as they stood, or will stand, on the wire: a tag beside them is put in. */
static void bytes_set(struct capture_frame *f, const __u8 *data)
{
	__u32 tag = f->meta->tag;
	__u8 raw[TAG] = { tag >> 24, tag >> 16, tag >> 8, tag };

	f->data = data;
	f->caught = f->meta->caught;
	if (tag && f->caught >= ADDRESSES) {
		memcpy(run.bytes, data, ADDRESSES);
		memcpy(run.bytes + ADDRESSES, raw, TAG);
		memcpy(run.bytes + ADDRESSES + TAG, data + ADDRESSES, f->caught - ADDRESSES);
		f->data = run.bytes;
		f->caught += TAG;
	}
	if (f->caught > run.words.set.snaplen)
		f->caught = run.words.set.snaplen;
	if (f->caught > f->len)
		f->caught = f->len;
}

static void frame_told(int err)
{
	if (err && !run.err)
		run.err = err;
	run.frames++;
	if (err || (run.words.set.count && run.frames >= run.words.set.count)) {
		signals_stop = 1;
		perf_rings_stop(run.rings);
	}
}

/* Why a line could not be written: nobody reads (-EPIPE), or else, which is told. */
static int line_error(void)
{
	return errno == EPIPE ?
		       -EPIPE :
		       xsw_fail(errno, "capture", NULL, "cannot write: %s", strerror(errno));
}

static void on_record(void *owner, const void *record, __u32 len)
{
	struct source *s = owner;
	struct xsw_capture_meta meta;
	struct capture_frame f = { .meta = &meta };
	struct seen_port *p;
	int err;

	if (len < sizeof(meta))
		return;
	memcpy(&meta, record, sizeof(meta));
	if (meta.port >= XSW_MAX_PORTS || meta.caught > XSW_CAPTURE_CAUGHT_MAX ||
	    (__u64)meta.caught + meta.skip > len - sizeof(meta))
		return;
	f.time_ns = meta.time_ns + run.boot_ns;
	f.len = meta.len;
	bytes_set(&f, (const __u8 *)record + sizeof(meta) + meta.skip);
	if (!capture_filter_takes(&f))
		return;
	p = &s->port[meta.port];
	err = p->ifname[0] ? 0 : port_begin(s, meta.port, p);
	if (err) {
		frame_told(err);
		return;
	}
	f.ifname = p->ifname;
	f.interface = p->interface;
	f.switch_name = s->sw.name;
	f.netns = s->sw.netns;
	if (run.words.path) {
		frame_told(capture_file_frame(&f));
		return;
	}
	capture_line(&f);
	frame_told(ferror(stdout) ? line_error() : 0);
}

/* ---- beginning ---- */

static struct source *source_of(const char *name)
{
	for (struct source *s = run.sources; s; s = s->next)
		if (!strcmp(s->sw.name, name))
			return s;
	return NULL;
}

static void want_make(struct xsw_capture_want *want)
{
	const struct capture_settings *set = &run.words.set;
	bool vlan = opt_given(&capture_opts, opts_find(&capture_opts, "vlan"), set);
	bool queue = opt_given(&capture_opts, opts_find(&capture_opts, "queue"), set);
	bool reason = opt_given(&capture_opts, opts_find(&capture_opts, "reason"), set);

	*want = (struct xsw_capture_want){
		.kinds = set->dir,
		.reasons = reason ? 1U << set->reason : ~0U,
		.snaplen = set->snaplen,
		.vlan = vlan ? set->vlan : XSW_CAPTURE_ANY,
		.queue = queue ? set->queue : XSW_CAPTURE_ANY,
		.all_ports = !run.words.devs,
	};
}

static int source_add(const struct xsw_switch_handle *sw, void *arg)
{
	struct source *s = calloc(1, sizeof(*s));
	struct xsw_capture_want want;
	int err;

	if (!s)
		return xsw_fail(ENOMEM, NULL, NULL, "out of memory");
	err = xsw_switch_open(sw->name, &s->sw);
	if (err) {
		free(s);
		return err;
	}
	s->next = run.sources;
	run.sources = s;
	want_make(&want);
	return xsw_capture_open(&s->sw, &want, run.rings, s, &s->capturing);
}

/* A port that the command names. */
static int dev_add(const char *ifname)
{
	struct xsw_switch_handle sw;
	struct source *s;
	int port = port_named(ifname, run.words.switch_name, &sw), err = 0;

	if (port < 0)
		return port;
	if (!source_of(sw.name))
		err = source_add(&sw, NULL);
	s = source_of(sw.name);
	xsw_switch_close(&sw);
	if (err)
		return err;
	s->named[s->n_named++] = port;
	run.named++;
	xsw_capture_port(s->capturing, port, true);
	return 0;
}

/* Files begin with the ports that there are. */
static int interfaces_begin(struct source *s)
{
	int err = 0;

	for (__u32 p = xsw_port_next(&s->sw, 0); p && !err; p = xsw_port_next(&s->sw, p)) {
		bool wanted = !run.words.devs;

		for (int i = 0; i < s->n_named; i++)
			wanted |= s->named[i] == p;
		if (wanted)
			err = port_begin(s, p, &s->port[p]);
	}
	return err;
}

static size_t ring_bytes(void)
{
	long cpus = sysconf(_SC_NPROCESSORS_ONLN);
	size_t share = RINGS_BYTES / (cpus > 0 ? cpus : 1);

	if (run.words.set.buffer)
		return run.words.set.buffer;
	return share < RING_MIN ? RING_MIN : share > RING_MAX ? RING_MAX : share;
}

static int sources_open(void)
{
	int err = perf_rings_open(ring_bytes(), on_record, &run.rings);

	if (err)
		return xsw_fail(err, NULL, NULL, "out of memory");
	for (int i = 0; i < run.words.devs && !err; i++)
		err = dev_add(run.words.dev[i]);
	if (!err && !run.words.devs)
		err = each_switch(run.words.switch_name, source_add, NULL);
	if (!err && !run.sources)
		err = xsw_fail(ENOENT, "capture", NULL, "there is no switch");
	return err;
}

static int begin(void)
{
	int err = sources_open();

	if (!err && run.words.filter)
		err = capture_filter_open(run.words.filter, run.words.set.snaplen);
	if (!err && run.words.path)
		err = capture_file_open(&run.words);
	for (struct source *s = run.sources; s && !err && run.words.path; s = s->next)
		err = interfaces_begin(s);
	for (struct source *s = run.sources; s && !err; s = s->next)
		xsw_capture_on(s->capturing);
	run.live_ns = monotonic_ns();
	return err ? err : run.words.path ? capture_file_flush() : 0;
}

/* ---- at work ---- */

static void lost_look(struct source *s)
{
	for (__u32 port = 1; port < XSW_MAX_PORTS; port++) {
		__u64 lost = xsw_capture_lost(s->capturing, port);
		struct seen_port *p = &s->port[port];

		if (lost == p->lost)
			continue;
		run.lost += lost - p->lost;
		p->lost = lost;
		if (run.words.path && p->ifname[0])
			capture_file_lost(p->interface, lost);
	}
}

/* Another port may have the number of one that is gone. */
static void names_follow(struct source *s)
{
	struct xsw_port_info info;

	for (__u32 port = 1; port < XSW_MAX_PORTS; port++) {
		struct seen_port *p = &s->port[port];

		if (p->ifname[0] && !xsw_port_info(&s->sw, port, &info) &&
		    strcmp(info.ifname, p->ifname))
			*p = (struct seen_port){ .lost = p->lost };
	}
}

static void named_follow(struct source *s)
{
	struct xsw_port_info info;

	for (int i = 0; i < s->n_named; i++) {
		if (!s->named[i] || !xsw_port_info(&s->sw, s->named[i], &info))
			continue;
		warn("port", s->port[s->named[i]].ifname, "has left its switch");
		xsw_capture_port(s->capturing, s->named[i], false);
		s->named[i] = 0;
		run.named--;
	}
}

static int source_follow(struct source *s)
{
	int err = xsw_capture_live(s->capturing);

	if (err == -ENOENT)
		return xsw_fail(ENOENT, "switch", s->sw.name, "has been removed");
	if (err)
		return xsw_fail(ECANCELED, "switch", s->sw.name,
				"this capture slept, and another one has taken its place");
	lost_look(s);
	names_follow(s);
	named_follow(s);
	return 0;
}

static int follow(void)
{
	__u64 now = monotonic_ns();
	int err = 0;

	if (now - run.live_ns < LIVE_NS)
		return 0;
	run.live_ns = now;
	for (struct source *s = run.sources; s && !err; s = s->next)
		err = source_follow(s);
	if (!err && run.words.devs && !run.named)
		err = xsw_fail(ENODEV, "capture", NULL, "all its ports have left their switches");
	return err;
}

static int written(void)
{
	if (run.words.path)
		return capture_file_flush();
	return fflush(stdout) ? line_error() : 0;
}

static int read_rings(bool all)
{
	run.boot_ns = clock_ns(CLOCK_REALTIME) - boot_ns();
	perf_rings_read(run.rings, all);
	return run.err ? run.err : written();
}

static int work(void)
{
	__u64 end = run.words.duration_s ? monotonic_ns() + run.words.duration_s * 1e9 : ~0ULL;
	int err = 0;

	while (!signals_stop && !err) {
		__u64 now = monotonic_ns(), left_ms = now < end ? (end - now) / NS_PER_MS + 1 : 0;

		if (!left_ms)
			break;
		perf_rings_wait(run.rings, left_ms < WAIT_MS ? left_ms : WAIT_MS);
		err = read_rings(false);
		if (!err)
			err = follow();
	}
	for (struct source *s = run.sources; s; s = s->next)
		xsw_capture_off(s->capturing);
	if (!err && !(run.words.set.count && run.frames >= run.words.set.count))
		err = read_rings(true);
	for (struct source *s = run.sources; s; s = s->next)
		lost_look(s);
	return err;
}

/* ---- ending ---- */

static void sources_close(void)
{
	struct source *s;

	perf_rings_close(run.rings);
	while ((s = run.sources)) {
		run.sources = s->next;
		xsw_capture_close(s->capturing);
		xsw_switch_close(&s->sw);
		free(s);
	}
}

/* What was captured is in the file; what was not is said in any case. */
static void summary(void)
{
	if (run.words.path)
		fprintf(stderr, "xsw: capture: %llu frames written, %llu lost\n", run.frames,
			run.lost);
	else if (run.lost)
		fprintf(stderr, "xsw: capture: %llu frames lost\n", run.lost);
}

/* Nobody reads what was written: end without a word, as tcpdump(8) does. */
static int nobody_reads(void)
{
	__fpurge(stdout);
	clearerr(stdout);
	return EXIT_DONE;
}

static int capture_run(struct words *w)
{
	int err, close_err;

	memset(&run, 0, sizeof(run));
	err = capture_words_read(w, &run.words);
	if (err)
		return err;
	signals_catch();
	signal(SIGPIPE, SIG_IGN);
	err = begin();
	if (!err)
		err = work();
	close_err = capture_file_close();
	if (!err)
		err = close_err;
	sources_close();
	capture_filter_close();
	if (err == -EPIPE)
		return nobody_reads();
	if (!err)
		summary();
	return err == -EINVAL ? failed_value() : done(err, 0);
}

const struct object object_capture = { "capture", .print_help = capture_help, .run = capture_run };
