/* SPDX-License-Identifier: GPL-2.0 */
/* Preconditions of right and fast switching, each with its remedy. */
#pragma once

#include <stdbool.h>
#include <linux/types.h>

#include "ctrl/port/check_rows.h"
#include "ctrl/switch/switch.h"

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
