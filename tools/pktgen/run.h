/* SPDX-License-Identifier: GPL-2.0 */
/* A run: what its threads share, and what each of them counts. */
#pragma once

#include <pthread.h>
#include <stdbool.h>
#include <linux/types.h>

#include "ctrl/base/error.h"
#include "tools/pktgen/config.h"
#include "tools/pktgen/dev.h"
#include "tools/pktgen/frame.h"
#include "tools/pktgen/hist.h"
#include "tools/pktgen/replay.h"
#include "tools/pktgen/seq.h"

#define PING_WINDOW (1U << 16) /* requests that may wait for a reply, a thread */

/* Written by one thread, read by the reporter. */
struct counts {
	__u64 packets; /* sent; pong: replies */
	__u64 bytes;
	__u64 wire_bytes;
	__u64 received; /* ping: replies */
	__u64 other;	/* frames that came and carry no mark, or not one for us */
	__u64 dropped;	/* pong: no slot for the reply */
	__u64 events;	/* batches in which frames went to the kernel; rx, pong: came from it */
	__u64 first_ns;
	__u64 last_ns;
};

struct run;

struct worker {
	struct run *run;
	unsigned int index;
	pthread_t thread;
	bool started;
	struct queue *queue[QUEUES_MAX]; /* the thread's own */
	unsigned int queues;
	__u64 start;	/* number of its first frame */
	__u64 quota;	/* frames to send, 0: until stopped */
	__u64 *sent_ns; /* ping: when a request went, by sequence number; 0: answered */
	__u32 sent_next;
	int err;
	struct xsw_error error;
	struct counts count __attribute__((aligned(64)));
	struct hist hist;
};

struct run {
	const struct config *conf;
	struct dev dev;
	struct frame_plan plan;
	struct replay replay;
	struct recorder recorder;
	struct seq_table seq;
	__u16 stream; /* of the first thread */
	double pps;   /* asked of each thread, 0: as fast as it goes */
	int stop_fd;  /* readable when the run is to end */
	int done_fd;  /* readable when the last thread has ended */
	bool stop;
	unsigned int running;
	__u64 counted; /* towards -n, by all threads of rx and pong */
	__u64 start_ns;
	__u64 end_ns;
	struct worker worker[THREADS_MAX];
};

/** run_stop() - ask all threads to end. Context: any thread. */
void run_stop(struct run *run);

/** run_signal() - make stop_fd or done_fd readable */
void run_signal(int fd);

static inline bool run_stopped(const struct run *run)
{
	return __atomic_load_n(&run->stop, __ATOMIC_RELAXED);
}

/** run_wanted() - how many frames, up to a batch, rx or pong may take before -n is reached */
unsigned int run_wanted(const struct run *run);

/** run_count() - count @n frames of rx or pong towards -n; the last one ends the run */
void run_count(struct run *run, unsigned int n);

/** count_add() - add to a counter that the reporter reads meanwhile */
static inline void count_add(__u64 *counter, __u64 by)
{
	__atomic_store_n(counter, *counter + by, __ATOMIC_RELAXED);
}

/** run_dump() - print frames, with -X */
void run_dump(const struct run *run, const char *way, struct slot **slots, unsigned int n);

/**
 * idle() - nothing has come: sleep, poll or return at once, as the mode says
 * @until_ns: sleep no longer, 0: until a frame comes or the run ends
 * @busy_ns: when the last frame came
 *
 * Return: 0, or -errno with the error set: the device is gone.
 */
int idle(struct worker *w, __u64 until_ns, __u64 busy_ns);

/** worker_flush() - wait until the device has sent all, a second at most. Return: 0 or -errno. */
int worker_flush(struct worker *w);

/** announce() - the first thread: send a frame from each address of --announce. Return: 0, -errno */
int announce(struct worker *w);

/* The functions of a thread. Return: 0, or -errno with the error set. */
int tx_run(struct worker *w);
int rx_run(struct worker *w);
int ping_run(struct worker *w);
int pong_run(struct worker *w);
