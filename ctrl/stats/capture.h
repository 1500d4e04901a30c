/* SPDX-License-Identifier: GPL-2.0 */
/* Captures of a switch's frames, see maps/capture.h: the side of the process that has one. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <linux/types.h>

#include "ctrl/bpffs/handle.h"
#include "maps/capture.h"

struct perf_rings;
struct xsw_capturing;

/* What is to be captured. Ports by number: xsw_capture_port(). */
struct xsw_capture_want {
	__u32 kinds;   /* a bit for each XSW_CAPTURE_* */
	__u32 reasons; /* of drops: a bit for each enum xsw_drop */
	__u32 snaplen;
	__u16 vlan;  /* XSW_CAPTURE_ANY: all */
	__u16 queue; /* the same */
	bool all_ports;
};

/**
 * xsw_capture_open() - take one of the captures of switch @sw, which is off still
 * @rings: where its records come in
 * @owner: what they are handed over with
 *
 * Return: 0; -EBUSY: all are taken; -EOPNOTSUPP: the switch runs an earlier version; -errno. The error
 * is set.
 */
int xsw_capture_open(const struct xsw_switch_handle *sw, const struct xsw_capture_want *want,
		     struct perf_rings *rings, void *owner, struct xsw_capturing **capturing);

/** xsw_capture_port() - from now on, or no longer, frames of port number @port */
void xsw_capture_port(struct xsw_capturing *c, __u32 port, bool on);

/** xsw_capture_on() - begin */
void xsw_capture_on(struct xsw_capturing *c);

/** xsw_capture_off() - end: nothing is written into its rings any more */
void xsw_capture_off(struct xsw_capturing *c);

/**
 * xsw_capture_live() - say that this process lives; about once a second
 *
 * Return: 0; -ENOENT: the switch is gone; -ECANCELED: this process has slept for so long that another
 * one has taken its place.
 */
int xsw_capture_live(struct xsw_capturing *c);

/** xsw_capture_lost() - how many records of @port there was no room for */
__u64 xsw_capture_lost(const struct xsw_capturing *c, __u32 port);

/** xsw_capture_close() - give the capture back. Its rings must be gone, or be read no more. */
void xsw_capture_close(struct xsw_capturing *c);
