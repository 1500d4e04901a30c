// SPDX-License-Identifier: GPL-2.0
/* A round of a thread: a batch from each of its queues, each frame through the steps, what
 * leaves collected port by port, then handed to the kernel. Between rounds it holds no
 * pointer to a port, so the main thread can take one away (workers_leave()).
 */
#include "tools/slowpath/worker.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <string.h>
#include <unistd.h>

#include "tools/slowpath/chunk.h"
#include "tools/slowpath/io.h"
#include "tools/slowpath/steps/pinned.h"
#include "tools/slowpath/steps/steps.h"
#include "tools/slowpath/steps/umap.h"

#define FLUSH_NS 1000000ULL
#define ADAPTIVE_NS 50000ULL
#define SURE_LEN 82 /* every Ethernet device takes it: MTU 68, and room for one tag more */

static __u32 unpolled; /* see worker_unpolled() */

/* ---- what the steps ask for */

static __u32 ask_mtu(void *arg, __u32 number)
{
	struct port *p = port_get(number);
	struct worker *w = arg;

	return !p ? 0 : w->frame_len > SURE_LEN ? port_mtu(p) : p->mtu;
}

static void ask_drop(void *arg, struct steps_frame *f)
{
	frame_free((struct frame *)f);
}

static int ask_send(void *arg, struct steps_frame *steps, __u32 number)
{
	struct frame *f = (struct frame *)steps;
	struct port *p = port_get(number);
	bool up = p && (p->up || umap_pinned_looks());
	struct worker *w = arg;

	f->d[0].addr = steps->data - chunk_area;
	f->d[0].len = steps->end - steps->data;
	if (up && outs_add(&w->outs, number, f->d, f->n))
		return 0;
	frame_free(f);
	return p && !up ? -ENETDOWN : -ENODEV;
}

static struct steps_frame *ask_clone(void *arg, const struct steps_frame *steps)
{
	struct worker *w = arg;

	return frame_copy(&w->copy, (const struct frame *)steps) ? &w->copy.f : NULL;
}

static const struct steps_ops ops = { ask_mtu, ask_clone, ask_send, ask_drop };

/* ---- what comes in */

static void frame_take(void *arg, struct frame *f)
{
	struct worker *w = arg;

	if (!w->looked)
		request_look();
	w->looked = true;
	w->counts.frames++;
	w->frame_len = f->f.end - f->f.data + f->f.more;
	f->f.queue = w->from_queue;
	if (!steps_run(&ops, w, &f->f, w->from))
		frame_free(f);
}

static void queue_poll(struct queue *q, bool came)
{
	int polled = q->port->io->poll(q->port, q->index, came);

	q->polled = polled > 0;
	if (polled < 0)
		__atomic_store_n(&unpolled, q->port->number, __ATOMIC_RELAXED);
}

static bool all_polled(const struct worker *w)
{
	for (__u32 i = 0; i < w->n_queues; i++)
		if (w->queue[i].port->mode == MODE_BUSY_POLL && !w->queue[i].polled)
			return false; /* who waits for the first frame may as well sleep */
	return w->n_queues;
}

/* Return: did something come? */
static bool queue_run(struct worker *w, struct queue *q)
{
	struct port *p = q->port;
	int n;

	w->from = p->number;
	w->from_queue = q->index;
	n = p->io->receive(p, q->index, frame_take, w);
	if (p->mode == MODE_BUSY_POLL)
		queue_poll(q, n > 0);
	if (n == -ENOBUFS) {
		ports_reap(); /* what others have sent meanwhile may be free */
		w->starved = true;
	}
	return n > 0;
}

/* ---- between rounds */

static void list_take(struct worker *w)
{
	pthread_mutex_lock(&w->lock);
	w->n_queues = w->n_next;
	memcpy(w->queue, w->next, w->n_next * sizeof(w->queue[0]));
	__atomic_store_n(&w->seen, w->wanted, __ATOMIC_RELEASE);
	pthread_mutex_unlock(&w->lock);
	w->mode = MODE_INTERRUPT;
	for (__u32 i = 0; i < w->n_queues; i++) {
		if (w->queue[i].port->mode > w->mode)
			w->mode = w->queue[i].port->mode;
		w->poll[i] = (struct pollfd){ .fd = w->queue[i].port->fd[w->queue[i].index],
					      .events = POLLIN };
	}
	w->poll[w->n_queues] = (struct pollfd){ .fd = w->event, .events = POLLIN };
}

static void counts_flush(struct worker *w, __u64 now)
{
	if (now - w->flushed_ns < FLUSH_NS)
		return;
	request_flush();
	w->flushed_ns = now;
}

/* Until something comes, or what was counted has to be handed over. */
static void worker_sleep(struct worker *w)
{
	bool counted = request_has_counted();
	__u64 was;

	if (!counted)
		chunks_leave();
	w->counts.sleeps++;
	if (poll(w->poll, w->n_queues + 1, counted || w->outs.n_slow || w->starved ? 1 : -1) <= 0)
		return;
	if (w->poll[w->n_queues].revents && read(w->event, &was, sizeof(was)) < 0)
		return;
	for (__u32 i = 0; i < w->n_queues; i++)
		if (w->poll[i].revents & (POLLERR | POLLHUP | POLLNVAL))
			w->poll[i].fd = -1; /* its device is going; the main thread will tell */
}

static void worker_idle(struct worker *w)
{
	__u64 now = umap_clock_now();

	counts_flush(w, now);
	if (w->mode == MODE_SPIN && w->n_queues)
		return;
	if (w->mode == MODE_BUSY_POLL && all_polled(w))
		return;
	if (w->mode == MODE_ADAPTIVE && now - w->busy_ns < ADAPTIVE_NS)
		return;
	worker_sleep(w);
}

/* The FDB's tables may be others. Asked for no more often than the coarse clock ticks. */
static void tables_follow(struct worker *w)
{
	__u64 was = umap_clock.coarse_ns;
	__u32 generation = steps_generation();

	umap_clock_read();
	if (generation == w->generation || was == umap_clock.coarse_ns)
		return;
	w->generation = generation;
	umap_pinned_follow();
}

static void worker_round(struct worker *w)
{
	bool got = false;

	tables_follow(w);
	w->starved = false;
	w->looked = false;
	for (__u32 i = 0; i < w->n_queues; i++)
		got |= queue_run(w, &w->queue[i]);
	outs_flush(&w->outs);
	if (w->outs.n_slow)
		outs_push(&w->outs);
	if (!got) {
		worker_idle(w);
		return;
	}
	w->counts.rounds++;
	w->busy_ns = umap_clock_now();
	counts_flush(w, w->busy_ns);
}

void *worker_run(void *arg)
{
	struct worker *w = arg;
	cpu_set_t cpus;

	if (w->cpu >= 0) {
		CPU_ZERO(&cpus);
		CPU_SET(w->cpu, &cpus);
		sched_setaffinity(0, sizeof(cpus), &cpus);
	}
	if (umap_here_begin())
		return NULL;
	while (!__atomic_load_n(&w->stop, __ATOMIC_RELAXED)) {
		if (__atomic_load_n(&w->wanted, __ATOMIC_ACQUIRE) != w->seen)
			list_take(w);
		worker_round(w);
	}
	list_take(w);
	request_flush();
	chunks_leave();
	umap_here_end();
	return NULL;
}

__u32 worker_unpolled(void)
{
	return __atomic_load_n(&unpolled, __ATOMIC_RELAXED);
}
