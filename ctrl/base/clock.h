/* SPDX-License-Identifier: GPL-2.0 */
/* The clocks of clock_gettime(2) as one number. */
#pragma once

#include <time.h>
#include <linux/types.h>

#define NS_PER_S 1000000000ULL
#define NS_PER_MS 1000000ULL

/** clock_ns() - what clock_gettime(2) says, in nanoseconds */
static inline __u64 clock_ns(clockid_t clock)
{
	struct timespec t;

	clock_gettime(clock, &t);
	return t.tv_sec * NS_PER_S + t.tv_nsec;
}

/** monotonic_ns() - nanoseconds for intervals; the time while the machine slept is left out */
static inline __u64 monotonic_ns(void)
{
	return clock_ns(CLOCK_MONOTONIC);
}

/** boot_ns() - nanoseconds since the machine started, sleep included: times kept in the maps */
static inline __u64 boot_ns(void)
{
	return clock_ns(CLOCK_BOOTTIME);
}

/** monotonic_s() - monotonic_ns() in seconds */
static inline double monotonic_s(void)
{
	return monotonic_ns() / 1e9;
}
