/* SPDX-License-Identifier: GPL-2.0 */
/* A histogram of times with a bounded relative error, as HdrHistogram has it:
 * 128 steps to each power of two, so what is told is at most 0.8 % too high.
 * One writer; others may read while it counts.
 */
#pragma once

#include <linux/types.h>

#define HIST_STEPS 128
#define HIST_SIZE (57 * HIST_STEPS + HIST_STEPS)

struct hist {
	__u64 count;
	__u64 sum;
	__u64 min;
	__u64 max;
	__u64 bucket[HIST_SIZE];
};

void hist_note(struct hist *h, __u64 ns);

/** hist_add() - add the counts of @from to @to */
void hist_add(struct hist *to, const struct hist *from);

/** hist_percentile() - the time that @percent of all did not exceed; 0 if there is none */
__u64 hist_percentile(const struct hist *h, double percent);
