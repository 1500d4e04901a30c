// SPDX-License-Identifier: GPL-2.0
#include "ctrl/fdb/copy.h"

#include <errno.h>
#include <stdlib.h>

#include "ctrl/fdb/life.h"
#include "ctrl/fdb/request.h"
#include "ctrl/fdb/table.h"

__u32 fdb_room_for(const struct xsw_switch_handle *sw, __u32 fdb_max)
{
	struct fdb_items items;
	__u32 n = fdb_max;

	if (fdb_read(sw, &items))
		return n;
	for (__u32 i = 0; i < items.n; i++)
		n += !!(items.item[i].entry.flags & XSW_FDB_STATIC);
	fdb_items_free(&items);
	return n;
}

int fdb_copy(const struct xsw_switch_handle *sw, int user)
{
	struct xsw_request_fdb *asks;
	struct fdb_items items;
	struct fdb_life life;
	__u32 n = 0;
	int err;

	err = fdb_life_read(sw, &life);
	if (!err)
		err = fdb_read(sw, &items);
	if (err)
		return err;
	asks = calloc(items.n + 1, sizeof(*asks));
	for (__u32 i = 0; asks && i < items.n; i++)
		if (fdb_counts(&life, &items.item[i].entry))
			asks[n++] = (struct xsw_request_fdb){ .key = items.item[i].key,
							      .next = items.item[i].entry };
	err = asks ? fdb_merge(user, asks, n) : -ENOMEM;
	free(asks);
	fdb_items_free(&items);
	return err;
}
