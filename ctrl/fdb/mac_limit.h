/* SPDX-License-Identifier: GPL-2.0 */
/* xsw_guard: limits of ports, and what the data path has noted of them. Members are read
 * and written one by one, as the programs do, who are at it at the same time. All do
 * nothing on a switch of an earlier version, which has no such table. Private to ctrl/.
 */
#pragma once

#include "ctrl/bpffs/handle.h"
#include "maps/mac_limit.h"

/** guard_read() - that of @port; zero where there is none */
void guard_read(const struct xsw_switch_handle *sw, __u32 port, struct xsw_guard *guard);

/** guard_learned_add() - @n learned entries more (or less) point to @port */
void guard_learned_add(const struct xsw_switch_handle *sw, __u32 port, __s32 n);

/** guard_learned_store() - that many do, of XSW_MAX_PORTS ports */
void guard_learned_store(const struct xsw_switch_handle *sw, const __s32 *learned);

/** guard_limit_set() - 0 is none */
void guard_limit_set(const struct xsw_switch_handle *sw, __u32 port, __u32 mac_limit);

/** guard_open() - end what mac_limit_action shutdown began */
void guard_open(const struct xsw_switch_handle *sw, __u32 port);

/**
 * guard_clear() - for a number that is or was not in use
 *
 * The number of learned entries stays: it follows the FDB, which may hold one that a program
 * learned while the port went.
 */
void guard_clear(const struct xsw_switch_handle *sw, __u32 port);
