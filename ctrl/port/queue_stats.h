/* SPDX-License-Identifier: GPL-2.0 */
/* Counters of a port's device by queue. */
#pragma once

#include "ctrl/bpffs/handle.h"

/* A figure of one queue, as the device calls it: rx_packets, tx_bytes, ... */
struct xsw_queue_row {
	__u32 queue;
	char name[36];
	__u64 n;
};

/**
 * xsw_queue_stats_list() - what the port's device tells of its queues, by queue
 * @rows: freed by the caller with free()
 *
 * Since the device was made, not since the last reset. Return: how many; 0 of a
 * device that tells nothing; or -errno.
 */
int xsw_queue_stats_list(const struct xsw_switch_handle *sw, __u32 port,
			 struct xsw_queue_row **rows);
