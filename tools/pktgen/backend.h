/* SPDX-License-Identifier: GPL-2.0 */
/* Open and close a device by one of the back ends of dev.h. */
#pragma once

#include "tools/pktgen/dev.h"

/**
 * backend_open() - find the device, wait for its link, open its queues
 *
 * Falls back from AF_XDP to AF_PACKET with a note, unless the user chose.
 * Return: 0, or -errno with the error set and nothing left open.
 */
int backend_open(struct dev *dev, const struct config *conf);

/** backend_close() - close its queues and give the device back the settings it had */
void backend_close(struct dev *dev);
