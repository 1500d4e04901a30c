/* SPDX-License-Identifier: GPL-2.0 */
/* Bindings: the sources that a port with spoof_check may send from. */
#pragma once

#include <netinet/in.h>
#include <linux/types.h>

#include "ctrl/bpffs/handle.h"
#include "maps/spoof.h"

struct xsw_bind_row {
	struct xsw_bind_key key;
	struct in6_addr *ip; /* sorted; IPv4 as ::ffff:a.b.c.d */
	int ips;	     /* 0: any address */
};

/** xsw_bind_check() - can a host have @mac, and @ip if not NULL? Return: 0, -EINVAL, error set. */
int xsw_bind_check(const __u8 *mac, const struct in6_addr *ip);

/**
 * xsw_bind_add() - allow @mac on @port, with @ip only from that address and others added so
 * @ip: or NULL
 *
 * Return: 0, -EEXIST, -EINVAL (an address that no host has), -ENOSPC, -errno; the error is set.
 * Context: under xsw_lock_and_repair().
 */
int xsw_bind_add(struct xsw_switch_handle *sw, __u32 port, const __u8 *mac,
		 const struct in6_addr *ip);

/**
 * xsw_bind_del() - forbid @ip to @mac, or with @ip NULL all of @mac
 *
 * When the last address goes, @mac may use any. Return: 0 or -ENOENT, -errno; the error is set.
 */
int xsw_bind_del(struct xsw_switch_handle *sw, __u32 port, const __u8 *mac,
		 const struct in6_addr *ip);

/**
 * xsw_bind_list() - bindings of @port (or XSW_ANY_PORT), by port and address
 * @rows: freed by the caller with xsw_bind_list_free()
 *
 * Return: how many, or -errno. A switch of an earlier version has none.
 */
int xsw_bind_list(const struct xsw_switch_handle *sw, __u32 port, struct xsw_bind_row **rows);
void xsw_bind_list_free(struct xsw_bind_row *rows, int n);

/** binds_clear() - remove all bindings of a port that is gone */
void binds_clear(const struct xsw_switch_handle *sw, __u32 port);
