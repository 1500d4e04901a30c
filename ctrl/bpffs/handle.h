/* SPDX-License-Identifier: GPL-2.0 */
/* An open switch: a folder of pinned maps, programs and links in bpffs.
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

#include "ctrl/kernel/netns.h"
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
	int fdb;	/* xsw_fdb: segment -> array of struct xsw_fdb_bucket; before layout 3: */
			/* shard -> hash of struct xsw_fdb_key -> struct xsw_fdb_entry */
	int fdb_count;	/* xsw_fdb_count: struct xsw_fdb_count, one element */
	int tx;		/* xsw_tx: devmap port -> struct bpf_devmap_val */
	int flood;	/* xsw_flood: devmap_hash port -> struct bpf_devmap_val */
	int stats;	/* xsw_stats: per-CPU, port -> struct xsw_stats */
	int stats_base; /* xsw_stats_base: port -> struct xsw_stats */
	int record;	/* xsw_meta: port -> struct xsw_port_record */
	/* A switch that an earlier version made or took over lacks these until it is upgraded. */
	int policer;	 /* xsw_policer: XSW_POLICER_INDEX() -> struct xsw_policer */
	int policer_of;	 /* xsw_policer_of: struct xsw_policer_key -> struct xsw_policer */
	int peer;	 /* xsw_peer: port -> __u64, see maps/peer.h */
	int guard;	 /* xsw_guard: port -> struct xsw_guard */
	int bind;	 /* xsw_bind: struct xsw_bind_key -> struct xsw_bind */
	int bind_ip;	 /* xsw_bind_ip: set of struct xsw_bind_ip_key */
	int xsk;	 /* xsw_xsk: XSW_XSK_INDEX() -> AF_XDP socket */
	int punt;	 /* xsw_punt: port -> struct xsw_punts */
	int local;	 /* xsw_local: struct xsw_fdb_key -> struct xsw_local */
	int able;	 /* xsw_able: port -> struct xsw_able */
	int members;	 /* xsw_members: port / 64 -> struct xsw_members */
	int mirror;	 /* xsw_mirror: bank -> struct xsw_mirrors */
	int mirror_sums; /* xsw_mirror_sums: per-CPU, id -> struct xsw_mirror_sums */
	int capture;	 /* xsw_capture: struct xsw_captures, one element */
	int lldp;	 /* xsw_lldp: struct xsw_lldp_key -> struct xsw_lldp */
};

struct xsw_kept; /* ctrl/bpffs/kept.h */

struct xsw_switch_handle {
	char name[XSW_NAME_LEN];
	char netns[XSW_NETNS_LEN]; /* of its ports, as it was called when this was opened: its */
				   /* name, net:[inode] where it has none, "" for none yet */
	char dir[PATH_MAX - 64];   /* <bpffs>/<name>/v<layout> */
	int layout; /* of its tables, XSW_LAYOUT at the most; see ctrl/bpffs/layout.h */
	struct xsw_maps map;
	struct xsw_kept *kept; /* it stays open when it is closed; NULL: it does not */
};

#define XSW_ANY_PORT 0U /* where a port number says what to show */

/** switch_name_is_good() - can a switch be called so? */
bool switch_name_is_good(const char *name);

/** xsw_switch_name_check() - can a switch be called so? Return: 0 or -EINVAL, error set. */
int xsw_switch_name_check(const char *name);

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

/**
 * xsw_switch_list() - names of the switches that are seen (see xsw_netns_all()), sorted
 * @names: result, freed by the caller with free()
 *
 * Return: how many, or -errno. No bpffs, or no root folder, is 0 switches.
 */
int xsw_switch_list(char (**names)[XSW_NAME_LEN]);

/**
 * switch_opened() - a command that sees @sw has opened it by switch_open_dir()
 * @conf: its settings
 *
 * Notes what its namespace is called, and keeps it open where ctrl/bpffs/kept.h says so.
 */
void switch_opened(struct xsw_switch_handle *sw, const struct xsw_switch *conf);

/** switches_close_kept() - close all that ctrl/bpffs/kept.h keeps open */
void switches_close_kept(void);

/** switch_handle_init() - a handle of folder @folder with no map open yet */
void switch_handle_init(const char *name, const char *folder, struct xsw_switch_handle *sw);

/** switch_open_dir() - as xsw_switch_open(), for folder @folder ("+name" while built or removed) */
int switch_open_dir(const char *name, const char *folder, struct xsw_switch_handle *sw);

/**
 * switch_moved() - has an upgrade to another layout moved the switch since @sw was opened?
 *
 * Some tables of @sw then are nobody's, others are still in use: nothing must be written by @sw.
 * Context: under the lock of writers.
 */
bool switch_moved(const struct xsw_switch_handle *sw);

/** switch_open_rest() - open what is left of the switch in @folder, to take it apart */
void switch_open_rest(const char *name, const char *folder, struct xsw_switch_handle *sw);

/**
 * switch_folder_make() - make the empty folder <bpffs>/@folder/v<XSW_LAYOUT>
 * @dir: result, its path, cut off at @size bytes: the root and the names have limits of their own
 *
 * Return: 0 or -errno.
 */
int switch_folder_make(const char *folder, char *dir, size_t size);

/** switch_list_all() - as xsw_switch_list(), in all network namespaces */
int switch_list_all(char (**names)[XSW_NAME_LEN]);

/**
 * switch_pin_broken() - a pin of @sw cannot be opened, or is not what it has to be
 * @err: of map_get() or prog_get()
 *
 * Return: -EUCLEAN with the error set; without it -ENOENT if the switch itself is gone, and
 * errors of this process (-EPERM, -EACCES, -EMFILE, -ENFILE, -ENOMEM) as @err.
 */
int switch_pin_broken(const struct xsw_switch_handle *sw, const char *pin, int err);
