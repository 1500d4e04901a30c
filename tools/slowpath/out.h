/* SPDX-License-Identifier: GPL-2.0 */
/* What leaves in a round of a thread: frames collected port by port, then handed over. */
#pragma once

#include <stdbool.h>
#include <linux/if_xdp.h>
#include <linux/types.h>

#include "maps/limits.h"

#define OUT_MAX 256 /* descriptors for one port in a round */

struct out {
	__u32 n;
	struct xdp_desc d[OUT_MAX];
};

/* One a thread; all zero to begin with, but for @queue. */
struct outs {
	__u32 queue; /* by which this thread sends to a port that has several */
	struct out *out[XSW_MAX_PORTS];
	__u16 list[XSW_MAX_PORTS];
	__u32 n;
	__u16 slow_list[XSW_MAX_PORTS]; /* ports in whose ring something waits, each once */
	bool slow[XSW_MAX_PORTS];
	__u32 n_slow;
};

/**
 * outs_add() - collect a frame of @n descriptors for port @number
 *
 * Return: false if there is no memory; the frame is still the caller's.
 */
bool outs_add(struct outs *o, __u32 number, const struct xdp_desc *d, __u32 n);

/** outs_flush() - hand over all that was collected; frames for ports that are gone are freed */
void outs_flush(struct outs *o);

/** outs_push() - have the kernel go on with ports whose ring did not get empty, each once */
void outs_push(struct outs *o);

/** outs_free() - the thread has ended */
void outs_free(struct outs *o);
