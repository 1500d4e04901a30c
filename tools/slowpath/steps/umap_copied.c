// SPDX-License-Identifier: GPL-2.0
#include "tools/slowpath/steps/copied.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include <linux/bpf.h>

#include "ctrl/base/error.h"
#include "ctrl/bpffs/table_use.h"
#include "maps/punt.h"
#include "tools/slowpath/steps/umap.h"

/* An element of a hash */
struct copy {
	struct copy *next;
	bool gone;				 /* it was deleted */
	char data[] __attribute__((aligned(8))); /* key, then value at a multiple of 8 */
};

/* What stands behind umap.table */
struct copied {
	__u32 type; /* BPF_MAP_TYPE_* of the kernel's map */
	char *data; /* of an array: elements, and which of them are copied */
	char *touched;
	struct copy *list; /* of a hash */
	struct umap **inner;
};

static __u32 punt_readers;

/* Untouched pages cost nothing. */
static void *pages_get(size_t size)
{
	void *p = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	return p == MAP_FAILED ? NULL : p;
}

static void pages_put(void *p, size_t size)
{
	if (p)
		munmap(p, size);
}

static void *array_lookup(struct umap *map, const void *key)
{
	struct copied *c = map->table;
	__u32 index = *(const __u32 *)key;
	char *at = c->data + (size_t)index * map->stride;

	if (index >= map->max_entries)
		return NULL;
	if (!c->touched[index] && map->fd >= 0 && bpf_map_lookup_elem(map->fd, &index, at))
		return NULL;
	c->touched[index] = 1;
	return at;
}

static char *copy_value(const struct umap *map, struct copy *copy)
{
	return copy->data + ((map->key_size + 7) & ~7U);
}

static struct copy *copy_find(const struct umap *map, const void *key)
{
	struct copied *c = map->table;
	struct copy *copy = c->list;

	while (copy && memcmp(copy->data, key, map->key_size))
		copy = copy->next;
	return copy;
}

static struct copy *copy_add(const struct umap *map, const void *key)
{
	size_t size = sizeof(struct copy) + ((map->key_size + 7) & ~7U) + map->stride;
	struct copy *copy = calloc(1, size);
	struct copied *c = map->table;

	if (!copy)
		return NULL;
	memcpy(copy->data, key, map->key_size);
	copy->next = c->list;
	c->list = copy;
	return copy;
}

static void *hash_lookup(struct umap *map, const void *key)
{
	struct copy *copy = copy_find(map, key);

	if (copy)
		return copy->gone ? NULL : copy_value(map, copy);
	copy = copy_add(map, key);
	if (!copy)
		return NULL;
	copy->gone = map->fd < 0 || bpf_map_lookup_elem(map->fd, key, copy_value(map, copy));
	return copy->gone ? NULL : copy_value(map, copy);
}

static long hash_update(struct umap *map, const void *key, const void *value, __u64 flags)
{
	bool there = hash_lookup(map, key);
	struct copy *copy = copy_find(map, key);

	if (!copy)
		return -ENOMEM;
	if (there && flags == BPF_NOEXIST)
		return -EEXIST;
	if (!there && flags == BPF_EXIST)
		return -ENOENT;
	memcpy(copy_value(map, copy), value, map->value_size);
	copy->gone = false;
	return 0;
}

static long hash_delete(struct umap *map, const void *key)
{
	if (!hash_lookup(map, key))
		return -ENOENT;
	copy_find(map, key)->gone = true;
	return 0;
}

static long no_update(struct umap *map, const void *key, const void *value, __u64 flags)
{
	return -EINVAL;
}

static long no_delete(struct umap *map, const void *key)
{
	return -EINVAL;
}

static void *outer_lookup(struct umap *map, const void *key);

/* As the kernel's helper: it says whether a program reads. */
static long readers_output(struct umap *map, __u32 index)
{
	return punt_readers >> index % XSW_PUNT_SOCKETS & 1 ? 0 : -ENOENT;
}

static const struct umap_ops array_ops = { array_lookup, no_update, no_delete, readers_output };
static const struct umap_ops hash_ops = { hash_lookup, hash_update, hash_delete, NULL };
static const struct umap_ops outer_ops = { outer_lookup, no_update, no_delete, NULL };

/* ---- begin and end */

static void copies_free(struct copied *c)
{
	while (c->list) {
		struct copy *copy = c->list;

		c->list = copy->next;
		free(copy);
	}
}

/* Make @map one of copies; its sizes are set. */
static int copied_begin(struct umap *map, __u32 type)
{
	struct copied *c = calloc(1, sizeof(*c));
	bool outer = type == BPF_MAP_TYPE_ARRAY_OF_MAPS;

	if (!c)
		return -ENOMEM;
	map->kind = UMAP_HASH;
	map->stride = (map->value_size + 7) & ~7U;
	map->table = c;
	map->ops = type == BPF_MAP_TYPE_HASH ? &hash_ops : outer ? &outer_ops : &array_ops;
	c->type = type;
	if (outer)
		return (c->inner = calloc(map->max_entries, sizeof(*c->inner))) ? 0 : -ENOMEM;
	if (type == BPF_MAP_TYPE_HASH)
		return 0;
	c->data = pages_get((size_t)map->max_entries * map->stride);
	c->touched = pages_get(map->max_entries);
	return c->data && c->touched ? 0 : -ENOMEM;
}

static void copied_end(struct umap *map)
{
	struct copied *c = map->table;

	if (!c)
		return;
	for (__u32 i = 0; c->inner && i < map->max_entries; i++) {
		if (c->inner[i])
			copied_end(c->inner[i]);
		free(c->inner[i]);
	}
	free(c->inner);
	copies_free(c);
	pages_put(c->data, (size_t)map->max_entries * map->stride);
	pages_put(c->touched, map->max_entries);
	free(c);
	map->table = NULL;
	if (map->fd >= 0)
		close(map->fd);
	map->fd = -1;
}

static struct umap *inner_open(__u32 id)
{
	LIBBPF_OPTS(bpf_get_fd_by_id_opts, opts, .open_flags = BPF_F_RDONLY);
	int fd = bpf_map_get_fd_by_id_opts(id, &opts);
	struct umap *map = fd < 0 ? NULL : calloc(1, sizeof(*map));
	struct bpf_map_info info = {};
	__u32 len = sizeof(info);

	if (!map || bpf_obj_get_info_by_fd(fd, &info, &len))
		goto out;
	map->self = map;
	map->fd = fd;
	map->max_entries = info.max_entries;
	map->key_size = info.key_size;
	map->value_size = info.value_size;
	if (!copied_begin(map, info.type))
		return map;
	copied_end(map);
	fd = -1;
out:
	if (fd >= 0)
		close(fd);
	free(map);
	return NULL;
}

static void *outer_lookup(struct umap *map, const void *key)
{
	struct copied *c = map->table;
	__u32 index = *(const __u32 *)key, id;

	if (index >= map->max_entries)
		return NULL;
	if (!c->inner[index] && !bpf_map_lookup_elem(map->fd, &index, &id))
		c->inner[index] = inner_open(id);
	return c->inner[index];
}

/* What is per CPU, and what the steps only write, begins as zeros. So does what a switch of an
 * earlier version has not.
 */
static bool begins_blank(const struct umap_decl *d)
{
	return d->type == BPF_MAP_TYPE_PERCPU_ARRAY || d->type == BPF_MAP_TYPE_PERF_EVENT_ARRAY ||
	       !strcmp(d->name, "xsw_event");
}

static int map_begin(const struct xsw_switch_handle *sw, const struct umap_decl *d,
		     struct umap *map)
{
	*map = (struct umap){ .self = map,
			      .fd = -1,
			      .max_entries = d->max_entries,
			      .key_size = d->key_size,
			      .value_size = d->value_size };
	if (!strcmp(d->name, "xsw_event"))
		map->max_entries = sysconf(_SC_NPROCESSORS_CONF) + 1; /* as ctrl/bpffs/load.c */
	if (!begins_blank(d))
		map->fd = table_use_get_read(sw->dir, d->name);
	if (map->fd < 0 && map->fd != -ENOENT && !begins_blank(d))
		return xsw_fail(map->fd, "switch", sw->name, "cannot open %s: %s", d->name,
				strerror(-map->fd));
	return copied_begin(map, d->type) ? xsw_fail(ENOMEM, "switch", sw->name, "no memory") : 0;
}

int umap_copied_begin(const struct umap_decl *decls, const struct xsw_switch_handle *sw,
		      __u32 readers)
{
	int err = 0;

	umap_decls = decls;
	punt_readers = readers;
	for (const struct umap_decl *d = decls; d->name && !err; d++) {
		struct umap *map = umap_of_decl(d);

		err = map ? map_begin(sw, d, map) :
			    xsw_fail(ENOMEM, "switch", sw->name, "no memory");
	}
	umap_clock_read();
	return err;
}

void umap_copied_end(void)
{
	for (const struct umap_decl *d = umap_decls; d->name; d++)
		if (*(struct umap **)d->object)
			copied_end(*(struct umap **)d->object);
}

static void copied_again(const struct umap *map)
{
	struct copied *c = map->table;

	copies_free(c);
	for (__u32 i = 0; c->inner && i < map->max_entries; i++)
		if (c->inner[i])
			copied_again(c->inner[i]);
	if (!c->data)
		return;
	madvise(c->data, (size_t)map->max_entries * map->stride, MADV_DONTNEED);
	madvise(c->touched, map->max_entries, MADV_DONTNEED);
}

void umap_copied_again(void)
{
	for (const struct umap_decl *d = umap_decls; d->name; d++)
		copied_again(*(struct umap **)d->object);
	umap_clock_read();
}

bool umap_copied_now(const char *name, void *value)
{
	const struct umap *map = umap_by_name(name);
	__u32 zero = 0;

	return map->fd >= 0 && !bpf_map_lookup_elem(map->fd, &zero, value);
}

bool umap_copied_differs(const char *name)
{
	const struct umap *map = umap_by_name(name);
	const struct copied *c = map->table;
	char now[256];

	if (map->fd < 0 || map->value_size > sizeof(now))
		return false;
	for (__u32 i = 0; i < map->max_entries; i++)
		if (c->touched[i] && !bpf_map_lookup_elem(map->fd, &i, now) &&
		    memcmp(now, c->data + (size_t)i * map->stride, map->value_size))
			return true;
	return false;
}
