// SPDX-License-Identifier: GPL-2.0
/* What the functions of a thread share: the end of the run, frames counted towards -n, and what a
 * thread does while there is nothing to do.
 */
#include <errno.h>
#include <poll.h>
#include <sched.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tools/pktgen/dump.h"
#include "tools/pktgen/pace.h"
#include "tools/pktgen/run.h"

#define ADAPTIVE_NS 50000 /* looking on, before sleep */
#define FLUSH_NS NS_PER_S

void run_signal(int fd)
{
	const __u64 one = 1;

	if (write(fd, &one, sizeof(one)) < 0)
		return; /* it is readable already */
}

void run_stop(struct run *run)
{
	__atomic_store_n(&run->stop, true, __ATOMIC_RELAXED);
	run_signal(run->stop_fd);
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

void run_dump(const struct run *run, const char *way, struct slot **slots, unsigned int n)
{
	for (unsigned int i = 0; run->conf->dump && i < n; i++)
		if (slots[i]->len)
			dump_frame(way, slots[i]);
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
	__u64 now = until_ns ? monotonic_ns() : 0;
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
		if (monotonic_ns() - busy_ns < ADAPTIVE_NS)
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
	__u64 end = monotonic_ns() + FLUSH_NS;

	for (unsigned int i = 0; i < w->queues; i++) {
		int left = 1;

		while (left > 0 && monotonic_ns() < end) {
			left = w->run->dev.ops->tx_flush(w->queue[i]);
			if (left > 0)
				sched_yield();
		}
		if (left < 0)
			return left;
	}
	return 0;
}
