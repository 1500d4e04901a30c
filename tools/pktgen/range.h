/* SPDX-License-Identifier: GPL-2.0 */
/* Addresses, ports, rates and numbers as the user writes them. */
#pragma once

#include <stdbool.h>
#include <linux/types.h>

/* 48 bits in host order; first == last: one. */
struct mac_range {
	__u64 first;
	__u64 last;
};

/* Addresses and ports of one end of a flow. What varies of an IPv6 address is its lower half. */
struct end_range {
	int family;   /* AF_INET, AF_INET6, 0: none */
	__u64 prefix; /* upper half of IPv6 addresses, host order */
	__u64 first;  /* IPv4 address, or lower half; host order */
	__u64 last;
	__u16 port_first;
	__u16 port_last;
};

/* Frames or bits in a second; both 0: as fast as it goes. */
struct rate {
	double pps;
	double bps;
};

/**
 * number_read() - a whole number, suffixes k, m and g (powers of 1000) allowed
 * @what: the option, for the error
 *
 * Return: 0, or -EINVAL with the error set; so all of these.
 */
int number_read(const char *what, const char *text, __u64 min, __u64 max, __u64 *value);

/** seconds_read() - a positive decimal number */
int seconds_read(const char *what, const char *text, double *value);

/** mac_range_read() - "MAC" or "MAC-MAC" */
int mac_range_read(const char *what, const char *text, struct mac_range *range);

/**
 * end_range_read() - "ADDRESS[:PORT][-ADDRESS[:PORT]]"
 *
 * IPv6 addresses with a port stand in brackets. @range holds the default port.
 */
int end_range_read(const char *what, const char *text, struct end_range *range);

/** rate_read() - "1500000", "1.5m", "1.5mpps", "1gbit" */
int rate_read(const char *what, const char *text, struct rate *rate);

/** range_size() - how many there are from @first to @last; 0 stands for 2^64 */
static inline __u64 range_size(__u64 first, __u64 last)
{
	return last - first + 1;
}
