/* SPDX-License-Identifier: GPL-2.0 */
/* The threads of a run, from the main thread's side. */
#pragma once

#include "tools/pktgen/run.h"

/** threads_start() - begin all threads. Return: 0, or -errno with the error set and none left. */
int threads_start(struct run *run);

/**
 * threads_join() - wait until all threads have ended
 *
 * Return: 0, or -errno of the first thread that failed, with its error set.
 */
int threads_join(struct run *run);
