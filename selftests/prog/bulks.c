// SPDX-License-Identifier: GPL-2.0
/* Known unicast and floods of two VLANs, mixed in runs of random length within each poll of
 * a port with path xdp, and a look at every frame that arrives. For bulks.t.
 *
 *   bulks SEED FRAMES e1 e2 e3 e4	prints {"ends": [{"frames": N, "wrong": N}, ...]}
 *
 * Returns when nothing more is on its way. e2 is behind an access port of VLAN 10, e3 of
 * VLAN 20, e4 behind a trunk; hN is known to live at eN.
 */
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <linux/if_link.h>
#include <sched.h>

#include "bulks.h"
#include "bulks.skel.h"
#include "frame.h"

#define BATCH 64 /* frames of a poll */
#define FRAME_LEN 64

static const struct bulks_kind kinds[BULKS_KINDS] = {
	{ .dst = { 2, 0, 0, 0, 0, 2 }, .vlan = 10, .ends = 1 << 1, .run = 40 },
	{ .dst = { 2, 0, 0, 0, 0, 3 }, .vlan = 20, .ends = 1 << 2, .run = 40 },
	{ .dst = { 2, 0, 0, 0, 0, 4 }, .vlan = 10, .ends = 1 << 3, .run = 40 },
	{ .dst = { 2, 0, 0, 0, 0, 4 }, .vlan = 20, .ends = 1 << 3, .run = 20 },
	{ .dst = { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff }, .vlan = 10, .ends = 5 << 1, .run = 20 },
	{ .dst = { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff }, .vlan = 20, .ends = 6 << 1, .run = 3 },
	{ .dst = { 1, 0, 0x5e, 0, 0, 1 }, .vlan = 20, .ends = 6 << 1, .run = 20 },
	{ .dst = { 1, 0, 0x5e, 0, 0, 1 }, .vlan = 30, .ends = 4 << 1, .run = 2 },
};

static struct bulks_bpf *skel;

/* What a poll of the port is to find together must come from its CPU. */
static void stay_here(void)
{
	cpu_set_t one;

	CPU_ZERO(&one);
	CPU_SET(sched_getcpu(), &one);
	if (sched_setaffinity(0, sizeof(one), &one))
		die("cannot stay on", "a CPU");
}

static void listen_at(const char *name, struct bulks_end *end, __u32 vlan)
{
	LIBBPF_OPTS(bpf_tc_hook, hook, .ifindex = if_nametoindex(name),
		    .attach_point = BPF_TC_INGRESS);
	LIBBPF_OPTS(bpf_tc_opts, opts, .prog_fd = bpf_program__fd(skel->progs.sink));

	end->ifindex = hook.ifindex;
	end->vlan = vlan;
	bpf_tc_hook_create(&hook);
	if (bpf_tc_attach(&hook, &opts))
		die("cannot listen at", name);
}

static void generate(__u32 frames)
{
	uint8_t frame[FRAME_LEN] = {};
	struct xdp_md ctx = { .data_end = sizeof(frame) };
	LIBBPF_OPTS(bpf_test_run_opts, opts, .data_in = frame, .data_size_in = sizeof(frame),
		    .ctx_in = &ctx, .ctx_size_in = sizeof(ctx), .repeat = frames,
		    .flags = BPF_F_TEST_XDP_LIVE_FRAMES, .batch_size = BATCH);

	if (bpf_prog_test_run_opts(bpf_program__fd(skel->progs.gen), &opts))
		die("cannot generate", "frames");
}

/* All frames go their way on this CPU, most of them before the system call returns; when
 * its softirqs were put off to a thread, that runs while this process sleeps.
 */
static void drain(void)
{
	__u64 before, now = 0;

	do {
		before = now;
		usleep(20000);
		now = 0;
		for (int i = 1; i < BULKS_ENDS; i++)
			now += skel->bss->ends[i].frames;
	} while (now != before);
}

int main(int argc, char **argv)
{
	static const __u32 vlans[BULKS_ENDS] = { 0, 10, 20, 0 };

	if (argc != 3 + BULKS_ENDS)
		return 1;
	skel = bulks_bpf__open_and_load();
	if (!skel)
		die("cannot load", "the programs");
	stay_here();
	memcpy(skel->bss->kinds, kinds, sizeof(kinds));
	skel->bss->gen_seed = atoi(argv[1]);
	skel->bss->gen_ifindex = if_nametoindex(argv[3]);
	for (int i = 1; i < BULKS_ENDS; i++)
		listen_at(argv[3 + i], &skel->bss->ends[i], vlans[i]);
	generate(atoi(argv[2]));
	drain();
	printf("{\"ends\": [");
	for (int i = 1; i < BULKS_ENDS; i++)
		printf("%s{\"frames\": %llu, \"wrong\": %llu}", i > 1 ? ", " : "",
		       (unsigned long long)skel->bss->ends[i].frames,
		       (unsigned long long)skel->bss->ends[i].wrong);
	puts("]}");
	bulks_bpf__destroy(skel);
	return 0;
}
