// SPDX-License-Identifier: GPL-2.0
#include "tools/slowpath/steps/pinned.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include <linux/bpf.h>

#include "ctrl/base/error.h"
#include "ctrl/bpffs/table_use.h"
#include "tools/slowpath/steps/umap.h"

/* A look-up in a hash gives a copy. The steps hold two at a time. */
#define COPIES 8
#define COPY_MAX 256

/* Tables that a switch of an earlier version may lack and a process can do without */
#define LATER "xsw_local"
#define ABLE "xsw_able"

static struct {
	struct umap *fdb, *count, *slot, *port, *state, *sw, *local, *able;
	__u32 segments; /* of the FDB, in memory */
	char dir[sizeof(((struct xsw_switch_handle *)0)->dir)];
	pthread_mutex_t grows; /* held by the thread that adds segments of the FDB */
} pinned = { .grows = PTHREAD_MUTEX_INITIALIZER };

static void *kernel_lookup(struct umap *map, const void *key)
{
	static __thread char copies[COPIES][COPY_MAX] __attribute__((aligned(8)));
	static __thread unsigned int turn;
	char *copy = copies[turn++ % COPIES];

	return bpf_map_lookup_elem(map->fd, key, copy) ? NULL : copy;
}

/* Programs write, see maps/request.h. */
static long kernel_update(struct umap *map, const void *key, const void *value, __u64 flags)
{
	return -EPERM;
}

static long kernel_delete(struct umap *map, const void *key)
{
	return -EPERM;
}

static const struct umap_ops kernel_ops = { kernel_lookup, kernel_update, kernel_delete, NULL };

/* What the steps only read is out of reach for a stray pointer. */
static bool is_written(const char *name)
{
	static const char *const names[] = { "xsw_state", "xsw_policer",   "xsw_guard",
					     "xsw_event", "xsw_vlan_keys", "xsw_vlan_used" };

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (!strcmp(name, names[i]))
			return true;
	return false;
}

static int earlier_fail(const struct xsw_switch_handle *sw, const char *map)
{
	xsw_fail(EOPNOTSUPP, "switch", sw->name,
		 "was made by an earlier version, whose table %s no process can share", map);
	xsw_remedy("make it anew: xsw config dump, xsw switch del, xsw config apply");
	return -EOPNOTSUPP;
}

static int array_begin(const struct xsw_switch_handle *sw, const char *name, struct umap *map)
{
	int prot = PROT_READ | (is_written(name) ? PROT_WRITE : 0);
	struct bpf_map_info info = {};
	__u32 len = sizeof(info);
	size_t page = sysconf(_SC_PAGESIZE), size;
	void *data;

	if (bpf_obj_get_info_by_fd(map->fd, &info, &len))
		return xsw_fail(errno, "switch", sw->name, "cannot look at %s", name);
	if (!(info.map_flags & BPF_F_MMAPABLE) || info.value_size != map->value_size)
		return earlier_fail(sw, name);
	map->max_entries = info.max_entries;
	size = ((size_t)map->max_entries * map->stride + page - 1) & ~(page - 1);
	data = mmap(NULL, size, prot, MAP_SHARED, map->fd, 0);
	if (data == MAP_FAILED)
		return xsw_fail(errno, "switch", sw->name, "cannot share %s: %s", name,
				strerror(errno));
	map->data = data;
	return 0;
}

/* Segment @i of the FDB. Return: 0, -ENOENT if there is none, -errno. */
static int segment_begin(struct umap *fdb, __u32 i)
{
	struct umap **list = (struct umap **)fdb->data, *map;
	__u32 id;
	int fd;

	if (bpf_map_lookup_elem(fdb->fd, &i, &id))
		return -errno;
	fd = bpf_map_get_fd_by_id(id);
	if (fd < 0)
		return -errno;
	map = calloc(1, sizeof(*map));
	if (map) {
		*map = (struct umap){ .self = map,
				      .kind = UMAP_ARRAY,
				      .fd = -1,
				      .max_entries = XSW_FDB_SEGMENT,
				      .stride = sizeof(struct xsw_fdb_bucket) };
		map->data = mmap(NULL, (size_t)map->max_entries * map->stride, PROT_READ,
				 MAP_SHARED, fd, 0);
	}
	close(fd);
	if (!map || map->data == MAP_FAILED) {
		free(map);
		return -ENOMEM;
	}
	__atomic_store_n(&list[i], map, __ATOMIC_RELEASE); /* threads look up meanwhile */
	return 0;
}

/* The segments that there are now. They never go. Return: 0 or -errno. */
static int segments_follow(void)
{
	__u32 zero = 0, want;
	const struct xsw_fdb_count *c = umap_lookup(pinned.count, &zero);
	int err = 0;

	want = __atomic_load_n(&c->buckets_max, __ATOMIC_ACQUIRE) / XSW_FDB_SEGMENT;
	if (__atomic_load_n(&pinned.segments, __ATOMIC_RELAXED) >= want)
		return 0;
	pthread_mutex_lock(&pinned.grows);
	while (pinned.segments < want && !err) {
		err = segment_begin(pinned.fdb, pinned.segments);
		if (!err)
			__atomic_store_n(&pinned.segments, pinned.segments + 1, __ATOMIC_RELAXED);
	}
	pthread_mutex_unlock(&pinned.grows);
	return err;
}

/* Earlier versions had no table of local addresses: an upgrade makes one. Until then a look-up
 * finds nothing.
 */
static void local_follow(void)
{
	int fd, none = pinned.local ? __atomic_load_n(&pinned.local->fd, __ATOMIC_RELAXED) : 0;

	if (none >= 0)
		return;
	fd = table_use_get(pinned.dir, LATER);
	if (fd >= 0 && !__atomic_compare_exchange_n(&pinned.local->fd, &none, fd, false,
						    __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST))
		close(fd); /* another thread was first */
}

void umap_pinned_follow(void)
{
	local_follow();
	segments_follow();
}

static int outer_begin(const struct xsw_switch_handle *sw, struct umap *map)
{
	map->data = calloc(map->max_entries, sizeof(struct umap *));
	if (!map->data)
		return xsw_fail(ENOMEM, "switch", sw->name, "no memory");
	pinned.fdb = map;
	return 0;
}

/* Programs of an earlier version do not look at ports: all can forward. */
static int able_begin(struct umap *map)
{
	map->data = calloc(map->max_entries, map->stride);
	return map->data ? 0 : -ENOMEM;
}

static int map_begin(const struct xsw_switch_handle *sw, const char *name, struct umap *map)
{
	if (map->kind == UMAP_PERCPU)
		return 0;
	map->fd = table_use_get(sw->dir, name);
	if (map->fd == -ENOENT && !strcmp(name, ABLE))
		return able_begin(map);
	if (map->fd == -ENOENT && strcmp(name, LATER))
		return earlier_fail(sw, name);
	if (map->fd < 0 && map->fd != -ENOENT)
		return xsw_fail(map->fd, "switch", sw->name, "cannot open %s: %s", name,
				strerror(-map->fd));
	map->ops = &kernel_ops;
	if (!strcmp(name, "xsw_fdb_lock")) /* programs alone write */
		return 0;
	return map->kind == UMAP_ARRAY ? array_begin(sw, name, map) :
	       map->kind == UMAP_OUTER ? outer_begin(sw, map) :
					 0;
}

int umap_pinned_begin(const struct umap_decl *decls, const struct xsw_switch_handle *sw)
{
	int err = 0;

	umap_decls = decls;
	for (const struct umap_decl *d = umap_decls; d->name && !err; d++) {
		struct umap *map = umap_of_decl(d);

		err = map ? map_begin(sw, d->name, map) :
			    xsw_fail(ENOMEM, "switch", sw->name, "no memory");
	}
	if (err)
		return err;
	strcpy(pinned.dir, sw->dir);
	pinned.local = umap_by_name(LATER);
	pinned.slot = umap_by_name("xsw_slot");
	pinned.port = umap_by_name("xsw_port");
	pinned.state = umap_by_name("xsw_state");
	pinned.sw = umap_by_name("xsw_switch");
	pinned.able = umap_by_name(ABLE);
	pinned.count = umap_by_name("xsw_fdb_count");
	err = segments_follow();
	return err ? xsw_fail(err, "switch", sw->name, "cannot open its forwarding database: %s",
			      strerror(-err)) :
		     0;
}

void umap_pinned_upgraded(void)
{
	struct umap *map = pinned.able;
	void *data;
	int fd;

	if (map->fd >= 0)
		return;
	fd = table_use_get(pinned.dir, ABLE);
	if (fd < 0)
		return;
	data = mmap(NULL, (size_t)map->max_entries * map->stride, PROT_READ, MAP_SHARED, fd, 0);
	if (data == MAP_FAILED) {
		close(fd);
		return;
	}
	map->fd = fd;
	__atomic_store_n(&map->data, data, __ATOMIC_RELEASE); /* threads may read what was there */
}

bool umap_pinned_looks(void)
{
	return pinned.able->fd >= 0;
}

const struct xsw_port *umap_pinned_port(__u32 port)
{
	__u32 *slot = umap_lookup(pinned.slot, &port);

	return slot && *slot ? umap_lookup(pinned.port, slot) : NULL;
}

struct xsw_state *umap_pinned_state(__u32 port)
{
	return umap_lookup(pinned.state, &port);
}

const struct xsw_switch *umap_pinned_switch(void)
{
	__u32 zero = 0;

	return umap_lookup(pinned.sw, &zero);
}
