/* SPDX-License-Identifier: GPL-2.0 */
/* Busy poll: the socket options, and the two settings that leave a NAPI to its poller. */
#pragma once

#include <stdbool.h>

struct dev;
struct queue;

struct napi_settings {
	bool taken;
	long defer_hard_irqs; /* as they were */
	long gro_flush_timeout;
};

/**
 * napi_take() - let interrupts wait while somebody polls
 *
 * Notes it where /sys shows another network namespace; busy poll works without, less well.
 */
void napi_take(struct dev *dev);

/** napi_restore() - as they were */
void napi_restore(struct dev *dev);

/** napi_poll_begin() - prefer busy poll on the queue's socket. Return: 0 or -errno, set. */
int napi_poll_begin(struct queue *q);

/** napi_known() - has the driver named a NAPI for the socket? */
bool napi_known(int fd);

/** napi_impossible() - -EOPNOTSUPP, with the error set */
int napi_impossible(struct dev *dev);
