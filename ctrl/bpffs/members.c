// SPDX-License-Identifier: GPL-2.0
#include "ctrl/bpffs/members.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>

#define SIZE (XSW_MEMBER_WORDS * sizeof(struct xsw_members))

static struct xsw_members *members_map(int map)
{
	void *all = mmap(NULL, SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, map, 0);

	return all == MAP_FAILED ? NULL : all;
}

static void members_unmap(struct xsw_members *all)
{
	munmap(all, SIZE);
}

int members_set(int map, __u32 port, const struct xsw_port *conf)
{
	__u64 *words, bit = 1ULL << port % 64;
	struct xsw_members *all;

	if (map < 0)
		return 0;
	all = members_map(map);
	if (!all)
		return -errno;
	words = all[port / 64].vlan;
	for (__u32 vlan = 0; vlan <= XSW_VID_MAX; vlan++)
		if (!(words[vlan] & bit) && xsw_port_has_vlan(conf, vlan))
			__atomic_fetch_or(&words[vlan], bit, __ATOMIC_SEQ_CST);
	members_unmap(all);
	return 0;
}

void members_trim(int map, __u32 port, const struct xsw_port *conf)
{
	struct xsw_members *all = map < 0 ? NULL : members_map(map);
	__u64 *words, bit = 1ULL << port % 64;

	if (!all)
		return;
	words = all[port / 64].vlan;
	for (__u32 vlan = 0; vlan < XSW_MEMBER_VLANS; vlan++)
		if (words[vlan] & bit && !(conf && xsw_port_has_vlan(conf, vlan)))
			__atomic_fetch_and(&words[vlan], ~bit, __ATOMIC_SEQ_CST);
	members_unmap(all);
}

int members_clear(int map)
{
	struct xsw_members *all = members_map(map);

	if (!all)
		return -errno;
	memset(all, 0, SIZE);
	members_unmap(all);
	return 0;
}
