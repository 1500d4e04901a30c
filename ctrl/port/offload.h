/* SPDX-License-Identifier: GPL-2.0 */
/* Offloads of a device that hide tags or merge frames: operations of NICs and other devices. */
#pragma once

#include "ctrl/port/kind.h"

/**
 * offload_xdp_off() - have tags in the bytes, where native XDP sees them, and one frame a buffer
 *
 * Return: 0, or -errno with the record's reason set: a setting cannot be changed.
 */
int offload_xdp_off(const struct port_change *c);

/**
 * offload_lro_off() - for path skb
 *
 * What LRO has merged cannot be taken apart again: it is off wherever frames are forwarded, as it
 * is below a bridge (net/core/dev.c, dev_disable_lro()).
 */
void offload_lro_off(const struct port_change *c);

/** offload_restore() - turn on again what XSW_SAVED_* bits @saved name */
void offload_restore(const struct link_info *dev, __u32 saved);

/**
 * offload_check_gro() - a row of 'xsw check', where TCP goes from path xdp to a guest that takes it
 * merged: does the device merge? GRO makes long segments of what XDP leaves to TC.
 */
void offload_check_gro(struct check_rows *rows, const struct link_info *dev,
		       const struct check_need *need);
