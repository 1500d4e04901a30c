/* SPDX-License-Identifier: GPL-2.0 */
/* The page xsw_fdb_count, which programs and processes change atomically: what makes the data
 * path's memory of decisions (bpf/cache.h) void, and how many addresses are learned. Private to
 * ctrl/.
 */
#pragma once

#include "ctrl/bpffs/handle.h"

/** decisions_void() - after a change of what decisions rest on. Return: 0 or -errno. */
int decisions_void(const struct xsw_switch_handle *sw);

/**
 * fdb_count_map() - map xsw_fdb_count, where programs and processes count atomically
 *
 * Return: the element, for fdb_count_unmap(); NULL with errno set.
 */
struct xsw_fdb_count *fdb_count_map(const struct xsw_switch_handle *sw);
void fdb_count_unmap(struct xsw_fdb_count *count);

/** fdb_count_add() - change the number of learned entries, as the programs do: atomically */
int fdb_count_add(const struct xsw_switch_handle *sw, __s64 n, __s64 *before);
