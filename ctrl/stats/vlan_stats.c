// SPDX-License-Identifier: GPL-2.0
/* Counters by port and VLAN: which slot is whose (see maps/stats.h), sums over
 * CPUs. A switch that an older version made or took over has none until it is upgraded.
 */
#include <bpf/bpf.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "ctrl/base/error.h"
#include "ctrl/bpffs/known_maps.h"
#include "ctrl/bpffs/port_table.h"
#include "ctrl/bpffs/table_use.h"
#include "ctrl/stats/port_stats.h"
#include "ctrl/stats/sum.h"

#define KEYS_SIZE (XSW_VLAN_BUCKETS * sizeof(struct xsw_vlan_bucket))
#define SIZE sizeof(struct xsw_vlan_stats)
#define WORDS (SIZE / sizeof(__u64))

/* The owners of all slots, slot s in word s - 1; freed by the caller. NULL with errno
 * set. Read access is enough (the kernel maps nothing into memory for that).
 */
static __u32 *keys_read(const struct xsw_switch_handle *sw)
{
	int fd = table_use_get_read(sw->dir, "xsw_vlan_keys"), err = 0;
	struct xsw_vlan_bucket *keys = calloc(XSW_VLAN_BUCKETS, sizeof(*keys));

	if (fd < 0 || !keys)
		err = fd < 0 ? -fd : ENOMEM;
	for (__u32 i = 0; !err && i < XSW_VLAN_BUCKETS; i++)
		if (bpf_map_lookup_elem(fd, &i, &keys[i]))
			err = errno;
	if (fd >= 0)
		close(fd);
	if (!err)
		return keys->key;
	free(keys);
	errno = err;
	return NULL;
}

/* Port and VLAN of slot @slot; false if it is nobody's. */
static bool slot_owner(const __u32 *keys, __u32 slot, __u32 *port, __u32 *vlan)
{
	__u32 key;

	if (slot > XSW_VLAN_SLOTS) {
		*port = slot - XSW_VLAN_SLOTS;
		*vlan = XSW_VLAN_OTHER;
		return true;
	}
	key = slot ? keys[slot - 1] : 0;
	*port = key >> 16;
	*vlan = key & 0xffff;
	return key;
}

static int row_compare(const void *a, const void *b)
{
	const struct xsw_vlan_row *x = a, *y = b;

	return x->port != y->port ? x->port - y->port : x->vlan - y->vlan;
}

static bool stats_are_zero(const struct xsw_vlan_stats *s)
{
	return !(s->rx_packets | s->rx_bytes | s->tx_packets | s->tx_bytes);
}

/* Rows of one port and VLAN become one. Return: how many are left. */
static int rows_merge(struct xsw_vlan_row *rows, int n)
{
	int to = 0;

	if (!n)
		return 0;
	qsort(rows, n, sizeof(*rows), row_compare);
	for (int i = 1; i < n; i++) {
		__u64 *sum = (__u64 *)&rows[to].s, *more = (__u64 *)&rows[i].s;

		if (row_compare(&rows[to], &rows[i]))
			rows[++to] = rows[i];
		else
			for (size_t w = 0; w < WORDS; w++)
				sum[w] += more[w];
	}
	return to + 1;
}

/* The slots of @port; 0: all in one go. */
static int slots_sum(const struct xsw_switch_handle *sw, const __u32 *keys, __u32 port,
		     struct xsw_vlan_stats *s)
{
	int fd = map_get_read(sw->dir, "xsw_vlan_stats"), err = 0;
	__u32 p, vlan;

	if (fd < 0)
		return fd;
	if (!port)
		err = stats_sums(fd, XSW_VLAN_STATS, SIZE, s);
	for (__u32 i = 1; port && !err && i < XSW_VLAN_STATS; i++)
		if (slot_owner(keys, i, &p, &vlan) && p == port)
			err = stats_sum(fd, i, SIZE, &s[i]);
	close(fd);
	return err;
}

/* Take off what there was at the last reset. */
static int slots_less_base(const struct xsw_switch_handle *sw, struct xsw_vlan_stats *s)
{
	int fd = map_get_read(sw->dir, "xsw_vlan_base");
	struct xsw_vlan_stats base;

	if (fd < 0)
		return fd;
	for (__u32 i = 0; i < XSW_VLAN_STATS; i++) {
		if (stats_are_zero(&s[i]) || bpf_map_lookup_elem(fd, &i, &base))
			continue;
		for (size_t w = 0; w < WORDS; w++)
			((__u64 *)&s[i])[w] -= ((__u64 *)&base)[w];
	}
	close(fd);
	return 0;
}

int xsw_vlan_stats_list(const struct xsw_switch_handle *sw, __u32 port, bool total,
			struct xsw_vlan_row **rows)
{
	struct xsw_vlan_stats *s = calloc(XSW_VLAN_STATS, sizeof(*s));
	struct xsw_vlan_row *list = calloc(XSW_VLAN_STATS, sizeof(*list));
	__u32 *keys = keys_read(sw), p, vlan;
	int err = keys ? 0 : -errno, n = 0;

	*rows = NULL;
	if (!s || !list)
		err = -ENOMEM;
	if (!err)
		err = slots_sum(sw, keys, port, s);
	if (!err && !total)
		err = slots_less_base(sw, s);
	for (__u32 i = 1; !err && i < XSW_VLAN_STATS; i++) {
		if (stats_are_zero(&s[i]) || !slot_owner(keys, i, &p, &vlan) || (port && p != port))
			continue;
		list[n].port = p;
		list[n].vlan = vlan;
		list[n++].s = s[i];
	}
	free(keys);
	free(s);
	if (err || !n) {
		free(list);
		return err == -ENOENT ? 0 : err;
	}
	*rows = list;
	return rows_merge(list, n);
}

/* Call @each for the slots of @port, and the one of its further VLANs.
 * Return: 0, or the first that @each returned.
 */
static int slots_for_each(const __u32 *keys, __u32 port, int (*each)(__u32 slot, const int *fds),
			  const int *fds)
{
	__u32 p, vlan;
	int err = 0;

	for (__u32 i = 1; !err && i <= XSW_VLAN_SLOTS; i++)
		if (slot_owner(keys, i, &p, &vlan) && p == port)
			err = each(i, fds);
	return err ? err : each(XSW_VLAN_SLOTS + port, fds);
}

/* @fds: of xsw_vlan_stats and xsw_vlan_base */
static int slot_reset(__u32 slot, const int *fds)
{
	struct xsw_vlan_stats sum;
	int err = stats_sum(fds[0], slot, SIZE, &sum);

	if (!err && bpf_map_update_elem(fds[1], &slot, &sum, BPF_ANY))
		err = -errno;
	return err;
}

static int slot_clear(__u32 slot, const int *fds)
{
	static const struct xsw_vlan_stats zero;
	int err = stats_zero(fds[0], slot, SIZE);

	if (!err && bpf_map_update_elem(fds[1], &slot, &zero, BPF_ANY))
		err = -errno;
	return err;
}

static int slots_change(const struct xsw_switch_handle *sw, const __u32 *keys, __u32 port,
			int (*each)(__u32 slot, const int *fds))
{
	int fds[] = { map_get(sw->dir, "xsw_vlan_stats"), map_get(sw->dir, "xsw_vlan_base") };
	int err = fds[0] < 0 ? fds[0] : fds[1] < 0 ? fds[1] : 0;

	if (!err)
		err = slots_for_each(keys, port, each, fds);
	for (int i = 0; i < 2; i++)
		if (fds[i] >= 0)
			close(fds[i]);
	return err;
}

int vlan_stats_reset(const struct xsw_switch_handle *sw, __u32 port)
{
	__u32 *keys = keys_read(sw);
	int err;

	if (!keys)
		return errno == ENOENT ? 0 : -errno;
	err = slots_change(sw, keys, port, slot_reset);
	free(keys);
	return err;
}

/* Give the slots back, word by word, while others are being taken: their counters
 * are zero.
 */
static int slots_free(const struct xsw_switch_handle *sw, __u32 port)
{
	int fd = map_get(sw->dir, "xsw_vlan_keys"), err = 0;
	__u32 *keys;

	if (fd < 0)
		return fd;
	keys = mmap(NULL, KEYS_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (keys == MAP_FAILED)
		err = -errno;
	close(fd);
	if (err)
		return err;
	for (__u32 i = 0; i < XSW_VLAN_SLOTS; i++)
		if (__atomic_load_n(&keys[i], __ATOMIC_RELAXED) >> 16 == port)
			__atomic_store_n(&keys[i], 0, __ATOMIC_RELEASE);
	munmap(keys, KEYS_SIZE);
	return 0;
}

static int used_clear(const struct xsw_switch_handle *sw, __u32 port)
{
	int fd = map_get(sw->dir, "xsw_vlan_used"), err = 0;
	__u32 none = 0;

	if (fd < 0)
		return fd;
	if (bpf_map_update_elem(fd, &port, &none, BPF_ANY))
		err = -errno;
	close(fd);
	return err;
}

static bool has_slots(const __u32 *keys, __u32 port)
{
	for (__u32 i = 0; i < XSW_VLAN_SLOTS; i++)
		if (keys[i] >> 16 == port)
			return true;
	return false;
}

int vlan_stats_clear(const struct xsw_switch_handle *sw, __u32 port)
{
	__u32 *keys = keys_read(sw);
	int err = 0;

	if (!keys)
		return errno == ENOENT ? 0 : -errno;
	if (has_slots(keys, port))
		table_wait_for_readers(); /* they may still count the port's last frames */
	err = slots_change(sw, keys, port, slot_clear);
	if (!err)
		err = slots_free(sw, port);
	if (!err)
		err = used_clear(sw, port);
	free(keys);
	return err;
}
