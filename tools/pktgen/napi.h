/* SPDX-License-Identifier: GPL-2.0 */
/* Busy poll of the device, see ctrl/kernel/napi.h. */
#pragma once

#include "ctrl/kernel/napi.h"

struct dev;
struct queue;

/** dev_napi_take() - let interrupts wait while we poll; notes it where that is impossible */
void dev_napi_take(struct dev *dev);

/** dev_napi_restore() - as they were */
void dev_napi_restore(struct dev *dev);

/** queue_poll_begin() - prefer busy poll on the queue's socket. Return: 0 or -errno, set. */
int queue_poll_begin(struct queue *q);

/** napi_impossible() - -EOPNOTSUPP, with the error set */
int napi_impossible(struct dev *dev);
