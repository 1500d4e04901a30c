/* SPDX-License-Identifier: GPL-2.0 */
/* Rows of 'xsw check': a row for each precondition of right and fast switching. */
#pragma once

#include <stdbool.h>

#include "ctrl/kernel/netns.h"

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

struct check_rows {
	struct xsw_check_row *row;
	int n;
	bool no_memory;
	char netns[XSW_NETNS_LEN]; /* where we look */
};

/**
 * check_say() - add a row
 * @ifname: of the device, "" for the host
 * @check: the stable name of the precondition
 * @ok: is it met? If not @bad is the row's status, and @remedy the remedy
 * @fmt: the detail
 *
 * Without memory there is no row, and @rows->no_memory is set.
 */
__attribute__((format(printf, 7, 8))) void check_say(struct check_rows *rows, const char *ifname,
						     const char *check, bool ok, int bad,
						     const char *remedy, const char *fmt, ...);
