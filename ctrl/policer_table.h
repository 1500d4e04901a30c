/* SPDX-License-Identifier: GPL-2.0 */
/* Private to ctrl/. */
#pragma once

#include "ctrl/switch.h"

/** policers_clear() - remove all policers and storm control of a port that is gone */
void policers_clear(const struct xsw_switch_handle *sw, __u32 port);
