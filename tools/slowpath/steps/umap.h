/* SPDX-License-Identifier: GPL-2.0 */
/* Maps as the steps see them when they run in a process: in its own memory (umap_memory.c:
 * tests, fuzzing) or those of a live switch (umap_pinned.c). Private to slowpath/.
 */
#pragma once

#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <linux/types.h>

enum umap_kind {
	UMAP_ARRAY,  /* memory that all threads share, or share with the kernel */
	UMAP_PERCPU, /* memory of each thread */
	UMAP_OUTER,  /* an array of maps */
	UMAP_HASH,   /* by its operations */
};

struct umap;

struct umap_ops {
	void *(*lookup)(struct umap *map, const void *key);
	long (*update)(struct umap *map, const void *key, const void *value, __u64 flags);
	long (*delete)(struct umap *map, const void *key);
	long (*output)(struct umap *map, __u32 index); /* NULL: nobody reads there */
};

struct umap {
	struct umap *self; /* a lookup in an array of maps gives this, and it is a map */
	enum umap_kind kind;
	__u32 max_entries;
	__u32 key_size;
	__u32 value_size;
	__u32 stride;		    /* from element to element */
	__u32 number;		    /* UMAP_PERCPU: which of umap_here */
	char *data;		    /* UMAP_ARRAY, UMAP_OUTER */
	const struct umap_ops *ops; /* UMAP_HASH */
	void *table;		    /* in memory */
	int fd;			    /* in the kernel */
};

/* The memory of this thread that stands for a per-CPU map, and which elements of it have
 * been looked at since they were last collected.
 */
struct umap_local {
	char *data;
	__u8 *touched;
	__u32 *list;
	__u32 n;
};

#define UMAP_LOCALS 4

extern __thread struct umap_local umap_here[UMAP_LOCALS];

/** umap_here_begin() - memory for this thread; all threads that run steps begin so. 0, -ENOMEM. */
int umap_here_begin(void);
void umap_here_end(void);

/* The clock that is cheap: read once for a batch of frames, or set by a test. */
struct umap_clock {
	__u64 coarse_ns;
};

extern __thread struct umap_clock umap_clock;

void umap_clock_read(void);

/* CLOCK_MONOTONIC and CLOCK_BOOTTIME in ns; the number of this CPU */
__u64 umap_clock_now(void);
__u64 umap_clock_boot(void);
__u32 umap_cpu(void);

static inline void *umap_local_lookup(const struct umap *map, __u32 index)
{
	struct umap_local *l = &umap_here[map->number];

	if (!l->data)
		return NULL;
	if (!l->touched[index]) {
		l->touched[index] = 1;
		l->list[l->n++] = index;
	}
	return l->data + (size_t)index * map->stride;
}

static inline void *umap_lookup(struct umap *map, const void *key)
{
	__u32 index;

	if (!map)
		return NULL;
	if (map->kind == UMAP_HASH)
		return map->ops->lookup(map, key);
	index = *(const __u32 *)key;
	if (index >= map->max_entries)
		return NULL;
	if (map->kind == UMAP_PERCPU)
		return umap_local_lookup(map, index);
	return map->data + (size_t)index * map->stride;
}

static inline long umap_update(struct umap *map, const void *key, const void *value, __u64 flags)
{
	return map->kind == UMAP_HASH ? map->ops->update(map, key, value, flags) : -1;
}

static inline long umap_delete(struct umap *map, const void *key)
{
	return map->kind == UMAP_HASH ? map->ops->delete (map, key) : -1;
}

/** umap_output() - to the reader of an array of perf events. Return: 0 or -errno. */
static inline long umap_output(struct umap *map, __u32 index)
{
	return map && map->ops && map->ops->output ? map->ops->output(map, index) : -EOPNOTSUPP;
}

/** umap_for_each() - as bpf_for_each_map_elem(), of maps in memory; @each may delete its element */
long umap_for_each(struct umap *map, void *each, void *arg);

/* A map that the steps look at */
struct umap_decl {
	const char *name;
	void *object; /* begins with the pointer to its struct umap */
	__u32 type;   /* BPF_MAP_TYPE_* */
	__u32 max_entries;
	__u32 key_size;
	__u32 value_size;
};

/* All maps, ended by one without name, as steps_maps() gave them to umap_memory_begin() or
 * umap_pinned_begin()
 */
extern const struct umap_decl *umap_decls;

/** umap_of_decl() - the map that stands for a declaration, made on first use; NULL: no memory */
struct umap *umap_of_decl(const struct umap_decl *decl);

/** umap_pages() - memory of zeros, for munmap(); pages that are not touched cost nothing. NULL: none. */
void *umap_pages(size_t size);

/** umap_by_name() - a map that has been set up, or NULL */
struct umap *umap_by_name(const char *name);

/**
 * umap_memory_begin() - all maps empty, in this process's memory
 * @decls: steps_maps()
 *
 * Return: 0 or -ENOMEM.
 */
int umap_memory_begin(const struct umap_decl *decls, __u32 fdb_max);
void umap_memory_end(void);
