/* SPDX-License-Identifier: GPL-2.0 */
/* The addresses of host ports: table xsw_local. Private to ctrl/. */
#pragma once

#include <stdbool.h>

#include "ctrl/fdb/fdb.h"
#include "ctrl/bpffs/handle.h"
#include "maps/local.h"

struct locals {
	struct xsw_fdb_key *key;
	struct xsw_local *value;
	int n;
};

/** locals_read() - the whole table; of a switch whose programs do not know it, none */
void locals_read(const struct xsw_switch_handle *sw, struct locals *all);
void locals_free(struct locals *all);

/** local_address() - what the address of @port is, by the table. Return: is there one? */
bool local_address(const struct locals *all, __u32 port, struct xsw_fdb_key *key);

/**
 * local_enter() - note that @key is the address of @port
 *
 * An address that XSW_LOCAL_PORTS other ports have is not kept: it is learned as any.
 */
void local_enter(const struct xsw_switch_handle *sw, __u32 port, const struct xsw_fdb_key *key);

/** local_clear() - take a port out of the table, if it is there */
void local_clear(const struct xsw_switch_handle *sw, __u32 port);

/** locals_clear() - empty a table that no program reads now: an earlier version did not keep it */
void locals_clear(const struct xsw_switch_handle *sw);

/**
 * local_forget() - forget what was learned of the address of a port, in the port's VLANs
 *
 * After the port, its address or its VLANs changed; waits for programs that saw the state
 * before. Nothing for a port that is not in the table.
 */
void local_forget(const struct xsw_switch_handle *sw, __u32 port);

/** local_holder() - the host port whose own address @key is; 0: none. As local_port() in bpf/. */
__u32 local_holder(const struct xsw_switch_handle *sw, const struct xsw_fdb_key *key);

/**
 * locals_list() - append rows to what xsw_fdb_list() found
 * @port, @vlan: what to list, as there
 * @total: how many rows there are; raised
 *
 * A port that lists its VLANs has a row for each where no entry of the FDB hides it; a port
 * that takes all VLANs has one row, with all_vlans set. Return: 0 or -errno.
 */
int locals_list(const struct xsw_switch_handle *sw, __u32 port, int vlan, struct xsw_fdb_row **rows,
		int *total);
