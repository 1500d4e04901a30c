/* SPDX-License-Identifier: GPL-2.0 */
/* One of the threads. The main thread gives it queues by workers.h, which it has at once. */
#pragma once

#include <poll.h>
#include <pthread.h>
#include <stdbool.h>
#include <linux/types.h>

#include "tools/slowpath/frame.h"
#include "tools/slowpath/out.h"
#include "tools/slowpath/port.h"
#include "tools/slowpath/workers.h"

#define QUEUES 4096 /* of one thread */

struct queue {
	struct port *port;
	__u32 index;
	bool polled; /* it could be, in the last round */
};

struct worker {
	pthread_t thread;
	int cpu;   /* -1: any */
	int event; /* wakes it */
	bool stop;
	enum mode mode;

	/* main thread to this one */
	pthread_mutex_t lock;
	struct queue next[QUEUES];
	__u32 n_next;
	__u32 wanted, seen; /* rounds begun after the list has changed */

	struct queue queue[QUEUES];
	struct pollfd poll[QUEUES + 1];
	__u32 n_queues;
	struct outs outs;
	struct frame copy; /* the one that a flood makes at the time */
	__u32 from;	   /* number of the port that the frames come from */
	__u32 from_queue;
	__u32 frame_len; /* of the frame that the steps have */
	bool starved;	 /* one of its sockets */
	bool looked;	 /* at the ports, in this round */
	__u32 generation;
	__u64 flushed_ns, busy_ns;
	struct worker_counts counts;
};

/** worker_run() - what thread @arg, a struct worker, does until told to stop */
void *worker_run(void *arg);

/** worker_unpolled() - number of a port that a thread found impossible to busy-poll, 0: none */
__u32 worker_unpolled(void);
