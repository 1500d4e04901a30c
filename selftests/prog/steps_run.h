/* SPDX-License-Identifier: GPL-2.0 */
/* Run a switch's pinned programs on one frame, by BPF_PROG_RUN.
 *
 * What XDP redirects is not sent. TC's redirect is not carried out either, but
 * the clones of a flood are sent. Where TC has changed tags, the first one may
 * stand beside the bytes (skb->vlan_tci), which BPF_PROG_RUN does not show; on
 * the clones it is seen.
 */
#pragma once

#include <bpf/bpf.h>
#include <linux/bpf.h>
#include <linux/pkt_cls.h>

#include "steps_words.h"

#define META_ROOM 64

enum hook { HOOK_XDP, HOOK_TC, HOOKS };

/* What a program did, in the words of either hook. */
enum verdict { RUN_REDIRECT, RUN_DROP, RUN_PASS, RUN_OTHER };

struct run {
	enum verdict verdict;
	int meta; /* bytes of metadata in front of the frame */
	int len;
	uint8_t data[FRAME_MAX];
};

static int run_prog[HOOKS];

/** run_open() - the programs pinned in @dir */
static inline void run_open(const char *dir)
{
	static const char *const pins[HOOKS] = { "prog_xdp", "prog_tc" };
	char path[4096];

	for (int hook = 0; hook < HOOKS; hook++) {
		snprintf(path, sizeof(path), "%s/%s", dir, pins[hook]);
		run_prog[hook] = bpf_obj_get(path);
		if (run_prog[hook] < 0)
			die("cannot open", path);
	}
}

static inline void run_test(enum hook hook, struct bpf_test_run_opts *opts)
{
	if (bpf_prog_test_run_opts(run_prog[hook], opts))
		die("cannot run", hook == HOOK_XDP ? "xsw_xdp" : "xsw_tc");
}

static inline void run_xdp(const struct words_frame *in, __u32 ifindex, struct run *out)
{
	static const uint8_t meta[8] = "another";
	static uint8_t bytes[META_ROOM + FRAME_MAX];
	int room = in->meta ? sizeof(meta) : 0;
	struct xdp_md ctx = {
		.data = room,
		.data_end = room + in->len,
		.ingress_ifindex = ifindex,
	};
	LIBBPF_OPTS(bpf_test_run_opts, opts, .data_in = bytes, .data_size_in = room + in->len,
		    .data_out = bytes, .data_size_out = sizeof(bytes), .ctx_in = &ctx,
		    .ctx_size_in = sizeof(ctx), .ctx_out = &ctx, .ctx_size_out = sizeof(ctx));

	memcpy(bytes, meta, room);
	memcpy(bytes + room, in->data, in->len);
	run_test(HOOK_XDP, &opts);
	out->verdict = opts.retval == XDP_REDIRECT ? RUN_REDIRECT :
		       opts.retval == XDP_DROP	   ? RUN_DROP :
		       opts.retval == XDP_PASS	   ? RUN_PASS :
						     RUN_OTHER;
	out->meta = ctx.data;
	out->len = opts.data_size_out - ctx.data;
	memcpy(out->data, bytes + ctx.data, out->len);
}

static inline void run_tc(const struct words_frame *in, __u32 ifindex, struct run *out)
{
	struct __sk_buff ctx = { .ifindex = ifindex };
	LIBBPF_OPTS(bpf_test_run_opts, opts, .data_in = in->data, .data_size_in = in->len,
		    .data_out = out->data, .data_size_out = sizeof(out->data), .ctx_in = &ctx,
		    .ctx_size_in = sizeof(ctx));

	run_test(HOOK_TC, &opts);
	out->verdict = opts.retval == TC_ACT_REDIRECT	 ? RUN_REDIRECT :
		       opts.retval == TC_ACT_SHOT	 ? RUN_DROP :
		       (int)opts.retval == TC_ACT_UNSPEC ? RUN_PASS :
							   RUN_OTHER;
	out->meta = 0;
	out->len = opts.data_size_out;
}

/** run_frame() - what the program at @hook does with @in, arriving at device @ifindex */
static inline void run_frame(enum hook hook, const struct words_frame *in, __u32 ifindex,
			     struct run *out)
{
	if (hook == HOOK_XDP)
		run_xdp(in, ifindex, out);
	else
		run_tc(in, ifindex, out);
}
