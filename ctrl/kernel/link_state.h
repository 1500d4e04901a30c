/* SPDX-License-Identifier: GPL-2.0 */
/* Cheaper questions about devices than link_get() answers. Private to ctrl/. */
#pragma once

#include "ctrl/kernel/link.h"

/**
 * link_brief() - what rtnetlink alone knows: no driver, features, xdp_features
 *
 * Return: 0, -ENODEV, -errno. Sets no error text.
 */
int link_brief(const char *ifname, __u32 ifindex, struct link_info *info);

/** link_peer_brief() - the same of the other end of a veth. Return: 0, -ESRCH. */
int link_peer_brief(const struct link_info *veth, struct link_info *peer);
