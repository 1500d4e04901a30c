// SPDX-License-Identifier: GPL-2.0
/* Both ends of a measurement, and the bare redirects that xsw is measured
 * against: forwarding as cheap as the kernel allows, with no switching logic.
 */
#include <stdbool.h>
#include <linux/bpf.h>
#include <linux/pkt_cls.h>
#include <bpf/bpf_helpers.h>

#include "tools/bench/bench.h"

/* Set by bench.c before or while the programs run. */
__u32 gen_ifindex;   /* where generated frames go out */
__u32 gen_dst_count; /* spread the destination over this many addresses at random; 0: one */
__u32 gen_src_count; /* count the source address up to here, then again; 0: one */
__u32 gen_seed = 1;
__u32 gen_mix;			  /* frames of three lengths, of which those sent are the longest */
struct gen_length gen_lengths[3]; /* what stands in a frame of each of them */
__u64 gen_head[3]; /* the first bytes of each frame: pages come back as forwarders left them */
__u32 redirect_ifindex[2]; /* tc_bare: what comes in at [0] leaves at [1], and back */

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct sink);
} sink_count SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_DEVMAP);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u32);
} bare_tx SEC(".maps");

static __always_inline void count(__u32 bytes)
{
	__u32 key = 0;
	struct sink *n = bpf_map_lookup_elem(&sink_count, &key);

	if (!n)
		return;
	n->frames++;
	n->bytes += bytes;
}

static __always_inline void mac_number(__u8 *mac, __u32 number)
{
	mac[3] = number >> 16;
	mac[4] = number >> 8;
	mac[5] = number;
}

/* Twelve frames: seven short, four of middle length, one long, as IMIX has it. */
static __always_inline bool frame_cut(struct xdp_md *ctx)
{
	const struct gen_length *to;
	__u32 which;
	__u8 *eth;

	gen_mix = gen_mix < 12 ? gen_mix + 1 : 1;
	which = gen_mix == 12 ? 2 : gen_mix % 3 == 0 || gen_mix == 10;
	to = &gen_lengths[which];
	if (bpf_xdp_adjust_tail(ctx, -(int)to->cut))
		return false;
	eth = (void *)(long)ctx->data;
	if (eth + 42 > (__u8 *)(long)ctx->data_end)
		return false;
	*(__be16 *)(eth + 16) = to->ip_len;
	*(__be16 *)(eth + 24) = to->ip_sum;
	*(__be16 *)(eth + 38) = to->udp_len;
	*(__be16 *)(eth + 40) = 0; /* no checksum */
	return true;
}

/* Run by BPF_PROG_RUN with BPF_F_TEST_XDP_LIVE_FRAMES on one CPU. */
SEC("xdp")
int gen(struct xdp_md *ctx)
{
	__u8 *eth = (void *)(long)ctx->data;

	if (eth + sizeof(gen_head) > (__u8 *)(long)ctx->data_end)
		return XDP_ABORTED;
	__builtin_memcpy(eth, gen_head, sizeof(gen_head));
	if (gen_mix && !frame_cut(ctx))
		return XDP_ABORTED;
	eth = (void *)(long)ctx->data;
	if (eth + 14 > (__u8 *)(long)ctx->data_end)
		return XDP_ABORTED;
	if (gen_dst_count) {
		gen_seed = gen_seed * 1664525 + 1013904223;
		mac_number(eth, (gen_seed >> 8) % gen_dst_count);
	}
	if (gen_src_count) {
		mac_number(eth + 6, gen_seed);
		gen_seed = gen_seed + 1 < gen_src_count ? gen_seed + 1 : 0;
	}
	return bpf_redirect(gen_ifindex, 0);
}

SEC("xdp")
int sink_xdp(struct xdp_md *ctx)
{
	count(ctx->data_end - ctx->data);
	return XDP_DROP;
}

/* Taken, not dropped: a drop visits the kernel's loss tracepoint, which a frame
 * that somebody receives does not.
 */
SEC("tc")
int sink_tc(struct __sk_buff *skb)
{
	count(skb->len + (skb->vlan_present ? 4 : 0));
	return TC_ACT_STOLEN;
}

SEC("xdp")
int xdp_bare(struct xdp_md *ctx)
{
	return bpf_redirect_map(&bare_tx, 0, XDP_DROP);
}

/* what BPF_PROG_RUN itself costs */
SEC("xdp")
int xdp_empty(struct xdp_md *ctx)
{
	return XDP_PASS;
}

SEC("tc")
int tc_bare(struct __sk_buff *skb)
{
	return bpf_redirect(redirect_ifindex[skb->ifindex == redirect_ifindex[0]], 0);
}

char _license[] SEC("license") = "GPL";
