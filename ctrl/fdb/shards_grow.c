// SPDX-License-Identifier: GPL-2.0
#include "ctrl/fdb/shards_grow.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "ctrl/fdb/mac_limit.h"
#include "ctrl/fdb/request.h"
#include "ctrl/fdb/shards.h"

/* Room of one shard for a table of @fdb_max learned entries: twice the mean, and space for static
 * entries.
 */
static __u32 shard_size(__u32 fdb_max)
{
	return fdb_max / (SHARDS / 2) + 1024;
}

static int shard_make(__u32 fdb_max)
{
	LIBBPF_OPTS(bpf_map_create_opts, opts, .map_flags = BPF_F_NO_PREALLOC);
	int fd;

	fd = bpf_map_create(BPF_MAP_TYPE_HASH, "xsw_fdb_shard", sizeof(struct xsw_fdb_key),
			    sizeof(struct xsw_fdb_entry), shard_size(fdb_max), &opts);
	return fd < 0 ? -errno : fd;
}

static int copy_all(int to, const struct fdb_items *items)
{
	for (__u32 n = 0; n < items->n; n++)
		if (bpf_map_update_elem(to, &items->item[n].key, &items->item[n].entry,
					BPF_NOEXIST) &&
		    errno != EEXIST)
			return -errno;
	return 0;
}

/* Bring over when and where an address last spoke, if that was after its entry was copied. The
 * programs have counted a move where it went; here it is counted where the entry is.
 */
static void freshen_entry(const struct xsw_switch_handle *sw, const struct fdb_item *copied,
			  const struct fdb_item *is)
{
	struct xsw_request_fdb ask = { .key = is->key, .next = is->entry };

	if (copied->entry.port != is->entry.port) {
		guard_learned_add(sw, copied->entry.port, 1);
		guard_learned_add(sw, is->entry.port, -1);
	}
	do {
		if (shards_entry(sw, &is->key, &ask.old) ||
		    !memcmp(&ask.old, &is->entry, sizeof(ask.old)) ||
		    (__s32)(is->entry.seen - ask.old.seen) < 0)
			return;
	} while (fdb_put(sw, &ask) == -EAGAIN);
}

/* @old: what is in the shard that has just gone out of use. Its keys are the same and in the
 * same order, since the FDB is on hold.
 */
static void freshen(const struct xsw_switch_handle *sw, const struct fdb_items *copied,
		    const struct fdb_items *old)
{
	for (__u32 n = 0; n < old->n && n < copied->n; n++)
		if (!memcmp(&old->item[n].key, &copied->item[n].key, sizeof(old->item[n].key)) &&
		    memcmp(&old->item[n].entry, &copied->item[n].entry, sizeof(old->item[n].entry)))
			freshen_entry(sw, &copied->item[n], &old->item[n]);
}

static int shard_replace(const struct xsw_switch_handle *sw, __u32 i, int old, int new)
{
	struct fdb_items copied = {}, items = {};
	int err;

	err = shard_read(old, &copied);
	if (!err)
		err = copy_all(new, &copied);
	/* The kernel waits here until no program uses the old shard. */
	if (!err && bpf_map_update_elem(sw->map.fdb, &i, &new, BPF_ANY))
		err = -errno;
	if (!err && !shard_read(old, &items))
		freshen(sw, &copied, &items);
	fdb_items_free(&items);
	fdb_items_free(&copied);
	return err;
}

static int shard_grow(const struct xsw_switch_handle *sw, __u32 i, __u32 fdb_max)
{
	struct bpf_map_info info = {};
	__u32 len = sizeof(info);
	int old = shard_get(sw, i), new, err = 0;

	if (old < 0)
		return old;
	if (bpf_obj_get_info_by_fd(old, &info, &len))
		err = -errno;
	if (!err && info.max_entries < shard_size(fdb_max)) {
		new = shard_make(fdb_max);
		err = new < 0 ? new : shard_replace(sw, i, old, new);
		if (new >= 0)
			close(new);
	}
	close(old);
	return err;
}

int shards_grow(const struct xsw_switch_handle *sw, __u32 fdb_max)
{
	int err = 0;

	for (__u32 i = 0; i < SHARDS && !err; i++)
		err = shard_grow(sw, i, fdb_max);
	return err;
}
