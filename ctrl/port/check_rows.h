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
	const char *ifname;	   /* of the device that is looked at, "" for the host */
	char netns[XSW_NETNS_LEN]; /* where that is */
};

/**
 * check_say() - add a row
 * @check: the stable name of the precondition
 * @ok: is it met? If not @bad is the row's status
 * @fmt: the detail
 *
 * Without memory there is no row, and @rows->no_memory is set.
 */
__attribute__((format(printf, 5, 6))) void check_say(struct check_rows *rows, const char *check,
						     bool ok, int bad, const char *fmt, ...);

/** check_remedy() - say what helps against the row that was just added; nothing if that is ok */
__attribute__((format(printf, 2, 3))) void check_remedy(struct check_rows *rows, const char *fmt,
							...);
