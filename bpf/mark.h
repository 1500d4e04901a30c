/* SPDX-License-Identifier: GPL-2.0 */
/* How entry_tc.h tells entry_loss.h that a frame was redirected by this
 * switch: in skb->tc_index, which nothing else uses since the dsmark qdisc
 * left the kernel, and which skb->dev's driver leaves alone.
 */
#pragma once

#define MARK_REDIRECTED 0x7873
