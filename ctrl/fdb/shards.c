// SPDX-License-Identifier: GPL-2.0
#include "ctrl/fdb/shards.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <string.h>
#include <unistd.h>

#define READ_CHUNK 4096

/* Which shard holds a key: all its bits have a say (Knuth, 6.4). */
static __u32 shard_of(const struct xsw_fdb_key *key)
{
	__u64 word;

	memcpy(&word, key, sizeof(word));
	return word * 0x9e3779b97f4a7c15ULL >> 60;
}

_Static_assert(SHARDS == 1 << (64 - 60), "shard_of() says one of so many");

static int shard_check(int fd)
{
	struct bpf_map_info is = {};
	__u32 len = sizeof(is);

	if (bpf_obj_get_info_by_fd(fd, &is, &len))
		return -errno;
	return is.type == BPF_MAP_TYPE_HASH && is.key_size == sizeof(struct xsw_fdb_key) &&
			       is.value_size == sizeof(struct xsw_fdb_entry) ?
		       0 :
		       -EUCLEAN;
}

int shard_get(const struct xsw_switch_handle *sw, __u32 i)
{
	int fd = -ENOENT, err;
	__u32 id;

	for (int tries = 0; tries < 2 && fd < 0; tries++) {
		if (bpf_map_lookup_elem(sw->map.fdb, &i, &id))
			return -errno;
		fd = bpf_map_get_fd_by_id(id);
	}
	if (fd < 0)
		return -errno;
	err = shard_check(fd);
	if (err)
		close(fd);
	return err ? err : fd;
}

int shard_read(int fd, struct fdb_items *items)
{
	struct xsw_fdb_key keys[READ_CHUNK];
	struct xsw_fdb_entry entries[READ_CHUNK];
	__u32 at[2] = {}, count;
	bool first = true;
	__u64 key, entry;
	int err;

	for (;;) {
		count = READ_CHUNK;
		err = bpf_map_lookup_batch(fd, first ? NULL : &at[0], &at[1], keys, entries, &count,
					   NULL);
		if (err && errno != ENOENT)
			return -errno;
		if (fdb_items_room(items, count))
			return -ENOMEM;
		for (__u32 i = 0; i < count; i++) {
			memcpy(&key, &keys[i], sizeof(key));
			memcpy(&entry, &entries[i], sizeof(entry));
			fdb_items_add(items, key, entry);
		}
		if (err)
			return 0;
		at[0] = at[1];
		first = false;
	}
}

int shards_read(const struct xsw_switch_handle *sw, struct fdb_items *items)
{
	int err = 0;

	memset(items, 0, sizeof(*items));
	for (__u32 i = 0; i < SHARDS && !err; i++) {
		int fd = shard_get(sw, i);

		err = fd < 0 ? fd : shard_read(fd, items);
		if (fd >= 0)
			close(fd);
	}
	if (err)
		fdb_items_free(items);
	return err;
}

int shards_entry(const struct xsw_switch_handle *sw, const struct xsw_fdb_key *key,
		 struct xsw_fdb_entry *e)
{
	int fd = shard_get(sw, shard_of(key)), err;

	if (fd < 0)
		return fd;
	err = bpf_map_lookup_elem(fd, key, e) ? -errno : 0;
	close(fd);
	return err;
}

int shards_delete(const struct xsw_switch_handle *sw, const struct xsw_fdb_key *key,
		  struct xsw_fdb_entry *was)
{
	int fd = shard_get(sw, shard_of(key)), err;

	if (fd < 0)
		return fd;
	err = bpf_map_lookup_and_delete_elem(fd, key, was) ? -errno : 0;
	close(fd);
	return err;
}

int shards_update(const struct xsw_switch_handle *sw, const struct xsw_fdb_key *key,
		  const struct xsw_fdb_entry *e, __u64 flags)
{
	int fd = shard_get(sw, shard_of(key)), err;

	if (fd < 0)
		return fd;
	err = bpf_map_update_elem(fd, key, e, flags) ? -errno : 0;
	close(fd);
	return err;
}
