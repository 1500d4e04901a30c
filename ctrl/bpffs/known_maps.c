// SPDX-License-Identifier: GPL-2.0
#include "ctrl/bpffs/known_maps.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <linux/bpf.h>

#include "ctrl/bpffs/layout.h"
#include "ctrl/bpffs/pin.h"
#include "maps/able.h"
#include "maps/capture.h"
#include "maps/event.h"
#include "maps/fdb.h"
#include "maps/mac_limit.h"
#include "maps/spoof.h"
#include "maps/lldp.h"
#include "maps/members.h"
#include "maps/mirror.h"
#include "maps/local.h"
#include "maps/port_record.h"
#include "maps/peer.h"
#include "maps/policer.h"
#include "maps/port.h"
#include "maps/punt.h"
#include "maps/stats.h"
#include "maps/switch.h"
#include "maps/xsk.h"

#define KEY sizeof(__u32)
#define BY_CPUS 0 /* how many elements there are depends on the number of CPUs */

/* As bpf/maps.h declares them: ctrl/bpffs/load.c compares when it loads the programs. The values of
 * xsw_timer, xsw_own_drops and xsw_loss_counted are the programs' own.
 */
static const struct known_map {
	const char *name;
	__u32 type, key_size, value_size, max_entries;
} known[] = {
	{ "xsw_switch", BPF_MAP_TYPE_ARRAY, KEY, sizeof(struct xsw_switch), 1 },
	{ "xsw_port", BPF_MAP_TYPE_ARRAY, KEY, sizeof(struct xsw_port), XSW_MAX_SLOTS },
	{ "xsw_slot", BPF_MAP_TYPE_ARRAY, KEY, sizeof(__u32), XSW_MAX_PORTS },
	{ "xsw_state", BPF_MAP_TYPE_ARRAY, KEY, sizeof(struct xsw_state), XSW_MAX_PORTS },
	{ "xsw_able", BPF_MAP_TYPE_ARRAY, KEY, sizeof(struct xsw_able), XSW_MAX_PORTS },
	{ "xsw_ifindex", BPF_MAP_TYPE_ARRAY, KEY, sizeof(__u32), XSW_IFINDEX_ARRAY },
	{ "xsw_ifindex_hi", BPF_MAP_TYPE_HASH, KEY, sizeof(__u32), XSW_MAX_PORTS },
	{ "xsw_fdb", BPF_MAP_TYPE_ARRAY_OF_MAPS, KEY, sizeof(__u32), XSW_FDB_SEGMENTS },
	{ "xsw_fdb_lock", BPF_MAP_TYPE_ARRAY, KEY, 64, XSW_FDB_STRIPES },
	{ "xsw_fdb_count", BPF_MAP_TYPE_ARRAY, KEY, sizeof(struct xsw_fdb_count), 1 },
	{ "xsw_local", BPF_MAP_TYPE_HASH, sizeof(struct xsw_fdb_key), sizeof(struct xsw_local),
	  XSW_MAX_PORTS },
	{ "xsw_timer", BPF_MAP_TYPE_ARRAY, KEY, sizeof(struct bpf_timer) + 16, 1 },
	{ "xsw_peer", BPF_MAP_TYPE_ARRAY, KEY, sizeof(__u64), XSW_MAX_PORTS },
	{ "xsw_members", BPF_MAP_TYPE_ARRAY, KEY, sizeof(struct xsw_members), XSW_MEMBER_WORDS },
	{ "xsw_mirror", BPF_MAP_TYPE_ARRAY, KEY, sizeof(struct xsw_mirrors), XSW_MIRROR_BANKS },
	{ "xsw_mirror_sums", BPF_MAP_TYPE_PERCPU_ARRAY, KEY, sizeof(struct xsw_mirror_sums),
	  XSW_MIRRORS },
	{ "xsw_tx", BPF_MAP_TYPE_DEVMAP, KEY, sizeof(struct bpf_devmap_val), XSW_MAX_PORTS },
	{ "xsw_devices", BPF_MAP_TYPE_ARRAY_OF_MAPS, KEY, sizeof(__u32), 1 },
	{ "xsw_flood", BPF_MAP_TYPE_DEVMAP_HASH, KEY, sizeof(struct bpf_devmap_val),
	  XSW_MAX_PORTS },
	{ "xsw_stats", BPF_MAP_TYPE_PERCPU_ARRAY, KEY, sizeof(struct xsw_stats), XSW_MAX_PORTS },
	{ "xsw_stats_base", BPF_MAP_TYPE_ARRAY, KEY, sizeof(struct xsw_stats), XSW_MAX_PORTS },
	{ "xsw_vlan_keys", BPF_MAP_TYPE_ARRAY, KEY, sizeof(struct xsw_vlan_bucket),
	  XSW_VLAN_BUCKETS },
	{ "xsw_vlan_used", BPF_MAP_TYPE_ARRAY, KEY, sizeof(__u32), XSW_MAX_PORTS },
	{ "xsw_vlan_stats", BPF_MAP_TYPE_PERCPU_ARRAY, KEY, sizeof(struct xsw_vlan_stats),
	  XSW_VLAN_STATS },
	{ "xsw_vlan_base", BPF_MAP_TYPE_ARRAY, KEY, sizeof(struct xsw_vlan_stats), XSW_VLAN_STATS },
	{ "xsw_meta", BPF_MAP_TYPE_ARRAY, KEY, sizeof(struct xsw_port_record), XSW_MAX_PORTS },
	{ "xsw_xsk", BPF_MAP_TYPE_XSKMAP, KEY, sizeof(__u32), XSW_XSKS },
	{ "xsw_policer", BPF_MAP_TYPE_ARRAY, KEY, sizeof(struct xsw_policer), XSW_POLICERS },
	{ "xsw_policer_of", BPF_MAP_TYPE_HASH, sizeof(struct xsw_policer_key),
	  sizeof(struct xsw_policer), XSW_POLICERS_OF },
	{ "xsw_guard", BPF_MAP_TYPE_ARRAY, KEY, sizeof(struct xsw_guard), XSW_MAX_PORTS },
	{ "xsw_bind", BPF_MAP_TYPE_HASH, sizeof(struct xsw_bind_key), sizeof(struct xsw_bind),
	  XSW_BINDS },
	{ "xsw_bind_ip", BPF_MAP_TYPE_HASH, sizeof(struct xsw_bind_ip_key), sizeof(__u32),
	  XSW_BINDS },
	{ "xsw_punt", BPF_MAP_TYPE_ARRAY, KEY, sizeof(struct xsw_punts), XSW_MAX_PORTS },
	{ "xsw_punt_out", BPF_MAP_TYPE_PERF_EVENT_ARRAY, KEY, sizeof(__u32), BY_CPUS },
	{ "xsw_capture", BPF_MAP_TYPE_ARRAY, KEY, sizeof(struct xsw_captures), 1 },
	{ "xsw_capture_out", BPF_MAP_TYPE_PERF_EVENT_ARRAY, KEY, sizeof(__u32), BY_CPUS },
	{ "xsw_lldp", BPF_MAP_TYPE_HASH, sizeof(struct xsw_lldp_key), sizeof(struct xsw_lldp),
	  XSW_LLDP_NEIGHBOURS },
	{ "xsw_event", BPF_MAP_TYPE_ARRAY, KEY, sizeof(struct xsw_event_cpu), BY_CPUS },
	{ "xsw_own_drops", BPF_MAP_TYPE_PERCPU_ARRAY, KEY, sizeof(__u64), XSW_MAX_PORTS },
	{ "xsw_loss_counted", BPF_MAP_TYPE_PERCPU_ARRAY, KEY, sizeof(__u32), 3 },
};

const struct known_prog known_progs[KNOWN_PROGS] = {
	{ "prog_xdp", "xsw_xdp", BPF_PROG_TYPE_XDP },
	{ "prog_tc", "xsw_tc", BPF_PROG_TYPE_SCHED_CLS },
	{ "prog_egress", "xsw_egress", BPF_PROG_TYPE_XDP },
	{ "prog_timer", "xsw_timer_start", BPF_PROG_TYPE_SCHED_CLS },
	{ "prog_user", "xsw_user", BPF_PROG_TYPE_SCHED_CLS },
};

#define COUNT(array) (sizeof(array) / sizeof(*(array)))

/* What kind of object is @fd? The kernel names its descriptors so. */
static bool fd_is(int fd, const char *kind)
{
	char path[32], what[32];
	ssize_t n;

	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	n = readlink(path, what, sizeof(what) - 1);
	if (n < 0)
		return true; /* no /proc: the sizes will tell */
	what[n] = '\0';
	return strstr(what, kind);
}

static const struct known_map *known_map(const char *name)
{
	for (size_t i = 0; i < COUNT(known); i++)
		if (!strcmp(known[i].name, name))
			return &known[i];
	return NULL;
}

int map_check(const char *dir, const char *name, int fd)
{
	const struct known_map *k = known_map(name);
	int layout = layout_of(dir);
	struct bpf_map_info is = {};
	__u32 len = sizeof(is);

	if (!k || !fd_is(fd, "bpf-map"))
		return -EUCLEAN;
	if (bpf_obj_get_info_by_fd(fd, &is, &len))
		return -errno;
	return is.type == k->type && is.key_size == k->key_size &&
			       is.value_size == k->value_size - layout_lacks(layout, name) &&
			       (k->max_entries == BY_CPUS ?
					is.max_entries > 1 :
					is.max_entries ==
						layout_elements(layout, name, k->max_entries)) ?
		       0 :
		       -EUCLEAN;
}

static int prog_check(const char *dir, const char *pin, int fd)
{
	struct bpf_prog_info is = {};
	__u32 len = sizeof(is);

	if (!fd_is(fd, "bpf-prog"))
		return -EUCLEAN;
	if (bpf_obj_get_info_by_fd(fd, &is, &len))
		return -errno;
	for (size_t i = 0; i < KNOWN_PROGS; i++)
		if (!strcmp(known_progs[i].pin, pin))
			return is.type == known_progs[i].type &&
					       !strcmp(is.name, known_progs[i].name) ?
				       0 :
				       -EUCLEAN;
	return -EUCLEAN;
}

/* @fd, or the reason why it is not what it is to be */
static int checked(int (*check)(const char *dir, const char *name, int fd), const char *dir,
		   const char *name, int fd)
{
	int err = fd < 0 ? fd : check(dir, name, fd);

	if (err && fd >= 0)
		close(fd);
	return err ? err : fd;
}

int map_get(const char *dir, const char *name)
{
	return checked(map_check, dir, name, pin_get(dir, name));
}

int map_get_read(const char *dir, const char *name)
{
	return checked(map_check, dir, name, pin_get_read(dir, name));
}

static int link_check(const char *dir, const char *pin, int fd)
{
	return fd_is(fd, "link") ? 0 : -EUCLEAN;
}

int link_pin_get(const char *dir, const char *pin)
{
	return checked(link_check, dir, pin, pin_get(dir, pin));
}

int prog_get(const char *dir, const char *pin)
{
	return checked(prog_check, dir, pin, pin_get(dir, pin));
}

int prog_get_read(const char *dir, const char *pin)
{
	return checked(prog_check, dir, pin, pin_get_read(dir, pin));
}
