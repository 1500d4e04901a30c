/* SPDX-License-Identifier: GPL-2.0 */
/* Filters at a device's ingress, and which of them are the switch's. Private to ctrl/. */
#pragma once

#include <linux/types.h>

#define TC_RULES_HANDLE 1 /* of the switch's filter */

struct tc_prefs {
	__u32 first_free; /* the lowest preference that no filter of others has */
	__u32 our[4];	  /* preferences of filters with the switch's program */
	__u32 block; /* that the device shares with others, where it has no filter of its own; 0: none */
	int ours, others; /* how many filters there are, egress too */
};

/** tc_prefs_read() - of the filters of device @ifindex. Return: 0 or -errno, no error text. */
int tc_prefs_read(__u32 ifindex, struct tc_prefs *prefs);
