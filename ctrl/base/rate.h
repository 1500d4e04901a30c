/* SPDX-License-Identifier: GPL-2.0 */
/* A rate as the token buckets of the data path count it: time in 1/256 ns, see maps/policer.h. */
#pragma once

#include <linux/types.h>

#include "maps/policer.h"

#define RATE_SECOND (1000000000ULL << XSW_BUCKET_SHIFT) /* in 1/256 ns */

/**
 * rate_duration() - how long do @units take, in 1/256 ns?
 * @units: bytes or frames
 * @cost: of a unit, in what @per_s counts: 8 (bits) of a byte, 1 of a frame
 * @per_s: the rate, not 0: bits or frames a second
 */
unsigned __int128 rate_duration(__u64 units, __u64 cost, __u64 per_s);

/**
 * rate_make() - what the data path reads of a rate
 * @r: result, all of it written
 * @units: burst, bytes or frames; rate_duration() of it must be below 2^62
 * @cost, @per_s: as of rate_duration()
 */
void rate_make(struct xsw_rate *r, __u64 units, __u64 cost, __u64 per_s);
