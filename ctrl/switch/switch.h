/* SPDX-License-Identifier: GPL-2.0 */
/* A switch: a folder of pinned maps, programs and links in bpffs.
 *
 *   <bpffs>/<switch>/v<layout>/xsw_port ...	maps, by their BPF names
 *			       prog_xdp ...	programs
 *			       link_*		loss tracing
 *			       port_<n>_xdp|_tc	attachments of port n
 *
 * A switch is built as "+name" and renamed when whole, and renamed back
 * before it is taken apart, so that a killed command leaves either a whole
 * switch or one that the next writer removes.
 */
#pragma once

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <linux/types.h>

#include "maps/fdb.h"
#include "maps/limits.h"
#include "maps/switch.h"

/* File descriptors of a switch's maps; -1 where not open. */
struct xsw_maps {
	int sw;		/* xsw_switch: struct xsw_switch, one element */
	int port;	/* xsw_port: slot -> struct xsw_port */
	int slot;	/* xsw_slot: port -> __u32 slot in use, 0: no such port */
	int state;	/* xsw_state: port -> struct xsw_state */
	int ifindex;	/* xsw_ifindex: array ifindex -> __u32 slot, 0: not ours */
	int ifindex_hi; /* xsw_ifindex_hi: hash, the same for ifindex >= XSW_IFINDEX_ARRAY */
	int fdb_shard[XSW_FDB_SHARDS]; /* inner maps of xsw_fdb */
	int fdb_count;		       /* xsw_fdb_count: struct xsw_fdb_count, one element */
	int tx;			       /* xsw_tx: devmap port -> struct bpf_devmap_val */
	int flood;		       /* xsw_flood: devmap_hash port -> struct bpf_devmap_val */
	int stats;		       /* xsw_stats: per-CPU, port -> struct xsw_stats */
	int stats_base;		       /* xsw_stats_base: port -> struct xsw_stats */
	int record;		       /* xsw_meta: port -> struct xsw_port_record */
	/* A switch that an earlier version made or took over lacks these until it is upgraded. */
	int policer;	/* xsw_policer: XSW_POLICER_INDEX() -> struct xsw_policer */
	int policer_of; /* xsw_policer_of: struct xsw_policer_key -> struct xsw_policer */
	int peer;	/* xsw_peer: port -> __u64, see maps/peer.h */
	int guard;	/* xsw_guard: port -> struct xsw_guard */
	int bind;	/* xsw_bind: struct xsw_bind_key -> struct xsw_bind */
	int bind_ip;	/* xsw_bind_ip: set of struct xsw_bind_ip_key */
	int xsk;	/* xsw_xsk: XSW_XSK_INDEX() -> AF_XDP socket */
	int punt;	/* xsw_punt: port -> struct xsw_punts */
	int local;	/* xsw_local: struct xsw_fdb_key -> struct xsw_local */
	int able;	/* xsw_able: port -> struct xsw_able */
	int lldp;	/* xsw_lldp: struct xsw_lldp_key -> struct xsw_lldp */
};

#define XSW_NETNS_LEN 256 /* a file name, or net:[4294967295] */

struct xsw_switch_handle {
	char name[XSW_NAME_LEN];
	char netns[XSW_NETNS_LEN]; /* of its ports, as it was called when this was opened: its */
				   /* name, net:[inode] where it has none, "" for none yet */
	char dir[PATH_MAX - 64];   /* <bpffs>/<name>/v<layout> */
	struct xsw_maps map;
};

#define XSW_ANY_PORT 0U /* where a port number says what to show */

#define XSW_CONF_AGEING (1U << 0)
#define XSW_CONF_FDB_MAX (1U << 1)
#define XSW_CONF_FDB_EVICT (1U << 2)
#define XSW_CONF_FORWARD_BPDU (1U << 3)
#define XSW_CONF_VLAN_STATS (1U << 4)

/* What a user asks of a switch; members without their bit in @given keep
 * their value (add: the default).
 */
struct xsw_switch_conf {
	__u32 given;	   /* XSW_CONF_* */
	__u32 ageing_s;	   /* 1 to 1000000, default 300 */
	__u32 fdb_max;	   /* 1 to 4194304, default 65536 */
	bool fdb_evict;	   /* default false (reject) */
	bool forward_bpdu; /* default false */
	bool vlan_stats;   /* default false */
};

struct xsw_switch_info {
	struct xsw_switch conf; /* as in the map */
	__u64 fdb_entries;	/* alive ones: static, and learned that have not expired */
};

/**
 * xsw_bpffs_root() - the folder that holds all switches
 * xsw_bpffs_set() - use another place (--bpffs)
 *
 * Default: $XSW_BPFFS, else /sys/fs/bpf/xsw.
 */
const char *xsw_bpffs_root(void);
int xsw_bpffs_set(const char *dir);

/**
 * xsw_netns_all() - see the switches of all network namespaces (--all-netns)
 *
 * Default: those that were made in the namespace of the caller. A switch that is not seen is
 * not listed, cannot be opened or removed, and its ports are not found.
 */
void xsw_netns_all(bool on);

/**
 * xsw_lock() - become the one writer, and repair what a killed writer left
 *
 * Mounts bpffs at /sys/fs/bpf if nothing is mounted there and this process
 * is in the initial mount namespace; makes the root folder, mode 0700. Waits
 * for another writer up to 10 s. The lock goes with the process.
 * Return: 0, -EBUSY, -EPERM or another -errno; the error is set.
 */
int xsw_lock(void);
void xsw_unlock(void);

/** xsw_lock_try() - the same without waiting. Return: -EBUSY if there is another writer. */
int xsw_lock_try(void);

/** xsw_switch_name_check() - can a switch be called so? Return: 0 or -EINVAL, error set. */
int xsw_switch_name_check(const char *name);

/**
 * xsw_switch_add() - make a switch, of the caller's network namespace. Context: under xsw_lock().
 *
 * Return: 0; -EEXIST; -EXDEV: it exists in another network namespace; -EINVAL (name or value); or
 * what the kernel said.
 */
int xsw_switch_add(const char *name, const struct xsw_switch_conf *conf);

/** xsw_switch_set() - change settings. All or nothing. Context: under xsw_lock(). */
int xsw_switch_set(struct xsw_switch_handle *sw, const struct xsw_switch_conf *conf);

/**
 * xsw_switch_del() - remove a switch and its ports; devices get their old settings back
 *
 * One whose network namespace is gone, too. Return: 0; -ENOENT; -EXDEV: it is not seen, see
 * xsw_netns_all(); -errno.
 */
int xsw_switch_del(const char *name);

/**
 * xsw_switch_upgrade() - run the programs of this version on the switch's maps
 *
 * Loads first, then swaps each attachment atomically; when one does not
 * load or swap, what was swapped is swapped back. No frame is lost.
 */
int xsw_switch_upgrade(const char *name);

/**
 * xsw_switch_open() - open a switch's maps
 *
 * Return: 0; -ENOENT; -EXDEV: it is in another network namespace, see xsw_netns_all(); -errno.
 * The error is set.
 */
int xsw_switch_open(const char *name, struct xsw_switch_handle *sw);
void xsw_switch_close(struct xsw_switch_handle *sw);

/** xsw_switch_is_here() - is it of the caller's network namespace? */
bool xsw_switch_is_here(const struct xsw_switch_handle *sw);

int xsw_switch_info(const struct xsw_switch_handle *sw, struct xsw_switch_info *info);

/**
 * xsw_switch_list() - names of the switches that are seen (see xsw_netns_all()), sorted
 * @names: result, freed by the caller with free()
 *
 * Return: how many, or -errno. No bpffs, or no root folder, is 0 switches.
 */
int xsw_switch_list(char (**names)[XSW_NAME_LEN]);

/** xsw_log_verbose() - print libbpf's and the verifier's log to stderr (-d) */
void xsw_log_verbose(bool on);
