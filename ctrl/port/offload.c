// SPDX-License-Identifier: GPL-2.0
#include "ctrl/port/offload.h"

#include "ctrl/port/record.h"

#define COUNT(array) (sizeof(array) / sizeof(*(array)))

/* A feature that has to be off, and the bit that remembers that it was on. */
enum { RXVLAN, RXVLAN_STAG, LRO, GRO_HW };

static const struct need {
	__u32 feature, bit;
	const char *name;
} needs[] = {
	[RXVLAN] = { LINK_FEAT_RXVLAN, XSW_SAVED_RXVLAN, "rxvlan" },
	[RXVLAN_STAG] = { LINK_FEAT_RXVLAN_STAG, XSW_SAVED_RXVLAN_STAG, "rx-vlan-stag-hw-parse" },
	[LRO] = { LINK_FEAT_LRO, XSW_SAVED_LRO, "lro" },
	[GRO_HW] = { LINK_FEAT_GRO_HW, XSW_SAVED_GRO_HW, "rx-gro-hw" },
};

static int need_off(const struct port_change *c, const struct link_info *dev,
		    const struct need *need)
{
	int err;

	if (!(dev->features & need->feature))
		return 0;
	record_saved_note(c->sw, c->port, c->record, need->bit);
	err = link_set_feature(dev->ifindex, need->feature, false);
	if (err)
		record_reason(c->record, "%s cannot be turned off", need->name);
	return err;
}

int offload_xdp_off(const struct port_change *c)
{
	int err = 0;

	for (size_t i = 0; i < COUNT(needs) && !err; i++)
		err = need_off(c, c->dev, &needs[i]);
	return err;
}

void offload_lro_off(const struct port_change *c)
{
	struct link_info now; /* c->dev may be older than what path_leave() did */

	if (!link_get_index(c->dev->ifindex, &now))
		need_off(c, &now, &needs[LRO]);
}

void offload_restore(const struct link_info *dev, __u32 saved)
{
	for (size_t i = 0; i < COUNT(needs); i++)
		if (saved & needs[i].bit)
			link_set_feature(dev->ifindex, needs[i].feature, true);
}

void offload_check_gro(struct check_rows *rows, const struct link_info *dev,
		       const struct check_need *need)
{
	bool gro = dev->features & LINK_FEAT_GRO;

	if (!need->uses_xdp || !need->merges)
		return;
	check_say(rows, "gro", gro && need->gro, XSW_CHECK_WARN,
		  !gro	     ? "TCP to taps goes frame by frame, a third as fast as merged" :
		  !need->gro ? "TCP could be merged, which the switch has not seen yet" :
			       "TCP to taps is merged");
	/* whatever changes a port looks at all devices */
	check_remedy(rows, "ethtool -K %s gro on; xsw port set %s", dev->ifname, dev->ifname);
}
