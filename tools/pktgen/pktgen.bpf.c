// SPDX-License-Identifier: GPL-2.0
/* Hands every frame of the device to the AF_XDP socket of its queue. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

struct {
	__uint(type, BPF_MAP_TYPE_XSKMAP);
	__uint(max_entries, 64); /* QUEUES_MAX of dev.h */
	__type(key, __u32);
	__type(value, __u32);
} pktgen_xsk SEC(".maps");

SEC("xdp.frags")
int pktgen_rx(struct xdp_md *ctx)
{
	return bpf_redirect_map(&pktgen_xsk, ctx->rx_queue_index, XDP_PASS);
}

char _license[] SEC("license") = "GPL";
