/* SPDX-License-Identifier: GPL-2.0 */
/* The two settings of a device that leave its NAPI to a busy poller. */
#pragma once

#include <stdbool.h>

struct dev;

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
