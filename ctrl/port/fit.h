/* SPDX-License-Identifier: GPL-2.0 */
/* Which devices can be ports, and what will not work with those that can in part: a row for each
 * kind of device. All calls run in the network namespace of the device.
 */
#pragma once

#include "ctrl/kernel/link.h"
#include "ctrl/port/check_rows.h"

/**
 * fit_check() - can the device be a port?
 * @switch_name: of the switch that is to get it, for the remedy
 *
 * Return: 0; -EINVAL: devices of its kind cannot; -EBUSY: it belongs to another one. The error is
 * set, with a remedy.
 */
int fit_check(const struct link_info *dev, const char *switch_name);

/**
 * fit_addresses() - has the host addresses on the device, or on a VLAN device and the like on top?
 *
 * The switch takes all frames of a port, so the host could not be reached by them any more.
 * Return: 0, or -EADDRINUSE with the error set, with a remedy.
 */
int fit_addresses(const struct link_info *dev, const char *switch_name, __u32 tag);

/** fit_warn() - a row of 'xsw check' about what fit_check() refuses, or what will not work; or none */
void fit_warn(struct check_rows *rows, const struct link_info *dev, const char *switch_name);

/**
 * fit_say() - all rows of 'xsw check' about that, those that are ok too
 * @addresses: may the device have addresses?
 */
void fit_say(struct check_rows *rows, const struct link_info *dev, const char *switch_name,
	     __u32 tag, bool addresses);

/**
 * fit_overhead() - by how much the MTU of the device has to be below that of the device on which
 * it stands, @dev->lower
 *
 * Return: bytes, or -1: the two have nothing to do with each other.
 */
int fit_overhead(const struct link_info *dev);
