// SPDX-License-Identifier: GPL-2.0
/* A rate as the token buckets of the data path count it. */
#include "ctrl/base/rate.h"

#define COST_UNITS 20 /* 2^20 bytes: more than the longest GSO frame */

unsigned __int128 rate_duration(__u64 units, __u64 cost, __u64 per_s)
{
	return ((unsigned __int128)units * cost * RATE_SECOND + per_s / 2) / per_s;
}

/* The shift is the largest for which 2^COST_UNITS units do not overflow: the multiplier then has
 * 42 significant bits.
 */
void rate_make(struct xsw_rate *r, __u64 units, __u64 cost, __u64 per_s)
{
	unsigned __int128 one = (unsigned __int128)cost * RATE_SECOND;

	for (r->shift = 63; r->shift; r->shift--)
		if (((one << r->shift) + per_s / 2) / per_s < 1ULL << (63 - COST_UNITS))
			break;
	r->mult = ((one << r->shift) + per_s / 2) / per_s;
	r->burst = rate_duration(units, cost, per_s);
}
