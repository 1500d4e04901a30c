/* SPDX-License-Identifier: GPL-2.0 */
/* A frame as the steps see it: addresses, tags and the VLAN it is in. The
 * hooks fill it (xdp_frame.h, tc_frame.h) and act on what the steps decide;
 * no step touches the context.
 */
#pragma once

#include <stdbool.h>
#include <linux/types.h>

#include "maps/fdb.h"

#define ETH_HLEN 14
#define VLAN_HLEN 4
#define VID_MASK 0x0fff
#define VID_RESERVED 0x0fff
#define PCP_MASK 0xe000
#define PCP_DEI_MASK 0xf000
#define PCP_DEI_SHIFT 12
#define MAC_BITS 0xffffffffffffULL /* of a key; ingress() adds the VLAN */

/* A VLAN tag; tpid 0 is "no tag". */
struct vtag {
	__be16 tpid;
	__u16 tci; /* host order: PCP, DEI, VID */
};

/* The head of a frame with two tags; shorter ones end, or go on, earlier. */
struct eth_tags {
	__u8 dst[6];
	__u8 src[6];
	__be16 tpid1;
	__be16 tci1;
	__be16 tpid2;
	__be16 tci2;
	__be16 proto;
};

/* What a step says of a frame that may go on, instead of a drop reason */
#define ADMITTED (-1)

/* What a parser says */
#define FRAME_OK 0
#define FRAME_RUNT 1 /* cut in its header or first tag */

struct pkt {
	struct xsw_fdb_key dst; /* vlan: 0 until ingress() has run */
	struct xsw_fdb_key src;
	struct vtag outer; /* first tag, as it came */
	struct vtag inner; /* second tag, as it came */

	/* Set by ingress(): */
	struct vtag vtag;   /* the VLAN tag that a tagged port sends */
	__u8 replaces_tag;  /* how many tags of the frame vtag replaces: 0 or 1 */
	bool tag_unchanged; /* vtag is the frame's own first tag, unchanged */
	__u8 prio; /* PCP and DEI of the first tag, or the port's default, or as a policer marked them */
	bool has_cvlan; /* a customer tag follows the VLAN tag */
	__u16 cvid;	/* its VID, 0 if none */
	__u16 port;	/* ingress port */
	__u32 in_flags; /* XSW_PORT_* of the ingress port */

	__u32 len;	 /* of the frame on the wire; of the longest segment if GSO */
	__u32 bytes;	 /* as counted: the whole frame with its tags */
	__u32 now;	 /* tick */
	__u16 only_port; /* a flood is for this port, and those that receive all; 0: for all */

	__u16 gso_size; /* payload of the longest segment, 0: no GSO */
	__u16 gso_segs; /* how many segments; if GSO */
	__s8 gso_grows; /* bytes of headers that segments have and the frame has not; if GSO */

	__u8 third : 1;	      /* one more tag follows the inner one */
	__u8 through : 1;     /* XDP: passes xsw_egress() on its way out, see flood_xdp.h */
	__u8 mirrored : 1;    /* the mirrors of the port of arrival have seen it */
	__u8 mirror_bank : 2; /* by which element of xsw_mirror all of its way is decided, and 1 */

	/* Slots of the VLAN's counters at the ingress port and, if there is only one,
	 * at the egress port; 0: none. A word, because it is 0 of most frames.
	 */
	union {
		struct {
			__u16 vlan_in;
			__u16 vlan_out;
		};
		__u32 vlan_slots;
	};
};

static __always_inline bool is_vlan_tpid(__be16 proto)
{
	return proto == bpf_htons(0x8100) || proto == bpf_htons(0x88a8);
}

static __always_inline bool mac_is_zero(const struct xsw_fdb_key *key)
{
	return *(const __u32 *)key->mac == 0 && *(const __u16 *)&key->mac[4] == 0;
}

static __always_inline bool mac_is_group(const struct xsw_fdb_key *key)
{
	return key->mac[0] & 1;
}

/* 01-80-C2-00-00-00 to 0F: never forwarded by a bridge, IEEE 802.1Q-2018
 * table 8-1.
 */
static __always_inline bool mac_is_reserved(const struct xsw_fdb_key *key)
{
	return *(const __u32 *)key->mac == bpf_htonl(0x0180c200) && key->mac[4] == 0 &&
	       (key->mac[5] & 0xf0) == 0;
}

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__,
	       "mac_load() and cache.h put a key together as a number");

/* The same for the VLAN, for the same reason. */
static __always_inline void key_set_vlan(struct xsw_fdb_key *key, __u32 vlan)
{
	*(__u64 *)key = (*(__u64 *)key & MAC_BITS) | (__u64)vlan << 48;
}

/* Load an address, VLAN 0. In one store: the key is soon read as one word, and
 * a CPU stalls on a load that several stores before it have to make up.
 */
static __always_inline void mac_load(struct xsw_fdb_key *key, const void *mac)
{
	*(__u64 *)key = *(const __u32 *)mac | (__u64) * (const __u16 *)(mac + 4) << 32;
}
