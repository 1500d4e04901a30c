/* SPDX-License-Identifier: GPL-2.0 */
/* Loss, order and duplicates, told from sequence numbers. One table for all
 * threads: the frames of a stream may come in by several queues.
 */
#pragma once

#include <pthread.h>
#include <stdbool.h>
#include <linux/types.h>

#define SEQ_STREAMS 256
#define SEQ_WINDOW (1U << 17) /* how far back a duplicate is told from a late frame */

struct seq_stream {
	bool used;
	__u16 id;
	__u64 first;
	__u64 next;   /* above the highest seen */
	__u64 unique; /* received, each counted once */
	__u64 *seen;  /* bitmap of the last SEQ_WINDOW numbers */
};

struct seq_counts {
	__u64 received;
	__u64 lost;
	__u64 reordered; /* arrived after one with a higher number */
	__u64 duplicate;
	__u64 streams;
};

struct seq_table {
	pthread_mutex_t lock;
	struct seq_stream stream[SEQ_STREAMS];
	__u64 reordered;
	__u64 duplicate;
};

/** seq_lock() - taken once for a batch of seq_note() */
void seq_lock(struct seq_table *t);
void seq_unlock(struct seq_table *t);

/** seq_note() - number @seq of stream @id arrived. Return: false if there are too many streams. */
bool seq_note(struct seq_table *t, __u16 id, __u32 seq);

/** seq_count() - the state so far; takes the lock */
void seq_count(struct seq_table *t, struct seq_counts *counts);

void seq_free(struct seq_table *t);
