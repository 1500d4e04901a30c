// SPDX-License-Identifier: GPL-2.0
/* Put into the place of a switch's FDB one as layouts 1 and 2 have it, with the same entries.
 *
 *   old_fdb SWITCH
 *
 * Its programs go on with the table that they have: for tests of commands and upgrades.
 */
#include <bpf/bpf.h>
#include <stdio.h>
#include <unistd.h>

#include "ctrl/bpffs/pin.h"
#include "ctrl/fdb/shards.h"
#include "ctrl/fdb/table.h"
#include "ctrl/switch/switch.h"

#include "tap.h"

#define ROOM 65536 /* entries of a shard */

static int shard_make(void)
{
	LIBBPF_OPTS(bpf_map_create_opts, opts, .map_flags = BPF_F_NO_PREALLOC);
	int fd = bpf_map_create(BPF_MAP_TYPE_HASH, "xsw_fdb_shard", sizeof(struct xsw_fdb_key),
				sizeof(struct xsw_fdb_entry), ROOM, &opts);

	tap_need(fd, "cannot make a shard");
	return fd;
}

static int shards_make(void)
{
	int outer = -1;

	for (__u32 i = 0; i < SHARDS; i++) {
		int fd = shard_make();
		LIBBPF_OPTS(bpf_map_create_opts, opts, .inner_map_fd = fd);

		if (outer < 0)
			outer = bpf_map_create(BPF_MAP_TYPE_ARRAY_OF_MAPS, "xsw_fdb", sizeof(__u32),
					       sizeof(__u32), SHARDS, &opts);
		tap_need(outer, "cannot make a map of maps");
		tap_need(bpf_map_update_elem(outer, &i, &fd, BPF_ANY), "cannot enter a shard");
		close(fd);
	}
	return outer;
}

int main(int argc, char **argv)
{
	struct xsw_switch_handle sw;
	struct fdb_items items;

	if (argc != 2) {
		fprintf(stderr, "usage: old_fdb SWITCH\n");
		return 2;
	}
	tap_need(xsw_switch_open(argv[1], &sw), "cannot open");
	tap_need(fdb_read(&sw, &items), "cannot read");
	close(sw.map.fdb);
	sw.map.fdb = shards_make();
	for (__u32 n = 0; n < items.n; n++)
		tap_need(shards_update(&sw, &items.item[n].key, &items.item[n].entry, BPF_ANY),
			 "cannot enter an address");
	fdb_items_free(&items);
	pin_remove(sw.dir, "xsw_fdb");
	pin_remove(sw.dir, "xsw_fdb_lock");
	tap_need(pin_put(sw.map.fdb, sw.dir, "xsw_fdb"), "cannot pin");
	xsw_switch_close(&sw);
	return 0;
}
