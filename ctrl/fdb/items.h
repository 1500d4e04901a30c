/* SPDX-License-Identifier: GPL-2.0 */
/* What the FDB held when it was read. Private to ctrl/. */
#pragma once

#include <stdbool.h>

#include "maps/fdb.h"

struct fdb_item {
	struct xsw_fdb_key key;
	struct xsw_fdb_entry entry;
};

struct fdb_items {
	struct fdb_item *item;
	__u32 n, room;
	bool twice; /* an address may have been read twice */
};

/** fdb_items_room() - let there be room for @more. Return: 0, or -ENOMEM with @items as it was. */
int fdb_items_room(struct fdb_items *items, __u32 more);

/** fdb_items_add() - one more, for which there is room */
void fdb_items_add(struct fdb_items *items, __u64 key, __u64 entry);

/** fdb_items_once() - of an address that was read several times keep what was read last */
void fdb_items_once(struct fdb_items *items);

void fdb_items_free(struct fdb_items *items);
