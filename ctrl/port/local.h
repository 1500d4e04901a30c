/* SPDX-License-Identifier: GPL-2.0 */
/* The addresses of host ports: table xsw_local. Private to ctrl/.
 *
 * A command that changes anything compares the table with the devices when it takes the lock,
 * and so does a command that shows something (locals_are_old()): the table follows `ip link set
 * host0 address` by the next command at the latest. Until then the interface's new address is
 * learned like any other, and its old one is still known as its own.
 */
#pragma once

#include <stdbool.h>

#include "ctrl/fdb/fdb.h"
#include "ctrl/switch/switch.h"
#include "maps/local.h"
#include "maps/port_record.h"

/**
 * locals_follow() - make the table what the devices of the host ports have now
 * @records: of all ports, @n elements, as record_read_all() gives them
 *
 * Forgets what was learned of an address that is new in the table. Where the interface's
 * namespace cannot be found its address stays what it was. Runs in the ports' namespace.
 */
void locals_follow(const struct xsw_switch_handle *sw, const struct xsw_port_record *records,
		   int n);

/** locals_repair() - the same from any namespace; costs one system call without host ports */
void locals_repair(const struct xsw_switch_handle *sw);

/** locals_are_old() - has a host port's interface another address than the table says? */
bool locals_are_old(const struct xsw_switch_handle *sw);

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
