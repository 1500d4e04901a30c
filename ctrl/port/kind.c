// SPDX-License-Identifier: GPL-2.0
#include "ctrl/port/kind.h"

#include <stddef.h>

static const struct port_kind *const of_device[] = {
	[LINK_OTHER] = &kind_other,   [LINK_NIC] = &kind_nic, [LINK_VETH] = &kind_veth,
	[LINK_VIRTIO] = &kind_virtio, [LINK_TAP] = &kind_tap,
};

static const struct port_kind *const making[] = { &kind_host };

#define MAKING (sizeof(making) / sizeof(*making))

const struct port_kind *kind_of(const struct link_info *dev)
{
	return of_device[dev->kind];
}

const struct port_kind *kind_asked(__u32 flags)
{
	for (size_t i = 0; i < MAKING; i++)
		if (flags & making[i]->asked)
			return making[i];
	return NULL;
}

const struct port_kind *kind_made(const struct xsw_port_record *record)
{
	for (size_t i = 0; i < MAKING; i++)
		if (record->saved & making[i]->made)
			return making[i];
	return NULL;
}
