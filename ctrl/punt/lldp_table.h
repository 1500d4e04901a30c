/* SPDX-License-Identifier: GPL-2.0 */
/* Private to ctrl/. */
#pragma once

#include "ctrl/bpffs/handle.h"

/** lldp_clear() - forget the neighbours of a port that is gone */
void lldp_clear(const struct xsw_switch_handle *sw, __u32 port);
