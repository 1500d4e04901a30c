/* SPDX-License-Identifier: GPL-2.0 */
/* Rows of 'xsw check': a row for each precondition of right and fast switching. */
#pragma once

#include <stdbool.h>

#include "ctrl/kernel/netns.h"
#include "maps/limits.h"

#define XSW_CHECK_OK 0
#define XSW_CHECK_WARN 1
#define XSW_CHECK_FAIL 2

struct xsw_check_row {
	char ifname[16];	   /* "" for the host */
	char netns[XSW_NETNS_LEN]; /* of the device, else of the caller, see ctrl/port/port.h */
	char check[24];		   /* stable name: "bpffs", "btf", "txvlan", "mtu", ... */
	int status;		   /* XSW_CHECK_* */
	char detail[192];
	char remedy[384]; /* commands, perhaps with a comment behind; "" when ok */
};

/* What the switch asks of a device: a check tells of what matters for that. Of a device that is no
 * port all is 0.
 */
struct check_need {
	bool uses_xdp;	  /* the port is on another path than skb */
	bool merges;	  /* TCP from here goes to a tap on path skb, whose guest takes it merged */
	bool gro;	  /* the switch has seen that the device merges */
	bool from_xdp;	  /* XDP of another port sends to it */
	bool from_skb;	  /* TC of another port sends to it */
	bool xdp_out;	  /* the switch has seen that XDP can redirect to it */
	bool down;	  /* `link down` is set */
	char to_skb[192]; /* commands that put the ports of @from_xdp on path skb; "" if too long */
	__u32 mtu;	  /* for frames with two tags; 0: none come with two */
	__u32 tunnel_mtu; /* of the dot1q-tunnel port whose frames they are */
	char tunnel[XSW_NAME_LEN]; /* that port */
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
