/* SPDX-License-Identifier: GPL-2.0 */
/* The FDB of this layout (maps/fdb.h), as a process reads it. Private to ctrl/. */
#pragma once

#include "ctrl/bpffs/handle.h"
#include "ctrl/fdb/items.h"

/**
 * buckets_read() - all entries, expired ones too; each is there once
 *
 * An entry that is there from beginning to end of this call is found, whatever others do, unless
 * entries change their buckets all the time. Return: 0 or -errno.
 */
int buckets_read(const struct xsw_switch_handle *sw, struct fdb_items *items);

/** buckets_entry() - that of @key. Return: 0, -ENOENT, -errno. */
int buckets_entry(const struct xsw_switch_handle *sw, const struct xsw_fdb_key *key,
		  struct xsw_fdb_entry *e);

/** buckets_grow() - room for @fdb_max learned entries, @statics, and one more. 0 or -errno. */
int buckets_grow(const struct xsw_switch_handle *sw, __u32 fdb_max);

/** buckets_double() - as much room again. Return: 0 or -errno. */
int buckets_double(const struct xsw_switch_handle *sw);
