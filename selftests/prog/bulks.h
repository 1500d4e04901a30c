/* SPDX-License-Identifier: GPL-2.0 */
/* What bulks.c and bulks.bpf.c share. */
#pragma once

#include <linux/types.h>

#define BULKS_ENDS 4 /* e1 sends, the others listen */
#define BULKS_KINDS 8

/* A kind of frame. It bears its number and its VLAN behind the EtherType. */
struct bulks_kind {
	__u8 dst[6];
	__u16 vlan;
	__u32 ends; /* who may receive it: bit i is end i */
	__u32 run;  /* up to so many of it follow each other */
};

/* An end that listens. */
struct bulks_end {
	__u32 ifindex;
	__u32 vlan;   /* whose frames it receives, untagged; 0: of all, tagged */
	__u64 frames; /* that were received */
	__u64 wrong;  /* ... of them another's, or tagged wrongly */
};
