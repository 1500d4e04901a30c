/* SPDX-License-Identifier: GPL-2.0 */
/* The threads that receive, run the steps, and send. Context: main thread. */
#pragma once

#include <linux/types.h>

struct port;

#define WORKERS_MAX 64

/**
 * workers_begin() - start @n threads
 * @cpus: what each is bound to, or NULL
 *
 * Return: 0 or -errno.
 */
int workers_begin(__u32 n, const int *cpus);
void workers_end(void);

/**
 * workers_take() - have one of the threads receive from queue @q of @p from now on
 *
 * Return: 0, or -EMFILE if all threads have as many as they can.
 */
int workers_take(struct port *p, __u32 q);

/**
 * workers_leave() - have all threads let go of @p, and wait until they have
 * @p: its queues are received from no more; NULL: wait until no thread has a port that
 *	port_get() gives no more
 */
void workers_leave(struct port *p);

/** workers_failed() - can a thread not busy-poll a device? Return: 0 or -errno, error set. */
int workers_failed(void);

struct worker_counts {
	__u64 frames;
	__u64 rounds; /* in which there were some */
	__u64 sleeps;
};

void workers_counts(struct worker_counts *sum);
