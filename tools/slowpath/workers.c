// SPDX-License-Identifier: GPL-2.0
#include "tools/slowpath/workers.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

#include "ctrl/base/error.h"
#include "tools/slowpath/worker.h"

static struct worker *workers[WORKERS_MAX];
static __u32 n_workers;

static void wake(struct worker *w)
{
	const __u64 one = 1;

	if (write(w->event, &one, sizeof(one)) < 0)
		return; /* it is awake already */
}

/* The list of @w has changed; the lock is held, and left. */
static void list_give(struct worker *w)
{
	__atomic_store_n(&w->wanted, w->wanted + 1, __ATOMIC_RELEASE);
	pthread_mutex_unlock(&w->lock);
	wake(w);
}

static void list_wait(struct worker *w)
{
	const struct timespec pause = { .tv_nsec = 50000 };

	while (__atomic_load_n(&w->seen, __ATOMIC_ACQUIRE) != w->wanted)
		nanosleep(&pause, NULL);
}

/* The thread with the fewest queues, of those of the same mode if there are some. */
static struct worker *worker_for(enum mode mode)
{
	struct worker *best = NULL;
	__u32 least = ~0U;

	for (__u32 i = 0; i < n_workers; i++) {
		struct worker *w = workers[i];
		bool other = w->n_next && w->next[0].port->mode != mode;
		__u32 load = w->n_next + (other ? QUEUES : 0);

		if (w->n_next < QUEUES && load < least) {
			least = load;
			best = w;
		}
	}
	return best;
}

int workers_take(struct port *p, __u32 q)
{
	struct worker *w = worker_for(p->mode);

	if (!w)
		return -EMFILE;
	pthread_mutex_lock(&w->lock);
	w->next[w->n_next++] = (struct queue){ .port = p, .index = q };
	list_give(w);
	return 0;
}

void workers_leave(struct port *p)
{
	for (__u32 i = 0; i < n_workers; i++) {
		struct worker *w = workers[i];
		__u32 n = 0;

		pthread_mutex_lock(&w->lock);
		for (__u32 j = 0; j < w->n_next; j++)
			if (w->next[j].port != p)
				w->next[n++] = w->next[j];
		w->n_next = n;
		list_give(w);
	}
	for (__u32 i = 0; i < n_workers; i++)
		list_wait(workers[i]);
}

static int worker_begin(__u32 i, int cpu)
{
	struct worker *w = calloc(1, sizeof(*w));
	int err;

	if (!w)
		return -ENOMEM;
	w->outs.queue = i;
	w->cpu = cpu;
	w->event = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	pthread_mutex_init(&w->lock, NULL);
	w->wanted = 1; /* an empty list to begin with */
	err = w->event < 0 ? errno : pthread_create(&w->thread, NULL, worker_run, w);
	if (err) {
		close(w->event);
		free(w);
		return -err;
	}
	workers[n_workers++] = w;
	return 0;
}

int workers_begin(__u32 n, const int *cpus)
{
	int err = 0;

	for (__u32 i = 0; i < n && i < WORKERS_MAX && !err; i++)
		err = worker_begin(i, cpus ? cpus[i] : -1);
	return err;
}

void workers_end(void)
{
	for (__u32 i = 0; i < n_workers; i++) {
		__atomic_store_n(&workers[i]->stop, true, __ATOMIC_RELAXED);
		wake(workers[i]);
	}
	for (__u32 i = 0; i < n_workers; i++) {
		pthread_join(workers[i]->thread, NULL);
		close(workers[i]->event);
		outs_free(&workers[i]->outs);
		free(workers[i]);
	}
	n_workers = 0;
}

int workers_failed(void)
{
	struct port *p = port_get(worker_unpolled());

	if (!p)
		return 0;
	xsw_fail(
		EOPNOTSUPP, "port", p->ifname,
		"busy-poll is not possible on this device: its driver names no NAPI for the queue");
	xsw_remedy("-m %s=spin or -m %s=adaptive", p->ifname, p->ifname);
	return -EOPNOTSUPP;
}

void workers_counts(struct worker_counts *sum)
{
	memset(sum, 0, sizeof(*sum));
	for (__u32 i = 0; i < n_workers; i++) {
		sum->frames += workers[i]->counts.frames;
		sum->rounds += workers[i]->counts.rounds;
		sum->sleeps += workers[i]->counts.sleeps;
	}
}
