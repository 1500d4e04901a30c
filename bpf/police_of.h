/* SPDX-License-Identifier: GPL-2.0 */
/* Policers of one VLAN or PCP at a port; a part of police.h. They stand in a hash, which
 * only programs can charge: a process that runs the steps asks one to.
 */
#pragma once

/* By the policer of VLAN or PCP @value, if there is one. */
static __always_inline int police_of(__u32 port, __u32 kind, __u32 of, __u32 value,
				     const struct charge *c)
{
	struct xsw_policer_key key = { .port = port, .kind = kind, .of = of, .value = value };
	struct xsw_policer *p = bpf_map_lookup_elem(&xsw_policer_of, &key);

	return p ? police_by(p, c) : POLICE_PASS;
}
