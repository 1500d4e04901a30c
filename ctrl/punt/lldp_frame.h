/* SPDX-License-Identifier: GPL-2.0 */
/* LLDP frames, IEEE 802.1AB-2016: read and made. No state. */
#pragma once

#include <stddef.h>
#include <linux/types.h>

#include "maps/lldp.h"

#define LLDP_ETHERTYPE 0x88cc
#define LLDP_FRAME_MAX 1514

/**
 * lldp_parse() - read an LLDPDU
 * @data: from the Ethernet header on, tags are skipped
 * @n: result; heard_ns is the caller's
 * @msap: result: a hash of what tells neighbours apart
 *
 * Return: 0, n->ttl_s 0 for a neighbour that goes; -EPROTO: not one, or to be discarded
 * (clause 9.2.7.7.1).
 */
int lldp_parse(const __u8 *data, size_t len, struct xsw_lldp *n, __u64 *msap);

/**
 * lldp_build() - make a frame to the nearest bridge
 * @frame: room for LLDP_FRAME_MAX bytes
 * @source: MAC address of the port's device
 * @n: what to tell; subtypes of text only
 *
 * Return: its length.
 */
size_t lldp_build(__u8 *frame, const __u8 *source, const struct xsw_lldp *n);
