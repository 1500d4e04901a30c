/* SPDX-License-Identifier: GPL-2.0 */
/* The table of host ports' addresses (ctrl/fdb/local.h) follows the devices. Private to ctrl/.
 *
 * A command that changes anything compares the table with the devices when it takes the lock,
 * and so does a command that shows something (locals_are_old()): the table follows `ip link set
 * host0 address` by the next command at the latest. Until then the interface's new address is
 * learned like any other, and its old one is still known as its own.
 */
#pragma once

#include <stdbool.h>

#include "ctrl/bpffs/handle.h"
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
