/* SPDX-License-Identifier: GPL-2.0 */
/* VLAN lists: "10,20,100-199" <-> bitmap of 4096 bits. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <linux/types.h>

#include "maps/limits.h"

struct vlan_set {
	__u64 bits[XSW_VLAN_WORDS];
};

static inline bool vlan_set_has(const struct vlan_set *s, unsigned int vid)
{
	return s->bits[vid / 64] >> (vid % 64) & 1;
}

static inline void vlan_set_add(struct vlan_set *s, unsigned int vid)
{
	s->bits[vid / 64] |= 1ULL << (vid % 64);
}

/**
 * vlan_set_parse() - read a list such as "0,10,100-199"
 * @text: the list; "" is the empty set
 * @set: result, all of it written
 *
 * VIDs are 0 to 4094 (IEEE 802.1Q-2018 table 9-2). Ranges run upwards.
 * Return: 0, or -EINVAL with the error set.
 */
int vlan_set_parse(const char *text, struct vlan_set *set);

/** vlan_set_format() - the shortest list for @set; always NUL-terminated within @size */
void vlan_set_format(const struct vlan_set *set, char *text, size_t size);

/** vlan_set_empty() - has the set no member? */
bool vlan_set_empty(const struct vlan_set *set);
