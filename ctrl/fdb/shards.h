/* SPDX-License-Identifier: GPL-2.0 */
/* The shards of the forwarding database as a whole. Private to ctrl/. */
#pragma once

#include "ctrl/bpffs/handle.h"
#include "maps/fdb.h"

/* What a shard held when it was read. */
struct fdb_items {
	struct xsw_fdb_key *key;
	struct xsw_fdb_entry *entry;
	__u32 n;
};

/** fdb_read() - all entries of one shard, expired ones too; freed with fdb_items_free() */
int fdb_read(int shard_fd, struct fdb_items *items);
void fdb_items_free(struct fdb_items *items);

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

/** fdb_grow() - larger shards if @fdb_max needs them; no entry is lost. On hold. */
int fdb_grow(struct xsw_switch_handle *sw, __u32 fdb_max);

/** fdb_shrink() - forget the oldest learned entries until @fdb_max are left. On hold. */
int fdb_shrink(const struct xsw_switch_handle *sw, __u32 fdb_max);
