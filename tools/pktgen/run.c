// SPDX-License-Identifier: GPL-2.0
/* Threads: their start and end, the queues and frames that each has, and what
 * they do while there is nothing to do.
 */
#include <errno.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tools/pktgen/pace.h"
#include "tools/pktgen/run.h"

#define ADAPTIVE_NS 50000 /* looking on, before sleep */
#define FLUSH_NS NS_PER_S

static void signal_fd(int fd)
{
	const __u64 one = 1;

	if (write(fd, &one, sizeof(one)) < 0)
		return; /* it is readable already */
}

void run_stop(struct run *run)
{
	__atomic_store_n(&run->stop, true, __ATOMIC_RELAXED);
	signal_fd(run->stop_fd);
}

unsigned int run_wanted(const struct run *run)
{
	__u64 got = __atomic_load_n(&run->counted, __ATOMIC_RELAXED);

	if (!run->conf->count || run->conf->count > got + run->conf->batch)
		return run->conf->batch;
	return run->conf->count > got ? run->conf->count - got : 0;
}

void run_count(struct run *run, unsigned int n)
{
	if (run->conf->count &&
	    __atomic_add_fetch(&run->counted, n, __ATOMIC_RELAXED) >= run->conf->count)
		run_stop(run);
}

/* ---- idle */

/* The socket says so once when the link goes down or the device away. */
static int check_error(struct worker *w, int fd)
{
	int err = 0;
	socklen_t len = sizeof(err);

	getsockopt(fd, SOL_SOCKET, SO_ERROR, &err, &len);
	return dev_gone(&w->run->dev) ? dev_fail(&w->run->dev, ENODEV, "is gone") : 0;
}

static int sleep_until(struct worker *w, __u64 until_ns)
{
	struct pollfd fds[QUEUES_MAX + 1];
	struct timespec ts;
	__u64 now = until_ns ? now_ns() : 0;
	int err = 0;

	for (unsigned int i = 0; i < w->queues; i++)
		fds[i] = (struct pollfd){ .fd = w->queue[i]->fd, .events = POLLIN };
	fds[w->queues] = (struct pollfd){ .fd = w->run->stop_fd, .events = POLLIN };
	if (until_ns && until_ns <= now)
		return 0;
	ts.tv_sec = (until_ns - now) / NS_PER_S;
	ts.tv_nsec = (until_ns - now) % NS_PER_S;
	if (ppoll(fds, w->queues + 1, until_ns ? &ts : NULL, NULL) <= 0)
		return 0;
	for (unsigned int i = 0; !err && i < w->queues; i++)
		if (fds[i].revents & (POLLERR | POLLHUP | POLLNVAL))
			err = check_error(w, fds[i].fd);
	return err;
}

int idle(struct worker *w, __u64 until_ns, __u64 busy_ns)
{
	const struct dev_ops *ops = w->run->dev.ops;
	int polled = 0;

	switch (w->run->conf->mode) {
	case MODE_BUSY_POLL:
		for (unsigned int i = 0; i < w->queues; i++)
			polled += ops->busy_poll(w->queue[i]);
		return polled ? 0 : sleep_until(w, until_ns);
	case MODE_ADAPTIVE:
		if (now_ns() - busy_ns < ADAPTIVE_NS)
			return 0;
		/* fall through */
	case MODE_INTERRUPT:
		return sleep_until(w, until_ns);
	case MODE_SPIN:
		break;
	}
	return 0;
}

int worker_flush(struct worker *w)
{
	__u64 end = now_ns() + FLUSH_NS;

	for (unsigned int i = 0; i < w->queues; i++) {
		int left = 1;

		while (left > 0 && now_ns() < end) {
			left = w->run->dev.ops->tx_flush(w->queue[i]);
			if (left > 0)
				sched_yield();
		}
		if (left < 0)
			return left;
	}
	return 0;
}

/* ---- threads */

static void pin(const struct worker *w)
{
	cpu_set_t set;

	if (w->run->conf->cpu < 0)
		return;
	CPU_ZERO(&set);
	CPU_SET(w->run->conf->cpu + w->index, &set);
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
		signal_fd(w->run->done_fd);
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
	double len = c->pcap ? run->replay.mean_len : c->len;

	return (c->rate.bps ? c->rate.bps / 8 / len : c->rate.pps) / c->threads;
}

static int fail(int err, const char *what)
{
	return xsw_fail(err, "run", NULL, "cannot %s: %s", what, strerror(err));
}

int run_start(struct run *run)
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
	run->start_ns = now_ns();
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
	run_join(run);
	return fail(err, "start a thread");
}

int run_join(struct run *run)
{
	int err = 0;

	for (unsigned int i = 0; i < run->conf->threads; i++) {
		struct worker *w = &run->worker[i];

		if (w->started)
			pthread_join(w->thread, NULL);
		w->started = false;
		if (w->err && !err) {
			error_again(&w->error);
			err = w->err;
		}
	}
	run->end_ns = now_ns();
	return err;
}
