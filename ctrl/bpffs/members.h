/* SPDX-License-Identifier: GPL-2.0 */
/* Writes of map xsw_members, see maps/members.h for the order in which they belong. Callers hold
 * the lock of writers. @map: its descriptor, below 0 where the programs know no such map: then
 * nothing is done.
 */
#pragma once

#include "maps/members.h"
#include "maps/port.h"

/**
 * members_set() - let @port be a member of all VLANs that its settings @conf are to carry, too
 *
 * To be called before these settings are in use. Return: 0 or -errno of mmap(2).
 */
int members_set(int map, __u32 port, const struct xsw_port *conf);

/**
 * members_trim() - let @port be a member of no other VLANs than those of @conf; NULL: of none
 *
 * To be called when no other settings of the port are in use. What fails costs time alone.
 */
void members_trim(int map, __u32 port, const struct xsw_port *conf);

/** members_clear() - no port is a member, of a map that no program uses. Return: 0 or -errno. */
int members_clear(int map);
