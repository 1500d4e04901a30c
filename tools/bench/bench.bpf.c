// SPDX-License-Identifier: GPL-2.0
/* Both ends of a measurement, and the bare redirects that xsw is measured
 * against: forwarding as cheap as the kernel allows, with no switching logic.
 */
#include <stdbool.h>
#include <linux/bpf.h>
#include <linux/pkt_cls.h>
#include <bpf/bpf_helpers.h>

#include "tools/bench/bench.h"

/* Set by bench.c before the programs run, but for what gen_ counts itself. */
__u32 gen_ifindex;   /* where generated frames go out */
__u32 gen_dst_count; /* spread the destination over this many addresses at random; 0: one */
__u32 gen_src_count; /* count the source address up to here, then again; 0: one */
__u32 gen_senders;   /* spread the source over this many addresses at random; 0: one */
__u32 gen_sender;    /* number of the first of them */
__u64 gen_turn_ns;   /* so often the first falls silent and a new one begins; 0: never */
__u64 gen_turn_next_ns;
__u32 gen_group_share; /* frames to groups, parts of 2^24 */
__u64 gen_groups;      /* ... counted */
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

/* 24 bits. The generator of the numbers is linear: its lower bits repeat soon. */
static __always_inline __u32 draw(void)
{
	gen_seed = gen_seed * 1664525 + 1013904223;
	return gen_seed >> 8;
}

/* To all, or to a group that nobody has joined: half of them each. */
static __always_inline void to_group(__u8 *eth)
{
	static const __u8 group[6] = { 0x01, 0x00, 0x5e, 0x7c, 0x00, 0x01 }; /* RFC 6676 */

	if (gen_groups++ & 1)
		__builtin_memcpy(eth, group, sizeof(group));
	else
		__builtin_memset(eth, 0xff, 6);
}

/* One of the senders, who are replaced one after the other. */
static __always_inline void from_sender(__u8 *eth)
{
	__u64 now = gen_turn_ns ? bpf_ktime_get_coarse_ns() : 0;

	if (gen_turn_ns && !gen_turn_next_ns)
		gen_turn_next_ns = now + gen_turn_ns;
	if (gen_turn_ns && now >= gen_turn_next_ns) {
		gen_turn_next_ns += gen_turn_ns;
		gen_sender++;
	}
	mac_number(eth + 6, gen_sender + draw() % gen_senders);
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
	if (gen_dst_count)
		mac_number(eth, draw() % gen_dst_count);
	if (gen_group_share && draw() < gen_group_share)
		to_group(eth);
	if (gen_senders)
		from_sender(eth);
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
