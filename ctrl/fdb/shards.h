/* SPDX-License-Identifier: GPL-2.0 */
/* The FDB of layouts 1 and 2: hash maps in an array of maps. Programs of these layouts insert and
 * delete learned entries at any time but while the FDB is on hold; static entries are ours alone.
 * Private to ctrl/.
 */
#pragma once

#include "ctrl/bpffs/handle.h"
#include "ctrl/fdb/items.h"

#define SHARDS 16

/** shards_read() - all entries, expired ones too. Return: 0 or -errno. */
int shards_read(const struct xsw_switch_handle *sw, struct fdb_items *items);

/** shards_entry() - that of @key. Return: 0, -ENOENT, -errno. */
int shards_entry(const struct xsw_switch_handle *sw, const struct xsw_fdb_key *key,
		 struct xsw_fdb_entry *e);

/** shards_delete(), shards_update() - by system calls, of a switch whose programs cannot be asked */
int shards_delete(const struct xsw_switch_handle *sw, const struct xsw_fdb_key *key,
		  struct xsw_fdb_entry *was);
int shards_update(const struct xsw_switch_handle *sw, const struct xsw_fdb_key *key,
		  const struct xsw_fdb_entry *e, __u64 flags);

/** shard_get() - shard @i. Return: descriptor; -ENOENT: it was just being replaced; -errno. */
int shard_get(const struct xsw_switch_handle *sw, __u32 i);

/** shard_read() - append all entries of one shard. Return: 0 or -errno. */
int shard_read(int fd, struct fdb_items *items);
