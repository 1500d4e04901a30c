/* SPDX-License-Identifier: GPL-2.0 */
/* CPUs that are switched on and off while a process runs. For the library of readers of
 * punted frames: needs no other.
 */
#pragma once

#include <stdbool.h>

/** cpu_is_on() - does CPU @cpu run? */
bool cpu_is_on(int cpu);

/**
 * cpu_watch_open() - hear of CPUs that are switched on from now on
 *
 * Return: a descriptor, readable when one was; -errno.
 */
int cpu_watch_open(void);

/** cpu_watch_next() - a CPU that was switched on since, -1: no more. Never blocks. */
int cpu_watch_next(int watch);
