// SPDX-License-Identifier: GPL-2.0
/* Values below 128 have a bucket each; above, the first 8 significant bits choose it. */
#include "tools/pktgen/hist.h"

#define STEP_BITS 7

static unsigned int bucket_of(__u64 ns)
{
	int shift = ns < HIST_STEPS ? 0 : 63 - __builtin_clzll(ns) - STEP_BITS;

	return shift * HIST_STEPS + (ns >> shift);
}

/* The highest value that falls into bucket @i. */
static __u64 bucket_top(unsigned int i)
{
	unsigned int shift = i < 2 * HIST_STEPS ? 0 : i / HIST_STEPS - 1;

	return ((__u64)(i - shift * HIST_STEPS + 1) << shift) - 1;
}

static void bump(__u64 *v, __u64 by)
{
	__atomic_store_n(v, *v + by, __ATOMIC_RELAXED);
}

void hist_note(struct hist *h, __u64 ns)
{
	if (!h->count || ns < h->min)
		h->min = ns;
	if (ns > h->max)
		h->max = ns;
	bump(&h->bucket[bucket_of(ns)], 1);
	bump(&h->sum, ns);
	bump(&h->count, 1);
}

void hist_add(struct hist *to, const struct hist *from)
{
	__u64 count = 0;

	for (unsigned int i = 0; i < HIST_SIZE; i++) {
		__u64 n = __atomic_load_n(&from->bucket[i], __ATOMIC_RELAXED);

		to->bucket[i] += n;
		count += n;
	}
	if (!count)
		return;
	if (!to->count || from->min < to->min)
		to->min = from->min;
	if (from->max > to->max)
		to->max = from->max;
	to->sum += from->sum;
	to->count += count;
}

__u64 hist_percentile(const struct hist *h, double percent)
{
	__u64 rank = h->count * percent / 100, below = 0, top;

	if (rank < h->count * percent / 100 || !rank)
		rank++;
	for (unsigned int i = 0; i < HIST_SIZE; i++) {
		below += h->bucket[i];
		if (below < rank)
			continue;
		top = bucket_top(i);
		return top < h->max ? top : h->max;
	}
	return h->max;
}
