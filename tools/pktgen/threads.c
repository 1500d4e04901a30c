// SPDX-License-Identifier: GPL-2.0
/* Threads: their start and end, and the queues and frames that each has. */
#include "tools/pktgen/threads.h"

#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <sys/random.h>

#include "ctrl/base/error_keep.h"
#include "tools/pktgen/pace.h"

static void pin(const struct worker *w)
{
	const struct config *c = w->run->conf;
	int cpu = config_cpu(c, w->index);
	cpu_set_t set;

	CPU_ZERO(&set);
	if (cpu >= 0)
		CPU_SET(cpu, &set);
	for (__u32 i = 0; cpu < 0 && i < c->cpus; i++)
		CPU_SET(i, &set);
	if (!CPU_COUNT(&set))
		return;
	sched_setaffinity(0, sizeof(set), &set); /* config_read() has seen that it is there */
}

static void *worker_main(void *arg)
{
	static int (*const functions[])(struct worker *) = {
		[FUNCTION_TX] = tx_run,
		[FUNCTION_RX] = rx_run,
		[FUNCTION_PING] = ping_run,
		[FUNCTION_PONG] = pong_run,
	};
	struct worker *w = arg;

	pin(w);
	prctl(PR_SET_TIMERSLACK, 1000UL);
	w->err = functions[w->run->conf->function](w);
	if (w->err) {
		w->error = *xsw_error_last();
		run_stop(w->run);
	}
	if (!__atomic_sub_fetch(&w->run->running, 1, __ATOMIC_ACQ_REL))
		run_signal(w->run->done_fd);
	return NULL;
}

/* Frames are shared out so that thread after thread goes on where the one before ends. */
static void share_out(struct run *run, __u64 count)
{
	unsigned int n = run->conf->threads;
	__u64 start = 0;

	for (unsigned int i = 0; i < n; i++) {
		struct worker *w = &run->worker[i];

		w->run = run;
		w->index = i;
		w->start = start;
		w->quota = count / n + (i < count % n);
		start += w->quota;
		for (unsigned int q = i; q < run->dev.queues; q += n)
			w->queue[w->queues++] = &run->dev.queue[q];
	}
}

static double pps_of(const struct run *run)
{
	const struct config *c = run->conf;
	double len = c->pcap ? run->replay.mean_len : config_mean_len(c);

	return (c->rate.bps ? c->rate.bps / 8 / len : c->rate.pps) / c->threads;
}

static int fail(int err, const char *what)
{
	return xsw_fail(err, "run", NULL, "cannot %s: %s", what, strerror(err));
}

int threads_start(struct run *run)
{
	__u64 count = run->conf->count;
	int err = 0;

	if (getrandom(&run->stream, sizeof(run->stream), 0) < 0)
		return fail(errno, "choose a stream number");
	run->stop_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	run->done_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (run->stop_fd < 0 || run->done_fd < 0)
		return fail(errno, "make an eventfd");
	pthread_mutex_init(&run->seq.lock, NULL);
	run->pps = pps_of(run);
	share_out(run, count);
	run->running = run->conf->threads;
	run->start_ns = monotonic_ns();
	for (unsigned int i = 0; !err && i < run->conf->threads; i++) {
		struct worker *w = &run->worker[i];

		if (run->conf->function == FUNCTION_PING)
			w->sent_ns = calloc(PING_WINDOW, sizeof(*w->sent_ns));
	}
	for (unsigned int i = 0; !err && i < run->conf->threads; i++) {
		struct worker *w = &run->worker[i];

		err = pthread_create(&w->thread, NULL, worker_main, w);
		w->started = !err;
	}
	if (!err)
		return 0;
	run_stop(run);
	threads_join(run);
	return fail(err, "start a thread");
}

int threads_join(struct run *run)
{
	int err = 0;

	for (unsigned int i = 0; i < run->conf->threads; i++) {
		struct worker *w = &run->worker[i];

		if (w->started)
			pthread_join(w->thread, NULL);
		w->started = false;
		if (w->err && !err) {
			error_restore(&w->error);
			err = w->err;
		}
	}
	run->end_ns = monotonic_ns();
	return err;
}
