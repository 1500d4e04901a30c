// SPDX-License-Identifier: GPL-2.0
#include "ctrl/port/kind.h"

#include <stddef.h>
#include <string.h>

/* The first that a device matches is its kind, else it is kind_other. */
static const struct port_kind *const kinds[] = {
	&kind_tap, &kind_veth, &kind_virtio, &kind_nic, &kind_host,
};

#define KINDS (sizeof(kinds) / sizeof(*kinds))

static bool kind_matches(const struct port_kind *k, const struct link_info *dev)
{
	return !strcmp(dev->kind_text, k->rtnl) && (!k->is_hardware || dev->has_parent) &&
	       (!k->driver || !strcmp(dev->driver, k->driver));
}

const struct port_kind *kind_of(const struct link_info *dev)
{
	for (size_t i = 0; i < KINDS; i++)
		if (kinds[i]->rtnl && kind_matches(kinds[i], dev))
			return kinds[i];
	return &kind_other;
}

__u32 kinds_flags(void)
{
	__u32 flags = 0;

	for (size_t i = 0; i < KINDS; i++)
		flags |= kinds[i]->flags;
	return flags;
}

const struct port_kind *kind_asked(__u32 flags)
{
	for (size_t i = 0; i < KINDS; i++)
		if (flags & kinds[i]->asked)
			return kinds[i];
	return NULL;
}

const struct port_kind *kind_made(const struct xsw_port_record *record)
{
	for (size_t i = 0; i < KINDS; i++)
		if (record->saved & kinds[i]->made)
			return kinds[i];
	return NULL;
}
