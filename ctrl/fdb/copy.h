/* SPDX-License-Identifier: GPL-2.0 */
/* Take the entries of an FDB of an earlier layout into that of this layout. Private to ctrl/. */
#pragma once

#include "ctrl/bpffs/handle.h"

/** fdb_room_for() - for how many entries a copy of @sw's FDB must have room: fdb_max, and its static
 * ones. Return: as many, or fdb_max if it cannot be read.
 */
__u32 fdb_room_for(const struct xsw_switch_handle *sw, __u32 fdb_max);

/**
 * fdb_copy() - what counts in the FDB of @sw is in the table of program @user, xsw_user, after
 *
 * To be called again when no program learns into the FDB of @sw any more: what has come since is
 * added, what has spoken since is newer. Return: 0 or -errno.
 */
int fdb_copy(const struct xsw_switch_handle *sw, int user);
