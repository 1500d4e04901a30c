/* SPDX-License-Identifier: GPL-2.0 */
/* How hook_tc.c tells hook_loss.c that a frame was redirected to a device by
 * this switch: in skb->tc_index, which nothing else uses since the dsmark qdisc
 * left the kernel, and which drivers leave alone. It crosses a veth with the
 * frame, so it names the device that it was meant for.
 */
#pragma once

#include <linux/types.h>

#define MARK_REDIRECTED 0x8000 /* with the low bits of the ifindex */

static inline __attribute__((always_inline)) __u16 mark_for(__u32 ifindex)
{
	return MARK_REDIRECTED | (ifindex & (MARK_REDIRECTED - 1));
}
