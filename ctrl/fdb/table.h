/* SPDX-License-Identifier: GPL-2.0 */
/* The forwarding database as a whole: read, count, make larger or smaller. Private to ctrl/. */
#pragma once

#include "ctrl/bpffs/handle.h"
#include "ctrl/fdb/items.h"

/** fdb_read() - all entries, expired ones too; freed with fdb_items_free(). Return: 0 or -errno. */
int fdb_read(const struct xsw_switch_handle *sw, struct fdb_items *items);

/** fdb_entry() - what stands there of @key, expired or not. Return: 0, -ENOENT, -errno. */
int fdb_entry(const struct xsw_switch_handle *sw, const struct xsw_fdb_key *key,
	      struct xsw_fdb_entry *e);

/** fdb_alive() - how many entries are in use now */
__u64 fdb_alive(const struct xsw_switch_handle *sw);

/**
 * fdb_hold() - let the programs neither add nor remove an entry from here on
 *
 * They go on forwarding, refreshing and moving. A killed writer's hold is ended
 * by the next one. fdb_release() counts the learned entries and ends it.
 */
int fdb_hold(const struct xsw_switch_handle *sw);
int fdb_release(const struct xsw_switch_handle *sw);

/** fdb_grow() - more room if @fdb_max needs it; no entry is lost. On hold. */
int fdb_grow(const struct xsw_switch_handle *sw, __u32 fdb_max);

/** fdb_shrink() - forget the oldest learned entries until @fdb_max are left. On hold. */
int fdb_shrink(const struct xsw_switch_handle *sw, __u32 fdb_max);
