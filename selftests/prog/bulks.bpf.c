// SPDX-License-Identifier: GPL-2.0
/* Both ends of the switch for bulks.c: gen() makes frames of all kinds in runs of random
 * length, sink() looks at what arrives, and whether it may.
 */
#include <stdbool.h>
#include <linux/bpf.h>
#include <linux/pkt_cls.h>
#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

#include "selftests/prog/bulks.h"

#define ETHERTYPE 0x88b5 /* local experimental 1, IEEE 802 */

struct payload {
	__be16 vlan;
	__u8 kind;
} __attribute__((packed));

struct tagged {
	__u8 dst[6], src[6];
	__be16 tpid, tci, proto;
	struct payload p;
} __attribute__((packed));

struct untagged {
	__u8 dst[6], src[6];
	__be16 proto;
	struct payload p;
} __attribute__((packed));

/* Set by bulks.c. */
__u32 gen_ifindex;
__u32 gen_seed;
struct bulks_kind kinds[BULKS_KINDS];
struct bulks_end ends[BULKS_ENDS];

__u32 gen_kind, gen_left;    /* the run that goes on */
__u32 gen_frames, gen_asked; /* so far; when it was last to be any kind */

/* Where floods are many the switch sends unicast as it sends floods, for two jiffies (flood_xdp.h). So
 * there are few of them for as many frames as take some jiffies, then many.
 */
#define GEN_PHASE (1 << 15)   /* frames: half of them with few floods */
#define GEN_UNICAST (1 << 11) /* so many without one, where they are few */

static __always_inline __u32 gen_random(__u32 below)
{
	gen_seed = gen_seed * 1664525 + 1013904223;
	return (gen_seed >> 8) % below;
}

/* The kind of the next run. The first half of all kinds is unicast. */
static __always_inline __u32 gen_next(void)
{
	__u32 at = gen_frames & (GEN_PHASE - 1);

	if (at < GEN_PHASE / 2 && gen_frames - gen_asked < GEN_UNICAST)
		return gen_random(BULKS_KINDS / 2);
	gen_asked = gen_frames;
	return gen_random(BULKS_KINDS);
}

/* Run by BPF_PROG_RUN with BPF_F_TEST_XDP_LIVE_FRAMES, on one CPU: what one run of it
 * redirects comes in at the switch in one poll.
 */
SEC("xdp")
int gen(struct xdp_md *ctx)
{
	struct tagged *f = (void *)(long)ctx->data;
	struct bulks_kind *k;
	__u32 run;

	if ((void *)(f + 1) > (void *)(long)ctx->data_end)
		return XDP_ABORTED;
	if (!gen_left) {
		gen_kind = gen_next();
		run = kinds[gen_kind & (BULKS_KINDS - 1)].run;
		gen_left = 1 + (run ? gen_random(run) : 0);
	}
	gen_left--;
	gen_frames++;
	k = &kinds[gen_kind & (BULKS_KINDS - 1)];
	/* all of it: pages come back as the switch left them */
	__builtin_memcpy(f->dst, k->dst, 6);
	__builtin_memcpy(f->src, "\2\0\0\0\0\1", 6);
	f->tpid = bpf_htons(0x8100);
	f->tci = f->p.vlan = bpf_htons(k->vlan);
	f->proto = bpf_htons(ETHERTYPE);
	f->p.kind = gen_kind;
	return bpf_redirect(gen_ifindex, 0);
}

static __always_inline bool may_arrive(struct __sk_buff *skb, __u32 i)
{
	const struct untagged *f = (void *)(long)skb->data;
	const struct bulks_kind *k;
	__u32 vlan;

	if ((void *)(f + 1) > (void *)(long)skb->data_end || f->proto != bpf_htons(ETHERTYPE))
		return false;
	k = &kinds[f->p.kind & (BULKS_KINDS - 1)];
	vlan = bpf_ntohs(f->p.vlan);
	if (vlan != k->vlan || !(k->ends & 1U << i))
		return false;
	if (ends[i].vlan)
		return !skb->vlan_present && vlan == ends[i].vlan;
	return skb->vlan_present && (skb->vlan_tci & 0xfff) == vlan;
}

/* The kernel has moved the first tag to vlan_tci. Taken, not dropped: no loss is reported. */
SEC("tc")
int sink(struct __sk_buff *skb)
{
	for (__u32 i = 0; i < BULKS_ENDS; i++) {
		if (ends[i].ifindex != skb->ifindex)
			continue;
		__sync_fetch_and_add(&ends[i].frames, 1);
		if (!may_arrive(skb, i))
			__sync_fetch_and_add(&ends[i].wrong, 1);
	}
	return TC_ACT_STOLEN;
}

char _license[] SEC("license") = "GPL";
