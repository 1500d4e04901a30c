// SPDX-License-Identifier: GPL-2.0
/* Maps in the memory of this process, of one thread: for tests and fuzzing. A hash is full,
 * and says so, when the kernel's would be.
 */
#include "tools/slowpath/steps/umap.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include <linux/bpf.h>

#include "maps/fdb.h"

struct node {
	struct node *next;
	char data[] __attribute__((aligned(8))); /* key, then value at a multiple of 8 */
};

struct table {
	__u32 n;
	__u32 buckets; /* a power of two */
	struct node *bucket[];
};

static size_t value_at(const struct umap *map)
{
	return (map->key_size + 7) & ~7U;
}

static struct node **bucket_of(const struct umap *map, const void *key)
{
	struct table *t = map->table;
	const __u8 *b = key;
	__u64 h = 0xcbf29ce484222325ULL; /* FNV-1a */

	for (__u32 i = 0; i < map->key_size; i++)
		h = (h ^ b[i]) * 0x100000001b3ULL;
	return &t->bucket[(h >> 20) & (t->buckets - 1)];
}

/* Where the pointer to the node of @key stands, or would. */
static struct node **place_of(const struct umap *map, const void *key)
{
	struct node **p = bucket_of(map, key);

	while (*p && memcmp((*p)->data, key, map->key_size))
		p = &(*p)->next;
	return p;
}

static void *memory_lookup(struct umap *map, const void *key)
{
	struct node *n = *place_of(map, key);

	return n ? n->data + value_at(map) : NULL;
}

static long memory_update(struct umap *map, const void *key, const void *value, __u64 flags)
{
	struct node **p = place_of(map, key), *n = *p;
	struct table *t = map->table;

	if (n && flags == BPF_NOEXIST)
		return -EEXIST;
	if (!n && flags == BPF_EXIST)
		return -ENOENT;
	if (!n) {
		if (t->n >= map->max_entries)
			return -E2BIG;
		n = calloc(1, sizeof(*n) + value_at(map) + map->value_size);
		if (!n)
			return -ENOMEM;
		memcpy(n->data, key, map->key_size);
		*p = n;
		t->n++;
	}
	memcpy(n->data + value_at(map), value, map->value_size);
	return 0;
}

static long memory_delete(struct umap *map, const void *key)
{
	struct node **p = place_of(map, key), *n = *p;

	if (!n)
		return -ENOENT;
	*p = n->next;
	free(n);
	((struct table *)map->table)->n--;
	return 0;
}

static const struct umap_ops memory_ops = { memory_lookup, memory_update, memory_delete, NULL };

long umap_for_each(struct umap *map, void *each, void *arg)
{
	long (*call)(void *map, void *key, void *value, void *arg) = each;
	struct table *t = map ? map->table : NULL;
	struct node *n, *next;

	if (!t || map->ops != &memory_ops)
		return -EINVAL;
	for (__u32 i = 0; i < t->buckets; i++)
		for (n = t->bucket[i]; n; n = next) {
			next = n->next;
			if (call(map, n->data, n->data + value_at(map), arg))
				return 0;
		}
	return 0;
}

static int hash_begin(struct umap *map)
{
	__u32 buckets = 64;
	struct table *t;

	while (buckets < map->max_entries && buckets < 65536)
		buckets *= 2;
	t = calloc(1, sizeof(*t) + buckets * sizeof(t->bucket[0]));
	if (!t)
		return -ENOMEM;
	t->buckets = buckets;
	map->table = t;
	map->ops = &memory_ops;
	return 0;
}

static void hash_end(struct umap *map)
{
	struct table *t = map->table;

	for (__u32 i = 0; t && i < t->buckets; i++)
		while (t->bucket[i]) {
			struct node *n = t->bucket[i];

			t->bucket[i] = n->next;
			free(n);
		}
	free(t);
	map->table = NULL;
}

static struct umap *segment_make(void)
{
	struct umap *map = calloc(1, sizeof(*map));

	if (!map)
		return NULL;
	map->self = map;
	map->kind = UMAP_ARRAY;
	map->fd = -1;
	map->max_entries = XSW_FDB_SEGMENT;
	map->key_size = sizeof(__u32);
	map->value_size = map->stride = sizeof(struct xsw_fdb_bucket);
	map->data = umap_pages((size_t)map->max_entries * map->stride);
	if (!map->data) {
		free(map);
		return NULL;
	}
	return map;
}

static void segment_free(struct umap *map)
{
	if (map)
		munmap(map->data, (size_t)map->max_entries * map->stride);
	free(map);
}

/* As ctrl/bpffs/segments.c makes the FDB; the secret is none. */
static void fdb_begin(struct xsw_fdb_count *count, __u32 fdb_max)
{
	static const __u64 secret[] = { 0x2545f4914f6cdd1dULL, 0x9e3779b97f4a7c15ULL,
					0xd6e8feb86659fd93ULL };

	count->shape = XSW_FDB_SHAPE_MIN;
	count->buckets_max = xsw_fdb_buckets_for(fdb_max);
	memcpy(count->secret, secret, sizeof(secret));
}

static int outer_begin(struct umap *map, __u32 segments)
{
	struct umap **inner = calloc(map->max_entries, sizeof(*inner));
	int err = inner ? 0 : -ENOMEM;

	map->data = (char *)inner;
	for (__u32 i = 0; i < segments && !err; i++) {
		inner[i] = segment_make();
		err = inner[i] ? 0 : -ENOMEM;
	}
	return err;
}

static void outer_end(struct umap *map)
{
	struct umap **inner = (struct umap **)map->data;

	for (__u32 i = 0; inner && i < map->max_entries; i++)
		segment_free(inner[i]);
}

/* As ctrl/bpffs/load.c sizes xsw_event. */
static void size_events(struct umap *map)
{
	map->max_entries = sysconf(_SC_NPROCESSORS_CONF) + 1;
}

int umap_memory_begin(const struct umap_decl *decls, __u32 fdb_max)
{
	__u32 segments = xsw_fdb_segments_for(fdb_max);
	int err = 0;

	umap_decls = decls;
	for (const struct umap_decl *d = umap_decls; d->name && !err; d++) {
		struct umap *map = umap_of_decl(d);

		if (!map)
			return -ENOMEM;
		if (!strcmp(d->name, "xsw_event"))
			size_events(map);
		if (map->kind == UMAP_HASH)
			err = hash_begin(map);
		else if (map->kind == UMAP_OUTER)
			err = outer_begin(map, segments);
		else if (map->kind == UMAP_ARRAY)
			err = (map->data = calloc(map->max_entries, map->stride)) ? 0 : -ENOMEM;
		if (!err && !strcmp(d->name, "xsw_fdb_count"))
			fdb_begin((void *)map->data, fdb_max);
	}
	return err ? err : umap_here_begin();
}

void umap_memory_end(void)
{
	umap_here_end();
	for (const struct umap_decl *d = umap_decls; d->name; d++) {
		struct umap *map = *(struct umap **)d->object;

		if (!map)
			continue;
		hash_end(map);
		if (map->kind == UMAP_OUTER)
			outer_end(map);
		free(map->data);
		map->data = NULL;
	}
}
