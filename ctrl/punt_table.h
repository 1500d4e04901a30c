/* SPDX-License-Identifier: GPL-2.0 */
/* Private to ctrl/. */
#pragma once

#include "ctrl/switch.h"

/** punts_clear() - remove all rules of a port that is gone */
void punts_clear(const struct xsw_switch_handle *sw, __u32 port);
