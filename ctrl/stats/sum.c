// SPDX-License-Identifier: GPL-2.0
#include "ctrl/stats/sum.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define SUMS_AT_ONCE 128 /* elements: 10 MB of the largest on 128 CPUs */

/* Add up what the CPUs say of one element of @words. */
static void cpus_add(const __u64 *values, int cpus, size_t words, __u64 *sum)
{
	memset(sum, 0, words * sizeof(*sum));
	for (int cpu = 0; cpu < cpus; cpu++)
		for (size_t w = 0; w < words; w++)
			sum[w] += *values++;
}

int stats_sum(int map, __u32 key, size_t size, void *sum)
{
	int cpus = libbpf_num_possible_cpus(), err = 0;
	__u64 *values;

	if (cpus < 0)
		return cpus;
	values = calloc(cpus, size);
	if (!values)
		return -ENOMEM;
	if (bpf_map_lookup_elem(map, &key, values))
		err = -errno;
	else
		cpus_add(values, cpus, size / sizeof(__u64), sum);
	free(values);
	return err;
}

/* Up to @n elements behind @at, where the last call came to; arrays are read in order.
 * Return: how many, or -errno.
 */
static int sums_batch(int map, bool first, __u32 *at, __u32 n, __u64 *values)
{
	__u32 keys[SUMS_AT_ONCE], count = n < SUMS_AT_ONCE ? n : SUMS_AT_ONCE;

	if (bpf_map_lookup_batch(map, first ? NULL : at, at, keys, values, &count, NULL) &&
	    errno != ENOENT)
		return -errno;
	return count ? (int)count : -ENOENT;
}

static int sums_one_by_one(int map, __u32 n, size_t size, char *sums)
{
	int err = 0;

	for (__u32 i = 0; i < n && !err; i++)
		err = stats_sum(map, i, size, sums + i * size);
	return err;
}

int stats_sums(int map, __u32 n, size_t size, void *sums)
{
	int cpus = libbpf_num_possible_cpus(), got = 0;
	__u32 done = 0, at = 0;
	__u64 *values;

	if (cpus < 0)
		return cpus;
	values = calloc((size_t)SUMS_AT_ONCE * cpus, size);
	if (!values)
		return -ENOMEM;
	while (done < n) {
		got = sums_batch(map, !done, &at, n - done, values);
		if (got < 0)
			break;
		for (int i = 0; i < got; i++, done++)
			cpus_add(values + i * cpus * (size / sizeof(__u64)), cpus,
				 size / sizeof(__u64), (__u64 *)((char *)sums + done * size));
	}
	free(values);
	if (got >= 0)
		return 0;
	return done ? got : sums_one_by_one(map, n, size, sums); /* a kernel without batches */
}

int stats_zero(int map, __u32 key, size_t size)
{
	int cpus = libbpf_num_possible_cpus(), err = 0;
	void *zero;

	if (cpus < 0)
		return cpus;
	zero = calloc(cpus, size);
	if (!zero)
		return -ENOMEM;
	if (bpf_map_update_elem(map, &key, zero, BPF_ANY))
		err = -errno;
	free(zero);
	return err;
}
