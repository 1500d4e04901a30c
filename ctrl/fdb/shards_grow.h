/* SPDX-License-Identifier: GPL-2.0 */
/* Make the FDB of layouts 1 and 2 larger. Private to ctrl/. */
#pragma once

#include "ctrl/bpffs/handle.h"

/** shards_grow() - larger shards if @fdb_max needs them; no entry is lost. On hold. */
int shards_grow(const struct xsw_switch_handle *sw, __u32 fdb_max);
