/* SPDX-License-Identifier: GPL-2.0 */
/* Preconditions of right and fast switching, each with its remedy. */
#pragma once

#include "ctrl/switch.h"

#define XSW_CHECK_OK 0
#define XSW_CHECK_WARN 1
#define XSW_CHECK_FAIL 2

struct xsw_check_row {
	char ifname[16]; /* "" for the host */
	char netns[XSW_NETNS_LEN]; /* of the device, else of the caller, see ctrl/port.h */
	char check[24];	 /* stable name: "bpffs", "btf", "txvlan", "mtu", ... */
	int status;	 /* XSW_CHECK_* */
	char detail[160];
	char remedy[160]; /* "" when ok */
};

/**
 * xsw_check() - examine the host and one device or all ports
 * @ifname: a device (port or not), or NULL for the host and every port
 * @rows: freed by the caller with free()
 *
 * Return: how many rows, or -errno with the error set.
 */
int xsw_check(const char *ifname, struct xsw_check_row **rows);
