/* SPDX-License-Identifier: GPL-2.0 */
/* Addresses of host ports, see maps/local.h. Asked where the FDB has no entry, so that known
 * unicast and what is learned already pay nothing.
 */
#pragma once

#include "bpf/tables.h"
#include "maps/local.h"

/**
 * local_port() - the host port whose own address, in one of its VLANs, @of is
 *
 * verifier: global, to be verified once.
 * Return: port number, 0 if there is none.
 */
__noinline int local_port(const struct xsw_fdb_key *of)
{
	const struct xsw_local *local;
	struct xsw_fdb_key key;
	__u32 vlan;

	if (!of)
		return 0;
	key = *of; /* verifier: as in fdb_find() */
	vlan = key.vlan;
	key.vlan = 0;
	local = bpf_map_lookup_elem(&xsw_local, &key);
	if (!local)
		return 0;
	for (int i = 0; i < XSW_LOCAL_PORTS; i++) {
		__u32 port = local->port[i];
		const struct xsw_port *p = port_by_number(port);

		if (p && p->flags & XSW_PORT_HOST && xsw_port_has_vlan(p, vlan))
			return port;
	}
	return 0;
}
