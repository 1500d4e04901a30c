/* SPDX-License-Identifier: GPL-2.0 */
/* Preconditions of right and fast switching, each with its remedy. */
#pragma once

#include <stdbool.h>
#include <linux/types.h>

#include "ctrl/switch/switch.h"

#define XSW_CHECK_OK 0
#define XSW_CHECK_WARN 1
#define XSW_CHECK_FAIL 2

struct xsw_check_row {
	char ifname[16];	   /* "" for the host */
	char netns[XSW_NETNS_LEN]; /* of the device, else of the caller, see ctrl/port/port.h */
	char check[24];		   /* stable name: "bpffs", "btf", "txvlan", "mtu", ... */
	int status;		   /* XSW_CHECK_* */
	char detail[192];
	char remedy[256]; /* "" when ok */
};

/**
 * xsw_check() - examine the host and one device or all ports
 * @ifname: a device (port or not), or NULL for the host and every port
 * @rows: freed by the caller with free()
 *
 * Return: how many rows, or -errno with the error set.
 */
int xsw_check(const char *ifname, struct xsw_check_row **rows);

/**
 * xsw_check_rules() - only rules of others at port @port that the switch goes by, see ctrl/bpffs/rules.h
 * @upper: devices on top too
 * @rows: as of xsw_check(), none is ok
 */
int xsw_check_rules(const struct xsw_switch_handle *sw, __u32 port, bool upper,
		    struct xsw_check_row **rows);
