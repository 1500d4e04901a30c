/* SPDX-License-Identifier: GPL-2.0 */
/* When the next frame is due. A thread that fell behind catches up, but for no
 * more than PACE_DEBT_NS: what it could not send then is never sent.
 */
#pragma once

#include <linux/types.h>

#include "ctrl/base/clock.h"

#define PACE_DEBT_NS 100000000ULL

struct pace {
	double interval_ns; /* 0: at once */
	__u64 start_ns;
	__u64 sent;
};

static inline void pace_start(struct pace *p, double pps)
{
	*p = (struct pace){ .interval_ns = pps ? NS_PER_S / pps : 0, .start_ns = monotonic_ns() };
}

/* Time of the next frame. */
static inline __u64 pace_next(const struct pace *p)
{
	return p->start_ns + (__u64)(p->sent * p->interval_ns);
}

/* How many frames may go now, up to @most. */
static inline unsigned int pace_due(struct pace *p, __u64 now, unsigned int most)
{
	__u64 next = pace_next(p), due;

	if (!p->interval_ns)
		return most;
	if (next > now)
		return 0;
	if (now - next > PACE_DEBT_NS)
		p->start_ns += now - next - PACE_DEBT_NS;
	due = (now - pace_next(p)) / p->interval_ns + 1;
	return due < most ? due : most;
}
