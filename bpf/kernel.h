/* SPDX-License-Identifier: GPL-2.0 */
/* The kernel structures that programs read behind their context. */
#pragma once

#include <stdbool.h>
#include <linux/types.h>
#include <bpf/bpf_core_read.h>

/* The members of kernel structures that are read here; CO-RE finds them. */
struct net {
	__u64 net_cookie;
} __attribute__((preserve_access_index));

typedef struct {
	struct net *net;
} possible_net_t;

typedef struct {
	int counter;
} atomic_t;

struct net_device {
	int ifindex;
	unsigned int flags;
	unsigned long state;
	possible_net_t nd_net;
	unsigned int num_rx_queues;
	unsigned int mtu;
	atomic_t carrier_down_count;
	__u8 priv[]; /* since 6.11 */
} __attribute__((preserve_access_index));

struct sk_buff {
	struct sk_buff *next;
	__u8 ip_summed : 2;
	__u8 encapsulation : 1;
	struct net_device *dev;
	unsigned int len;
	__u16 tc_index;
	__u16 csum_start; /* these places count from @head */
	__u16 transport_header;
	__u16 inner_network_header;
	__u16 inner_transport_header;
	__be16 protocol;
	__be16 vlan_proto;
	__u16 vlan_tci;
	__u8 vlan_present : 1; /* before 6.2; since then a tag beside the bytes has a vlan_proto */
	__u16 mac_header;
	unsigned int end;
	unsigned char *head;
	unsigned char *data;
} __attribute__((preserve_access_index));

struct skb_shared_info { /* at @end of an skb */
	__u8 tx_flags;
	unsigned int gso_type;
	struct sk_buff *frag_list;
} __attribute__((preserve_access_index));

/* A devmap and its entries (kernel/bpf/devmap.c) */
struct bpf_dtab {
	void **netdev_map;
} __attribute__((preserve_access_index));

struct bpf_dtab_netdev {
	struct net_device *dev;
} __attribute__((preserve_access_index));

struct xdp_rxq_info {
	struct net_device *dev;
} __attribute__((preserve_access_index));

enum xdp_buff_flags {
	XDP_FLAGS_HAS_FRAGS = 1,
};

struct xdp_buff {
	struct xdp_rxq_info *rxq;
	__u32 flags;
} __attribute__((preserve_access_index));

#define CHECKSUM_PARTIAL 3 /* include/linux/skbuff.h */

/* May programs look behind their context, and at kernel structures, by plain loads? Since
 * 6.2. Set before loading. Without it they call a helper for each load, and what a veth knows
 * of a frame is not seen.
 */
const volatile bool xsw_can_cast;
extern void *bpf_cast_to_kern_ctx(void *ctx) __ksym __weak;
extern void *bpf_rdonly_cast(const void *obj, __u32 btf_id) __ksym __weak;

/* What stands at @at in the kernel's memory, for kernels without casts.
 * verifier: not inlined, for the sake of its callers' stack; static, to be handed any pointer.
 */
static __attribute__((noinline)) __u64 probe_word(const void *at)
{
	__u64 word = 0;

	bpf_probe_read_kernel(&word, sizeof(word), at);
	return word;
}

/* Member @m of @p, a structure of the kernel that a cast or another structure led to; 0 where no
 * memory is. A member of 8 bytes or fewer: it is the low end of the word at its place.
 */
#define KERNEL_READ(p, m) (xsw_can_cast ? (p)->m : (__typeof__((p)->m))probe_word(&(p)->m))
#define KERNEL_READ_BITS(p, m)                                                                     \
	(xsw_can_cast ? BPF_CORE_READ_BITFIELD(p, m) : BPF_CORE_READ_BITFIELD_PROBED(p, m))

/* The same of the structure of @type at an address. A cast takes no types of modules. */
#define KERNEL_READ_AT(type, at, m)                                                                \
	({                                                                                         \
		const type *is = (const void *)(at);                                               \
		xsw_can_cast ?                                                                     \
			((const type *)bpf_rdonly_cast(is, bpf_core_type_id_kernel(type)))->m :    \
			(__typeof__(is->m))probe_word(&is->m);                                     \
	})

/* The pointer that stands at @at in the kernel's memory; 0 where no memory is. Any type that begins
 * with a pointer will do.
 */
static __always_inline void *pointer_at(const void *at)
{
	return KERNEL_READ_AT(struct sk_buff, at, next);
}

/* The skb behind a context, for KERNEL_READ(). */
static __always_inline const struct sk_buff *skb_behind(struct __sk_buff *ctx)
{
	return xsw_can_cast ? bpf_cast_to_kern_ctx(ctx) : (void *)ctx;
}

/* The XDP buffer behind a context. Only for where there are casts: its members are read by plain
 * loads.
 */
static __always_inline const struct xdp_buff *xdp_behind(struct xdp_md *ctx)
{
	return bpf_cast_to_kern_ctx(ctx);
}
