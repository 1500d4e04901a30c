/* SPDX-License-Identifier: GPL-2.0 */
/* The neighbours that this host's network stack knows, as `ip neighbour` shows them. */
#pragma once

#include <netinet/in.h>
#include <linux/types.h>

/**
 * neighbour_mac() - the MAC address of host @ip in the caller's network namespace
 * @ip: IPv4 as ::ffff:a.b.c.d
 * @mac: result
 *
 * Return: 0; -ENOENT: it is not known; -errno.
 */
int neighbour_mac(const struct in6_addr *ip, __u8 *mac);
