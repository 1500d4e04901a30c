/* SPDX-License-Identifier: GPL-2.0 */
/* Private to ctrl/. */
#pragma once

#include "ctrl/switch.h"

/** stats_clear() - zero all counters of a number that a new port gets */
int stats_clear(const struct xsw_switch_handle *sw, __u32 port);
