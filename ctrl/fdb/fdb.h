/* SPDX-License-Identifier: GPL-2.0 */
/* The forwarding database as a user sees it. */
#pragma once

#include <stdbool.h>
#include <linux/types.h>

#include "ctrl/bpffs/handle.h"
#include "maps/fdb.h"

struct xsw_fdb_row {
	struct xsw_fdb_key key;
	struct xsw_fdb_entry entry;
	double age_s;	/* since it last spoke; 0 for static entries and local ones */
	bool all_vlans; /* a local address in every VLAN that no row of another entry names */
};

#define XSW_ANY_VLAN -1

/**
 * xsw_fdb_add() - add a static entry, or a learned one when @is_static is false
 * @replace: overwrite what is there, else -EEXIST
 *
 * An expired entry counts as absent. Group and all-zero addresses: -EINVAL. The own address of
 * a host port in a VLAN of its is there already; a static entry can replace it, or say the same
 * again, a learned one cannot (-EINVAL).
 * Context: under xsw_lock_and_repair().
 */
int xsw_fdb_add(struct xsw_switch_handle *sw, const struct xsw_fdb_key *key, __u32 port,
		bool is_static, bool replace);

/** xsw_fdb_del() - Return: 0, -ENOENT or, of a host port's own address, -EBUSY. Context: under xsw_lock_and_repair(). */
int xsw_fdb_del(struct xsw_switch_handle *sw, const struct xsw_fdb_key *key);

/**
 * xsw_fdb_flush() - forget learned entries of @port (or XSW_ANY_PORT) and @vlan (or XSW_ANY_VLAN)
 *
 * Return: how many, or -errno. Context: under xsw_lock_and_repair().
 */
int xsw_fdb_flush(const struct xsw_switch_handle *sw, __u32 port, int vlan);

/** xsw_fdb_flush_static() - remove static entries of @port; for a port that goes */
int xsw_fdb_flush_static(const struct xsw_switch_handle *sw, __u32 port);

/**
 * xsw_fdb_list() - entries alive now, and local addresses, sorted by VLAN and address
 * @rows: freed by the caller with free()
 *
 * Return: how many, or -errno. Never waits for a writer.
 */
int xsw_fdb_list(const struct xsw_switch_handle *sw, __u32 port, int vlan,
		 struct xsw_fdb_row **rows);
