/* SPDX-License-Identifier: GPL-2.0 */
/* Rates and sizes as tc(8) writes them. */
#pragma once

#include <stddef.h>
#include <linux/types.h>

/**
 * unit_rate_parse() - "10mbit", "1.5gbit", "64kibit"; "bps" is bytes per second
 * @bps: bits per second; without a suffix @text is bits per second
 *
 * Return: 0, -EINVAL, -ERANGE if it does not fit 53 bits.
 */
int unit_rate_parse(const char *text, __u64 *bps);

/** unit_size_parse() - "64kb", "1m", "128kbit"; k, m, g are powers of 1024; bytes without suffix */
int unit_size_parse(const char *text, __u64 *bytes);

/** unit_rate_format() - exactly, with the largest suffix that has no fraction */
void unit_rate_format(__u64 bps, char *text, size_t size);
void unit_size_format(__u64 bytes, char *text, size_t size);
