/* SPDX-License-Identifier: GPL-2.0 */
/* Private to ctrl/. */
#pragma once

#include "ctrl/bpffs/handle.h"
#include "maps/policer.h"

/** policers_clear() - remove all policers and storm control of a port that is gone */
void policers_clear(const struct xsw_switch_handle *sw, __u32 port);

/**
 * rate_make() - what the data path reads of a rate
 * @units: burst, bytes or frames
 * @cost: of a unit in those that @per_s counts: 8 bits of a byte, 1 of a frame
 * @per_s: the rate
 */
void rate_make(struct xsw_rate *r, __u64 units, __u64 cost, __u64 per_s);
