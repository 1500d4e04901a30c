// SPDX-License-Identifier: GPL-2.0
/* What all maps of a process have in common: who stands for which, the memory of each
 * thread, clocks.
 */
#include "tools/slowpath/steps/umap.h"

#include <errno.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <linux/bpf.h>

#include "ctrl/base/clock.h"

__thread struct umap_local umap_here[UMAP_LOCALS];
__thread struct umap_clock umap_clock;

static const struct umap_decl no_decls;
const struct umap_decl *umap_decls = &no_decls; /* until maps begin */

void umap_clock_read(void)
{
	umap_clock.coarse_ns = clock_ns(CLOCK_MONOTONIC_COARSE);
}

__u64 umap_clock_now(void)
{
	return monotonic_ns();
}

__u64 umap_clock_boot(void)
{
	return boot_ns();
}

__u32 umap_cpu(void)
{
	return sched_getcpu();
}

static struct umap *umap_make(const struct umap_decl *decl)
{
	static __u32 locals;
	struct umap *map = calloc(1, sizeof(*map));

	if (!map)
		return NULL;
	map->self = map;
	map->fd = -1;
	map->max_entries = decl->max_entries;
	map->key_size = decl->key_size;
	map->value_size = decl->value_size;
	map->stride = (decl->value_size + 7) & ~7U;
	switch (decl->type) {
	case BPF_MAP_TYPE_HASH:
		map->kind = UMAP_HASH;
		break;
	case BPF_MAP_TYPE_ARRAY_OF_MAPS:
		map->kind = UMAP_OUTER;
		map->stride = sizeof(map);
		break;
	case BPF_MAP_TYPE_PERCPU_ARRAY:
		map->kind = UMAP_PERCPU;
		map->number = locals++;
		break;
	default:
		map->kind = UMAP_ARRAY;
	}
	return map;
}

struct umap *umap_of_decl(const struct umap_decl *decl)
{
	struct umap **map = decl->object;

	if (!*map)
		*map = umap_make(decl);
	return *map;
}

struct umap *umap_by_name(const char *name)
{
	for (const struct umap_decl *d = umap_decls; d->name; d++)
		if (!strcmp(d->name, name))
			return *(struct umap **)d->object;
	return NULL;
}

void *umap_pages(size_t size)
{
	void *p = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	return p == MAP_FAILED ? NULL : p;
}

static int local_begin(struct umap_local *l, const struct umap *map)
{
	if (l->data)
		return 0;
	l->data = umap_pages((size_t)map->max_entries * map->stride);
	l->touched = calloc(map->max_entries, 1);
	l->list = calloc(map->max_entries, sizeof(*l->list));
	return l->data && l->touched && l->list ? 0 : -ENOMEM;
}

int umap_here_begin(void)
{
	int err = 0;

	umap_clock_read();
	for (const struct umap_decl *d = umap_decls; d->name && !err; d++) {
		struct umap *map = umap_of_decl(d);

		if (map && map->kind == UMAP_PERCPU)
			err = local_begin(&umap_here[map->number], map);
	}
	return err;
}

void umap_here_end(void)
{
	for (const struct umap_decl *d = umap_decls; d->name; d++) {
		struct umap *map = *(struct umap **)d->object;
		struct umap_local *l;

		if (!map || map->kind != UMAP_PERCPU)
			continue;
		l = &umap_here[map->number];
		if (l->data)
			munmap(l->data, (size_t)map->max_entries * map->stride);
		free(l->touched);
		free(l->list);
		memset(l, 0, sizeof(*l));
	}
}
