// SPDX-License-Identifier: GPL-2.0
#include "ctrl/fdb/buckets.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "ctrl/bpffs/decisions.h"
#include "ctrl/bpffs/segments.h"

#define PASSES 4 /* through a table whose entries change their buckets meanwhile */
#define LOOKS 16

static __u64 word(const __u64 *at)
{
	return __atomic_load_n(at, __ATOMIC_ACQUIRE);
}

/* Segment @i of the table. Return: descriptor or -errno. */
static int segment_get(const struct xsw_switch_handle *sw, __u32 i)
{
	__u32 id;
	int fd;

	if (bpf_map_lookup_elem(sw->map.fdb, &i, &id))
		return -errno;
	fd = bpf_map_get_fd_by_id(id);
	return fd < 0 ? -errno : fd;
}

/* Read slot @way of @b, with the mark XSW_FDB_MOVING. Return: the key, 0 if there is no entry. */
static __u64 slot_read(const struct xsw_fdb_bucket *b, int way, __u64 *value)
{
	__u64 key = word(&b->key[way]);

	*value = word(&b->value[way]);
	return (*value & ~XSW_FDB_MOVING_WORD) == XSW_FDB_GONE || word(&b->key[way]) != key ? 0 :
											      key;
}

static int bucket_read(const struct xsw_fdb_bucket *b, struct fdb_items *items)
{
	int err = fdb_items_room(items, XSW_FDB_WAYS);
	__u64 key, value;

	for (int way = 0; way < XSW_FDB_WAYS && !err; way++) {
		key = slot_read(b, way, &value);
		if (!key)
			continue;
		items->twice |= !!(value & XSW_FDB_MOVING_WORD);
		fdb_items_add(items, key, value & ~XSW_FDB_MOVING_WORD);
	}
	return err;
}

/* The first @n buckets of segment @i. */
static int segment_read(const struct xsw_switch_handle *sw, __u32 i, __u32 n,
			struct fdb_items *items)
{
	const size_t size = XSW_FDB_SEGMENT * sizeof(struct xsw_fdb_bucket);
	int fd = segment_get(sw, i), err = 0;
	const struct xsw_fdb_bucket *b;

	if (fd < 0)
		return fd;
	b = mmap(NULL, size, PROT_READ, MAP_SHARED, fd, 0);
	err = b == MAP_FAILED ? -errno : 0;
	close(fd);
	for (__u32 k = 0; k < n && !err; k++)
		err = bucket_read(&b[k], items);
	if (b != MAP_FAILED)
		munmap((void *)b, size);
	return err;
}

/* Buckets that are split meanwhile give their entries to higher ones, which are read later. */
static int table_read(const struct xsw_switch_handle *sw, const struct xsw_fdb_count *c,
		      struct fdb_items *items)
{
	__u32 begin = 0, left;
	int err = 0;

	while (!err && begin < xsw_fdb_buckets(word(&c->shape))) {
		left = xsw_fdb_buckets(word(&c->shape)) - begin;
		err = segment_read(sw, begin / XSW_FDB_SEGMENT,
				   left < XSW_FDB_SEGMENT ? left : XSW_FDB_SEGMENT, items);
		begin += XSW_FDB_SEGMENT;
	}
	return err;
}

int buckets_read(const struct xsw_switch_handle *sw, struct fdb_items *items)
{
	struct xsw_fdb_count *c = fdb_count_map(sw);
	__u64 relocated, shape;
	int err = 0;

	memset(items, 0, sizeof(*items));
	if (!c)
		return -errno;
	shape = word(&c->shape);
	for (int i = 0; i < PASSES && !err; i++) {
		relocated = word(&c->relocated);
		items->twice |= i > 0;
		err = table_read(sw, c, items);
		if (word(&c->relocated) == relocated)
			break;
	}
	if (items->twice || word(&c->shape) != shape)
		fdb_items_once(items);
	fdb_count_unmap(c);
	if (err)
		fdb_items_free(items);
	return err;
}

/* Look for @key in bucket @index. Return: 0, -ENOENT, -errno. */
static int entry_read(const struct xsw_switch_handle *sw, __u32 index, __u64 key, __u64 *value)
{
	__u32 at = index % XSW_FDB_SEGMENT;
	struct xsw_fdb_bucket b;
	int fd, err;

	fd = segment_get(sw, index / XSW_FDB_SEGMENT);
	if (fd < 0)
		return fd;
	err = bpf_map_lookup_elem(fd, &at, &b) ? -errno : 0;
	close(fd);
	for (int way = 0; way < XSW_FDB_WAYS && !err; way++)
		if (slot_read(&b, way, value) == key) {
			*value &= ~XSW_FDB_MOVING_WORD;
			return 0;
		}
	*value = 0;
	return err ? err : -ENOENT;
}

static int entry_look(const struct xsw_switch_handle *sw, const struct xsw_fdb_count *c, __u64 key,
		      __u64 *value)
{
	__u64 hash = xsw_fdb_hash(c->secret, key), shape;
	int err = -ENOENT;

	for (int i = 0; i < LOOKS; i++) {
		shape = word(&c->shape);
		err = entry_read(sw, xsw_fdb_first(shape, hash), key, value);
		if (err == -ENOENT)
			err = entry_read(sw, xsw_fdb_second(shape, hash), key, value);
		if (err != -ENOENT || word(&c->shape) == shape)
			break;
	}
	return err;
}

int buckets_entry(const struct xsw_switch_handle *sw, const struct xsw_fdb_key *key,
		  struct xsw_fdb_entry *e)
{
	struct xsw_fdb_count *c = fdb_count_map(sw);
	__u64 k, value = 0;
	int err;

	if (!c)
		return -errno;
	memcpy(&k, key, sizeof(k));
	err = entry_look(sw, c, k, &value);
	memcpy(e, &value, sizeof(*e));
	fdb_count_unmap(c);
	return err;
}

int buckets_grow(const struct xsw_switch_handle *sw, __u32 fdb_max)
{
	struct xsw_fdb_count *c = fdb_count_map(sw);
	__s64 statics;

	if (!c)
		return -errno;
	statics = __atomic_load_n(&c->statics, __ATOMIC_SEQ_CST);
	fdb_count_unmap(c);
	return segments_grow(sw->map.fdb, sw->map.fdb_count,
			     fdb_max + (statics > 0 ? statics : 0) + 1);
}

int buckets_double(const struct xsw_switch_handle *sw)
{
	struct xsw_fdb_count *c = fdb_count_map(sw);
	__u32 buckets;

	if (!c)
		return -errno;
	buckets = c->buckets_max;
	fdb_count_unmap(c);
	return segments_grow(sw->map.fdb, sw->map.fdb_count, 4 * buckets);
}
