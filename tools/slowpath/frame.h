/* SPDX-License-Identifier: GPL-2.0 */
/* A frame in chunks: as the steps want it, and as descriptors, several of a long one. */
#pragma once

#include <linux/if_xdp.h>
#include <linux/types.h>

#include "tools/slowpath/steps/steps.h"

#ifndef XDP_PKT_CONTD /* headers before 6.6 */
#define XDP_PKT_CONTD (1 << 0)
#endif

#define PIECES 18 /* of the longest frame, 65535 bytes and its header, in chunks */

struct frame {
	struct steps_frame f; /* first: the steps know only this */
	struct steps_piece piece[PIECES];
	__u32 n;
	struct xdp_desc d[PIECES];
};

/** frame_set() - fill in @f->f and @f->piece from its descriptors, 1 to PIECES */
void frame_set(struct frame *f);

/** frame_free() - give its chunks back */
void frame_free(const struct frame *f);

/** frame_copy() - make @to like @f, in chunks of its own. Return: false: no memory. */
bool frame_copy(struct frame *to, const struct frame *f);

/** frame_descs() - how many of the @n descriptors, 1 or more, are the first frame? */
__u32 frame_descs(const struct xdp_desc *d, __u32 n);

/** frames_lost() - give back whole frames that port @number did not send, and count each there */
void frames_lost(__u32 number, const struct xdp_desc *d, __u32 n);
