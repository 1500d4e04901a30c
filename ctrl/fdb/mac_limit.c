// SPDX-License-Identifier: GPL-2.0
/* xsw_guard, mapped into memory. */
#include "ctrl/fdb/mac_limit.h"

#include <bpf/bpf.h>
#include <string.h>
#include <sys/mman.h>

#define GUARDS_SIZE (XSW_MAX_PORTS * sizeof(struct xsw_guard))

static struct xsw_guard *guards_map(const struct xsw_switch_handle *sw)
{
	void *guards;

	if (sw->map.guard < 0)
		return NULL;
	guards = mmap(NULL, GUARDS_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, sw->map.guard, 0);
	return guards == MAP_FAILED ? NULL : guards;
}

static void guards_unmap(struct xsw_guard *guards)
{
	munmap(guards, GUARDS_SIZE);
}

void guard_read(const struct xsw_switch_handle *sw, __u32 port, struct xsw_guard *guard)
{
	if (sw->map.guard < 0 || bpf_map_lookup_elem(sw->map.guard, &port, guard))
		memset(guard, 0, sizeof(*guard));
}

void guard_learned_add(const struct xsw_switch_handle *sw, __u32 port, __s32 n)
{
	struct xsw_guard *guards = port < XSW_MAX_PORTS ? guards_map(sw) : NULL;

	if (!guards)
		return;
	__atomic_fetch_add(&guards[port].learned, n, __ATOMIC_SEQ_CST);
	guards_unmap(guards);
}

void guard_learned_store(const struct xsw_switch_handle *sw, const __s32 *learned)
{
	struct xsw_guard *guards = guards_map(sw);

	if (!guards)
		return;
	for (__u32 port = 0; port < XSW_MAX_PORTS; port++)
		__atomic_store_n(&guards[port].learned, learned[port], __ATOMIC_SEQ_CST);
	guards_unmap(guards);
}

void guard_limit_set(const struct xsw_switch_handle *sw, __u32 port, __u32 mac_limit)
{
	struct xsw_guard *guards = guards_map(sw);

	if (!guards)
		return;
	__atomic_store_n(&guards[port].mac_limit, mac_limit, __ATOMIC_SEQ_CST);
	guards_unmap(guards);
}

void guard_open(const struct xsw_switch_handle *sw, __u32 port)
{
	struct xsw_guard *guards = guards_map(sw);

	if (!guards)
		return;
	__atomic_store_n(&guards[port].shut_ns, 0, __ATOMIC_SEQ_CST);
	guards_unmap(guards);
}

void guard_clear(const struct xsw_switch_handle *sw, __u32 port)
{
	struct xsw_guard *guards = guards_map(sw);

	if (!guards)
		return;
	guards[port].mac_limit = 0;
	guards[port].shut_ns = 0;
	guards[port].limit_told_ns = 0;
	guards[port].storm_told_ns = 0;
	guards_unmap(guards);
}
