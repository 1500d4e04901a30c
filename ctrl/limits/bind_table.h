/* SPDX-License-Identifier: GPL-2.0 */
/* Private to ctrl/. */
#pragma once

#include "ctrl/bpffs/handle.h"

/** binds_clear() - remove all bindings of a port that is gone */
void binds_clear(const struct xsw_switch_handle *sw, __u32 port);
