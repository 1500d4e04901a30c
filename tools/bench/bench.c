// SPDX-License-Identifier: GPL-2.0
/* The measuring tool behind `make bench`; tools/bench/run builds the networks
 * and calls it. Every command prints one number (or none), so that a shell can
 * collect them. All programs go when the command ends.
 *
 * -l BYTES before the command: the length of frames, 60 to 1514, without FCS
 *
 *   bench pps GEN IN OUT SINK bare-xdp|bare-tc|none xdp|tc SECONDS [DESTINATIONS]
 *	frames that arrive at SINK per second while GEN sends as fast as it can;
 *	IN (other end of GEN) and OUT (other end of SINK) belong to the forwarder
 *	under test, or get a bare redirect
 *   bench learn DEV COUNT	send a frame from each of COUNT addresses, those that `pps`
 *				with DESTINATIONS (a power of two) sends to
 *   bench prog PIN IN REPEAT	ns per frame of the pinned XDP program
 *   bench empty IN REPEAT	the same for a program that does nothing
 *   bench redirect A B COMMAND...	run COMMAND with bare TC redirect between A and B
 */
#include <arpa/inet.h>
#include <errno.h>
#include <net/if.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include <linux/if_link.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "bench.skel.h"

#define FRAME_MIN	   60
#define FRAME_MAX	   1514
#define BATCH		   64
#define ATTACH_TCX_INGRESS 46 /* BPF_TCX_INGRESS, kernel 6.6 */

static struct bench_bpf *skel;
static __u32 frame_len = FRAME_MIN;

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

static __u16 csum(const __u8 *data, size_t len, __u32 sum)
{
	for (size_t i = 0; i + 1 < len; i += 2)
		sum += data[i] << 8 | data[i + 1];
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return ~sum;
}

static void put16(__u8 *to, __u16 value)
{
	to[0] = value >> 8;
	to[1] = value;
}

/* 192.0.2.1 -> 192.0.2.2, UDP, from 02:00:00:00:00:00 to 02:10:00:00:00:00 */
static void frame_fill(__u8 *f)
{
	static const __u8 head[42] = {
		0x02, 0x10,
		0,    0,
		0,    0,
		0x02, 0,
		0,    0,
		0,    0,
		0x08, 0x00,
		0x45, 0,
		0,    0, /* length */
		0,    0,
		0,    0,
		64,   17,
		0,    0,
		192,  0,
		2,    1,
		192,  0,
		2,    2,
		0x30, 0x39,
		0x30, 0x39,
		0,    0, /* length */
		0,    0,
	};
	__u16 sum;

	memset(f, 0, frame_len);
	memcpy(f, head, sizeof(head));
	put16(f + 16, frame_len - 14);
	put16(f + 38, frame_len - 34);
	sum = htons(csum(f + 14, 20, 0));
	memcpy(f + 24, &sum, 2);
	sum = htons(csum(f + 26, frame_len - 26, 17 + frame_len - 34)); /* with pseudo header */
	memcpy(f + 40, &sum, 2);
}

static void attach_xdp(struct bpf_program *prog, __u32 ifindex)
{
	LIBBPF_OPTS(bpf_link_create_opts, opts, .flags = XDP_FLAGS_DRV_MODE);

	if (bpf_link_create(bpf_program__fd(prog), ifindex, BPF_XDP, &opts) < 0)
		die("cannot attach XDP", errno);
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

static void pin_to_last_cpu(void)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(sysconf(_SC_NPROCESSORS_ONLN) - 1, &set);
	sched_setaffinity(0, sizeof(set), &set);
}

static double now_s(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec + ts.tv_nsec * 1e-9;
}

static __u64 sink_read(void)
{
	__u64 value[libbpf_num_possible_cpus()], sum = 0;
	__u32 key = 0;

	if (bpf_map_lookup_elem(bpf_map__fd(skel->maps.sink_count), &key, value))
		die("cannot read the counter", errno);
	for (int i = 0; i < libbpf_num_possible_cpus(); i++)
		sum += value[i];
	return sum;
}

static void generate(__u8 src_prefix, __u32 frames)
{
	__u8 frame[FRAME_MAX];
	struct xdp_md ctx = {.data_end = frame_len};
	LIBBPF_OPTS(bpf_test_run_opts, opts, .data_in = frame, .data_size_in = frame_len,
		    .ctx_in = &ctx, .ctx_size_in = sizeof(ctx), .repeat = frames,
		    .flags = BPF_F_TEST_XDP_LIVE_FRAMES, .batch_size = BATCH);

	frame_fill(frame);
	frame[7] = src_prefix;
	if (bpf_prog_test_run_opts(bpf_program__fd(skel->progs.gen), &opts))
		die("cannot generate frames", errno);
}

static void generate_for(double seconds)
{
	double end = now_s() + seconds;

	while (now_s() < end)
		generate(0, 100000);
}

static int cmd_pps(int argc, char **argv)
{
	__u32 in, out, sink, key = 0;
	double start, seconds;
	__u64 before;

	if (argc < 7)
		return 1;
	skel->bss->gen_ifindex = index_of(argv[0]);
	in = index_of(argv[1]);
	out = index_of(argv[2]);
	sink = index_of(argv[3]);
	if (argc > 7)
		skel->bss->gen_dst_mask = atoi(argv[7]) - 1;
	if (!strcmp(argv[5], "xdp"))
		attach_xdp(skel->progs.sink_xdp, sink);
	else
		attach_clsact(skel->progs.sink_tc, sink); /* tcx knows no TC_ACT_STOLEN */
	if (!strcmp(argv[4], "bare-xdp")) {
		if (bpf_map_update_elem(bpf_map__fd(skel->maps.bare_tx), &key, &out, 0))
			die("cannot fill the devmap", errno);
		attach_xdp(skel->progs.xdp_bare, in);
	} else if (!strcmp(argv[4], "bare-tc")) {
		skel->bss->redirect_ifindex[0] = in;
		skel->bss->redirect_ifindex[1] = out;
		attach_tc(skel->progs.tc_bare, in);
	}
	pin_to_last_cpu();
	generate_for(0.1); /* warm up */
	before = sink_read();
	start = now_s();
	generate_for(atof(argv[6]));
	seconds = now_s() - start;
	printf("%.0f\n", (sink_read() - before) / seconds);
	return 0;
}

static int cmd_learn(int argc, char **argv)
{
	if (argc < 2)
		return 1;
	skel->bss->gen_ifindex = index_of(argv[0]);
	skel->bss->gen_src_count = atoi(argv[1]);
	skel->data->gen_seed = 0;
	pin_to_last_cpu();
	generate(0x10, atoi(argv[1])); /* 02:10:00:..., where `pps` sends to */
	return 0;
}

static void print_run_time(int fd, const char *dev, const char *repeat)
{
	__u8 frame[FRAME_MAX], out[FRAME_MAX + 256];
	struct xdp_md ctx = {.data_end = frame_len, .ingress_ifindex = index_of(dev)};
	LIBBPF_OPTS(bpf_test_run_opts, opts, .data_in = frame, .data_size_in = frame_len,
		    .data_out = out, .data_size_out = sizeof(out), .ctx_in = &ctx,
		    .ctx_size_in = sizeof(ctx), .repeat = atoi(repeat));

	frame_fill(frame);
	pin_to_last_cpu();
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
	{"pps", cmd_pps},     {"learn", cmd_learn},	  {"prog", cmd_prog},
	{"empty", cmd_empty}, {"redirect", cmd_redirect},
};

int main(int argc, char **argv)
{
	int ret = 1;

	if (argc > 2 && !strcmp(argv[1], "-l")) {
		frame_len = atoi(argv[2]);
		argc -= 2;
		argv += 2;
	}
	if (frame_len < FRAME_MIN || frame_len > FRAME_MAX)
		argc = 1;
	libbpf_set_print(NULL); /* clsact may be there already: no matter */
	skel = bench_bpf__open_and_load();
	if (!skel)
		die("cannot load the programs", errno);
	for (size_t i = 0; argc > 1 && i < sizeof(commands) / sizeof(commands[0]); i++)
		if (!strcmp(argv[1], commands[i].name))
			ret = commands[i].run(argc - 2, argv + 2);
	if (ret == 1)
		fprintf(stderr, "usage: see the top of tools/bench/bench.c\n");
	return ret;
}
