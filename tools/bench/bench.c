// SPDX-License-Identifier: GPL-2.0
/* The measuring tool behind `make bench` and xsw-bench, which build the networks
 * and call it. Every command prints one number (or none), so that a shell can
 * collect them. All programs go when the command ends.
 *
 * Options stand before the command:
 *   -l BYTES	length of frames, tags included, FCS not: 60 (the default) to 1514
 *   -l imix	seven of 60, four of 590, one of 1514
 *   -V TAGS	as 88a8/100.8100/10: TPID and VID, the outer one first
 *   -r RATE	frames per second; default: as many as it can
 *   -b		back: from the address that frames go to, to the one they come from
 *   -B N	frames that leave one after the other before what they wake up runs: 1 to 256,
 *		default 64
 *   -S N	from N addresses at random, 02:00:00:00:00:00 and what follows; default: one
 *   -n RATE	senders that fall silent in a second, new ones in their place
 *   -f NUMBER	of the first sender; the object tells who it is at the end
 *   -g PERCENT	of all frames go to groups, half of them to ff:ff:ff:ff:ff:ff
 *   -c CPU	send on this one; default: the last
 *   -j		an object instead of a number
 *
 *   bench pps GEN IN OUT SINK bare-xdp|bare-tc|none xdp|tc SECONDS [DESTINATIONS]
 *	frames that arrive at SINK per second while GEN sends as fast as it can;
 *	IN (other end of GEN) and OUT (other end of SINK) belong to the forwarder
 *	under test, or get a bare redirect. More than one SINK: dev,dev,...
 *   bench learn DEV COUNT [senders]	send a frame from each of COUNT addresses, those that `pps`
 *				with DESTINATIONS sends to, or from with -S
 *   bench prog PIN IN REPEAT	ns per frame of the pinned XDP program
 *   bench empty IN REPEAT	the same for a program that does nothing
 *   bench redirect A B COMMAND...	run COMMAND with bare TC redirect between A and B
 */
#include <arpa/inet.h>
#include <errno.h>
#include <math.h>
#include <net/if.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include <linux/if_link.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "ctrl/base/clock.h"
#include "tools/bench/bench.h"
#include "tools/bench/frame.h"
#include "bench.skel.h"

#define BATCH 64
#define BATCH_MOST 256 /* TEST_XDP_MAX_BATCH, net/bpf/test_run.c */
#define CHUNK 100000   /* frames by one system call */
#define PACE_S 100e-6
#define LEARN_BURST 256 /* frames; rings of processes hold some times as many */
#define WARM_UP_S 0.1
#define DRAIN_S 0.02
#define ATTACH_TCX_INGRESS 46 /* BPF_TCX_INGRESS, kernel 6.6 */

static struct bench_bpf *skel;
static struct frame frame = { .len = FRAME_MIN };
static bool imix, json, back;
static int cpu_given = -1;
static double rate; /* frames per second; 0: no limit */
static int batch = BATCH;

/* Who sends, and how many frames go to groups: -S, -n, -f, -g. */
static struct {
	__u32 number, first;
	double new_per_s, group_percent;
} senders;

static void die(const char *what, int err)
{
	fprintf(stderr, "bench: %s: %s\n", what, strerror(err < 0 ? -err : err));
	exit(2);
}

static __u32 index_of(const char *dev)
{
	__u32 index = if_nametoindex(dev);

	if (!index)
		die(dev, errno);
	return index;
}

static void attach_xdp(struct bpf_program *prog, __u32 ifindex)
{
	LIBBPF_OPTS(bpf_link_create_opts, opts, .flags = XDP_FLAGS_DRV_MODE);

	if (bpf_link_create(bpf_program__fd(prog), ifindex, BPF_XDP, &opts) < 0)
		die("cannot attach XDP", errno);
}

/* Each BPF_PROG_RUN of a program that is attached nowhere edits the kernel's dispatcher of XDP
 * programs, and waits for a grace period of RCU (net/bpf/test_run.c, bpf_prog_change_xdp()):
 * half of the time nothing would be sent. Where it cannot be attached, it is so.
 */
static void keep_dispatched(struct bpf_program *prog)
{
	LIBBPF_OPTS(bpf_link_create_opts, opts, .flags = XDP_FLAGS_SKB_MODE);

	bpf_link_create(bpf_program__fd(prog), if_nametoindex("lo"), BPF_XDP, &opts);
}

static void attach_clsact(struct bpf_program *prog, __u32 ifindex)
{
	LIBBPF_OPTS(bpf_tc_hook, hook, .ifindex = ifindex, .attach_point = BPF_TC_INGRESS);
	LIBBPF_OPTS(bpf_tc_opts, opts, .handle = 1, .priority = 1, .flags = BPF_TC_F_REPLACE,
		    .prog_fd = bpf_program__fd(prog));
	int err;

	bpf_tc_hook_create(&hook);
	err = bpf_tc_attach(&hook, &opts);
	if (err)
		die("cannot attach TC", err);
}

/* Like the switch: tcx, or clsact where the kernel has no tcx. */
static void attach_tc(struct bpf_program *prog, __u32 ifindex)
{
	if (bpf_link_create(bpf_program__fd(prog), ifindex, ATTACH_TCX_INGRESS, NULL) < 0)
		attach_clsact(prog, ifindex);
}

static void pin_to_cpu(void)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(cpu_given < 0 ? sysconf(_SC_NPROCESSORS_ONLN) - 1 : cpu_given, &set);
	sched_setaffinity(0, sizeof(set), &set);
}

static struct sink sink_read(void)
{
	struct sink value[libbpf_num_possible_cpus()], sum = {};
	__u32 key = 0;

	if (bpf_map_lookup_elem(bpf_map__fd(skel->maps.sink_count), &key, value))
		die("cannot read the counter", errno);
	for (int i = 0; i < libbpf_num_possible_cpus(); i++) {
		sum.frames += value[i].frames;
		sum.bytes += value[i].bytes;
	}
	return sum;
}

/* What the generator writes into frames of each length of IMIX. */
static void mix_fill(void)
{
	static const __u32 lengths[] = { 60, 590, FRAME_MAX };
	__u8 ip[FRAME_MAX];

	for (int i = 0; i < 3; i++) {
		frame_ip(ip, lengths[i] - 14);
		skel->bss->gen_lengths[i].cut = FRAME_MAX - lengths[i];
		memcpy(&skel->bss->gen_lengths[i].ip_len, ip + 2, 2);
		memcpy(&skel->bss->gen_lengths[i].ip_sum, ip + 10, 2);
		memcpy(&skel->bss->gen_lengths[i].udp_len, ip + 24, 2);
	}
	skel->bss->gen_mix = 1;
}

static void senders_set(void)
{
	skel->bss->gen_senders = senders.number;
	skel->bss->gen_sender = senders.first;
	skel->bss->gen_turn_ns = senders.new_per_s ? 1e9 / senders.new_per_s : 0;
	skel->bss->gen_group_share = senders.group_percent / 100 * (1 << 24);
}

static void generate(__u8 src_prefix, __u32 frames)
{
	struct xdp_md ctx = { .data_end = frame.len };
	LIBBPF_OPTS(bpf_test_run_opts, opts, .data_in = frame.bytes, .data_size_in = frame.len,
		    .ctx_in = &ctx, .ctx_size_in = sizeof(ctx), .repeat = frames,
		    .flags = BPF_F_TEST_XDP_LIVE_FRAMES, .batch_size = batch);

	if (!back)
		frame.bytes[7] = src_prefix;
	memcpy(skel->bss->gen_head, frame.bytes, sizeof(skel->bss->gen_head));
	if (bpf_prog_test_run_opts(bpf_program__fd(skel->progs.gen), &opts))
		die("cannot generate frames", errno);
}

static void sleep_until(double when)
{
	struct timespec ts = { .tv_sec = when, .tv_nsec = (when - floor(when)) * 1e9 };

	clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &ts, NULL);
}

/* Frames at @rate in bursts of PACE_S. What a busy machine delays is made up for, so that
 * all that was offered is sent, if it can be.
 */
static __u64 generate_paced(double start, double end)
{
	__u64 sent = 0, due;
	double now;

	for (now = monotonic_s(); now < end; now = monotonic_s()) {
		due = (now - start) * rate + 1;
		if (due > sent) {
			due = due - sent > CHUNK ? CHUNK : due - sent;
			generate(0, due);
			sent += due;
		}
		now = monotonic_s();
		if ((now + PACE_S - start) * rate >= sent)
			sleep_until(start + fmax((sent + 0.5) / rate, now - start + PACE_S));
	}
	return sent;
}

/* So many frames, at @rate if there is one. */
static void generate_number(__u8 src_prefix, __u32 frames)
{
	__u32 some = rate ? LEARN_BURST : frames, sent;
	double start = monotonic_s();

	for (sent = 0; sent < frames; sent += some) {
		if (rate)
			sleep_until(start + sent / rate);
		generate(src_prefix, some < frames - sent ? some : frames - sent);
	}
}

static __u64 generate_for(double seconds)
{
	double start = monotonic_s(), end = start + seconds;
	__u64 sent = 0;

	if (rate)
		return generate_paced(start, end);
	for (; monotonic_s() < end; sent += CHUNK)
		generate(0, CHUNK);
	return sent;
}

/* Wait until what is still under way has come: nothing new for DRAIN_S. */
static struct sink sink_drain(void)
{
	struct sink now = sink_read(), before;

	do {
		before = now;
		sleep_until(monotonic_s() + DRAIN_S);
		now = sink_read();
	} while (now.frames != before.frames);
	return now;
}

static void attach_sinks(char *devices, bool xdp)
{
	char *dev;

	for (dev = strtok(devices, ","); dev; dev = strtok(NULL, ","))
		if (xdp)
			attach_xdp(skel->progs.sink_xdp, index_of(dev));
		else /* tcx knows no TC_ACT_STOLEN */
			attach_clsact(skel->progs.sink_tc, index_of(dev));
}

static void attach_bare(const char *kind, const char *in_dev, const char *out_dev)
{
	__u32 key = 0, in = index_of(in_dev), out = index_of(out_dev);

	if (!strcmp(kind, "bare-xdp")) {
		if (bpf_map_update_elem(bpf_map__fd(skel->maps.bare_tx), &key, &out, 0))
			die("cannot fill the devmap", errno);
		attach_xdp(skel->progs.xdp_bare, in);
	} else if (!strcmp(kind, "bare-tc")) {
		skel->bss->redirect_ifindex[0] = in;
		skel->bss->redirect_ifindex[1] = out;
		attach_tc(skel->progs.tc_bare, in);
	}
}

/* CPU time of this process, and of the whole machine, so far. */
struct cpu {
	double own_s, machine_s;
};

static struct cpu cpu_read(void)
{
	unsigned long long user, nice, system, irq, softirq;
	FILE *stat = fopen("/proc/stat", "re");
	struct cpu cpu = {};
	struct rusage own;

	getrusage(RUSAGE_SELF, &own);
	cpu.own_s = own.ru_utime.tv_sec + own.ru_stime.tv_sec +
		    (own.ru_utime.tv_usec + own.ru_stime.tv_usec) * 1e-6;
	if (stat && fscanf(stat, "cpu %llu %llu %llu %*u %*u %llu %llu", &user, &nice, &system,
			   &irq, &softirq) == 5)
		cpu.machine_s =
			(double)(user + nice + system + irq + softirq) / sysconf(_SC_CLK_TCK);
	if (stat)
		fclose(stat);
	return cpu;
}

static int cmd_pps(int argc, char **argv)
{
	struct sink before, after, last;
	struct cpu cpu, cpu_before;
	double start, seconds;
	__u64 sent, groups;
	__u32 sender;

	if (argc < 7)
		return 1;
	skel->bss->gen_ifindex = index_of(argv[0]);
	if (argc > 7)
		skel->bss->gen_dst_count = atoi(argv[7]);
	attach_sinks(argv[3], !strcmp(argv[5], "xdp"));
	attach_bare(argv[4], argv[1], argv[2]);
	keep_dispatched(skel->progs.gen);
	pin_to_cpu();
	senders_set();
	generate_for(WARM_UP_S);
	before = sink_drain();
	groups = skel->bss->gen_groups;
	sender = skel->bss->gen_sender;
	cpu_before = cpu_read();
	start = monotonic_s();
	sent = generate_for(atof(argv[6]));
	seconds = monotonic_s() - start;
	cpu = cpu_read();
	after = sink_read();
	if (!json)
		return printf("%.0f\n", (after.frames - before.frames) / seconds) < 0;
	last = sink_drain();
	printf("{\"sent\": %llu, \"received_in_time\": %llu, \"received\": %llu, "
	       "\"received_bytes\": %llu, \"seconds\": %.6f, \"cpu_s\": %.6f, "
	       "\"machine_cpu_s\": %.6f, \"to_groups\": %llu, \"new_senders\": %u, "
	       "\"first_sender\": %u}\n",
	       sent, after.frames - before.frames, last.frames - before.frames,
	       last.bytes - before.bytes, seconds, cpu.own_s - cpu_before.own_s,
	       cpu.machine_s - cpu_before.machine_s, skel->bss->gen_groups - groups,
	       skel->bss->gen_sender - sender, skel->bss->gen_sender);
	return 0;
}

static int cmd_learn(int argc, char **argv)
{
	bool ours = argc > 2 && !strcmp(argv[2], "senders");
	__u32 count = argc > 1 ? atoi(argv[1]) : 0;
	double start;

	if (!count || (argc > 2 && !ours))
		return 1;
	skel->bss->gen_ifindex = index_of(argv[0]);
	skel->bss->gen_src_count = count;
	skel->data->gen_seed = 0;
	keep_dispatched(skel->progs.gen);
	pin_to_cpu();
	start = monotonic_s();
	generate_number(ours ? 0 : 0x10, count); /* 02:10:00:..., where `pps` sends to */
	if (json)
		printf("{\"sent\": %u, \"seconds\": %.6f}\n", count, monotonic_s() - start);
	return 0;
}

static void print_run_time(int fd, const char *dev, const char *repeat)
{
	__u8 out[FRAME_MAX + 256];
	struct xdp_md ctx = { .data_end = frame.len, .ingress_ifindex = index_of(dev) };
	LIBBPF_OPTS(bpf_test_run_opts, opts, .data_in = frame.bytes, .data_size_in = frame.len,
		    .data_out = out, .data_size_out = sizeof(out), .ctx_in = &ctx,
		    .ctx_size_in = sizeof(ctx), .repeat = atoi(repeat));

	pin_to_cpu();
	if (bpf_prog_test_run_opts(fd, &opts))
		die("cannot run the program", errno);
	printf("%u %s\n", opts.duration, opts.retval == XDP_REDIRECT ? "redirect" : "other");
}

static int cmd_prog(int argc, char **argv)
{
	int fd;

	if (argc < 3)
		return 1;
	fd = bpf_obj_get(argv[0]);
	if (fd < 0)
		die(argv[0], errno);
	print_run_time(fd, argv[1], argv[2]);
	return 0;
}

static int cmd_empty(int argc, char **argv)
{
	if (argc < 2)
		return 1;
	print_run_time(bpf_program__fd(skel->progs.xdp_empty), argv[0], argv[1]);
	return 0;
}

static int cmd_redirect(int argc, char **argv)
{
	int status;
	pid_t pid;

	if (argc < 3)
		return 1;
	skel->bss->redirect_ifindex[0] = index_of(argv[0]);
	skel->bss->redirect_ifindex[1] = index_of(argv[1]);
	attach_tc(skel->progs.tc_bare, index_of(argv[0]));
	attach_tc(skel->progs.tc_bare, index_of(argv[1]));
	pid = fork();
	if (!pid) {
		execvp(argv[2], argv + 2);
		die(argv[2], errno);
	}
	if (pid < 0 || waitpid(pid, &status, 0) < 0)
		die(argv[2], errno);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 2;
}

static const struct {
	const char *name;
	int (*run)(int argc, char **argv);
} commands[] = {
	{ "pps", cmd_pps },	{ "learn", cmd_learn },	      { "prog", cmd_prog },
	{ "empty", cmd_empty }, { "redirect", cmd_redirect },
};

/* Those of the senders. */
static bool sender_option_set(int option, const char *value)
{
	switch (option) {
	case 'S':
		senders.number = atoi(value);
		return senders.number > 0 && senders.number < 1 << 24;
	case 'n':
		senders.new_per_s = atof(value);
		return senders.new_per_s >= 0 && senders.new_per_s <= 1e6;
	case 'f':
		senders.first = atoi(value);
		return true;
	case 'g':
		senders.group_percent = atof(value);
		return senders.group_percent >= 0 && senders.group_percent <= 100;
	}
	return false;
}

static bool option_set(int option, const char *value)
{
	switch (option) {
	case 'l':
		imix = !strcmp(value, "imix");
		frame.len = imix ? FRAME_MAX : (__u32)atoi(value);
		return true;
	case 'V':
		return frame_tags(&frame, value);
	case 'r':
		rate = atof(value);
		return rate >= 0;
	case 'b':
		back = true;
		return true;
	case 'c':
		cpu_given = atoi(value);
		return cpu_given >= 0 && cpu_given < CPU_SETSIZE;
	case 'B':
		batch = atoi(value);
		return batch > 0 && batch <= BATCH_MOST;
	case 'j':
		json = true;
		return true;
	}
	return sender_option_set(option, value);
}

static int usage(void)
{
	fprintf(stderr, "usage: see the top of tools/bench/bench.c\n");
	return 1;
}

int main(int argc, char **argv)
{
	int ret = 1, option;
	bool good = true;

	while ((option = getopt(argc, argv, "+l:V:r:bc:B:S:n:f:g:j")) != -1)
		good = good && option_set(option, optarg);
	argv += optind;
	argc -= optind;
	if (!good || frame.len < FRAME_MIN || frame.len > FRAME_MAX)
		return usage();
	frame_fill(&frame);
	if (back)
		frame_turn(&frame);
	libbpf_set_print(NULL); /* clsact may be there already: no matter */
	skel = bench_bpf__open_and_load();
	if (!skel)
		die("cannot load the programs", errno);
	if (imix)
		mix_fill();
	for (size_t i = 0; argc > 0 && i < sizeof(commands) / sizeof(commands[0]); i++)
		if (!strcmp(argv[0], commands[i].name))
			ret = commands[i].run(argc - 1, argv + 1);
	return ret == 1 ? usage() : ret;
}
