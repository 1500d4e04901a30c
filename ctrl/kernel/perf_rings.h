/* SPDX-License-Identifier: GPL-2.0 */
/* Rings of the kernel's perf events that programs write into, one a CPU, of one or several maps of
 * perf events: records of all CPUs come in the order of their times.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <linux/types.h>

struct perf_rings;

/* A record, which begins with the time of CLOCK_BOOTTIME when it was written, in 8 bytes. */
typedef void (*perf_record_fn)(void *owner, const void *record, __u32 len);

/**
 * perf_rings_open() - no rings yet
 * @bytes: of each; rounded up to a power of two of pages
 * @record: called for each record
 *
 * Return: 0 or -ENOMEM.
 */
int perf_rings_open(size_t bytes, perf_record_fn record, struct perf_rings **rings);
void perf_rings_close(struct perf_rings *rings);

/**
 * perf_rings_add() - make a ring on each CPU that runs, and on those that are switched on later
 * @map: of perf events, by descriptor, which has to stay open: when it closes the rings are gone
 * @first, @step: the ring of CPU N stands at @first + N * @step
 * @owner: handed to @record
 *
 * Return: 0 or -errno.
 */
int perf_rings_add(struct perf_rings *rings, int map, __u32 first, __u32 step, void *owner);

/**
 * perf_rings_wait() - until there is much to read, a CPU was switched on, or @ms have passed
 *
 * A signal ends it as well.
 */
void perf_rings_wait(struct perf_rings *rings, int ms);

/**
 * perf_rings_read() - read all records but those of the last moment, which others may precede
 * @all: nobody writes any more: these too
 *
 * Stops where @record has called perf_rings_stop(). Return: how many, or -errno.
 */
int perf_rings_read(struct perf_rings *rings, bool all);
void perf_rings_stop(struct perf_rings *rings);
