/* SPDX-License-Identifier: GPL-2.0 */
/* Rules of others at a device that is a port: filters and qdiscs of tc, chains of nftables, programs
 * at tcx, devices on top. The switch runs before most of them and takes the frames, so they do
 * not do what their owner believes. Private to ctrl/. All calls run in the network namespace
 * of the device.
 */
#pragma once

#include <stdbool.h>
#include <linux/types.h>

#include "maps/limits.h"

struct rule {
	const char *check; /* "tc-ingress", "nft-egress", ...: the name of the check */
	bool fails;	   /* what is switched goes by it; else only some of it may */
	char what[192];	   /* which rule it is, and what becomes of it */
	char remedy[384];
};

typedef void (*rule_fn)(const struct rule *rule, void *arg);

/* The device, and what the switch has there. */
struct rule_dev {
	char ifname[XSW_NAME_LEN];
	__u32 ifindex;
	bool own_xdp;  /* the switch has its XDP program there */
	bool xdp;      /* XDP sends frames to it, by the side of what stands at its egress */
	bool upper;    /* look for devices on top, in sysfs: takes 0.3 ms */
	__u32 prog_id; /* of the switch's program at tcx, 0: none */
};

/** rules_find() - call @each for each rule of others. Return: how many there are. */
int rules_find(const struct rule_dev *dev, rule_fn each, void *arg);

/** rules_xdp(), rules_tc(), rules_tcx(), rules_nft(), rules_upper() - its parts, by who made the rules */
void rules_xdp(const struct rule_dev *dev, rule_fn each, void *arg);
void rules_tc(const struct rule_dev *dev, rule_fn each, void *arg);
void rules_tcx(const struct rule_dev *dev, rule_fn each, void *arg);
void rules_nft(const struct rule_dev *dev, rule_fn each, void *arg);
void rules_upper(const struct rule_dev *dev, rule_fn each, void *arg);
