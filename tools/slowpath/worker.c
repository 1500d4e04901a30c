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
#include <sys/socket.h>
#include <unistd.h>

#include "tools/slowpath/chunk.h"
#include "tools/slowpath/port.h"
#include "tools/slowpath/steps/pinned.h"
#include "tools/slowpath/steps/steps.h"
#include "tools/slowpath/steps/umap.h"

#define FLUSH_NS 1000000ULL
#define ADAPTIVE_NS 50000ULL
#define SURE_LEN 82 /* every Ethernet device takes it: MTU 68, and room for one tag more */

static __u32 no_napi; /* a port that cannot be polled so */

/* ---- what the steps ask for */

static void frame_free(const struct frame *f)
{
	for (__u32 i = 0; i < f->n; i++)
		chunk_put(f->d[i].addr);
}

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
	const struct frame *f = (const struct frame *)steps;
	struct worker *w = arg;
	struct frame *to = &w->copy;
	__u64 at[PIECES];
	__u32 got = chunks_get(at, f->n);

	if (got < f->n) {
		while (got)
			chunk_put(at[--got]);
		return NULL;
	}
	to->n = f->n;
	for (__u32 i = 0; i < f->n; i++) {
		__u64 from = i ? f->d[i].addr : (__u64)(steps->data - chunk_area);

		to->d[i] = f->d[i];
		to->d[i].addr = at[i] + CHUNK_HEAD;
		to->d[i].len = i ? f->d[i].len : (__u32)(steps->end - steps->data);
		memcpy(chunk_area + to->d[i].addr, chunk_area + from, to->d[i].len);
	}
	to->f.room = chunk_area + at[0];
	to->f.data = chunk_area + to->d[0].addr;
	to->f.end = to->f.data + to->d[0].len;
	to->f.more = f->f.more;
	return &to->f;
}

static const struct steps_ops ops = { ask_mtu, ask_clone, ask_send, ask_drop };

/* ---- what comes in */

/* How many descriptors from @idx on are one frame? Return: 0 if its end is not there. */
static __u32 frame_descs(struct sock *s, __u32 idx, __u32 left)
{
	for (__u32 i = 0; i < left; i++)
		if (!(xsk_ring_cons__rx_desc(&s->rx, idx + i)->options & XDP_PKT_CONTD))
			return i + 1;
	return 0;
}

/* The frame of the @n descriptors from @idx on. Their chunks are ours again.
 * Return: false for one that is longer than any, which is gone.
 */
static bool gather(struct sock *s, struct frame *f, __u32 idx, __u32 n)
{
	f->n = n;
	f->f.more = 0;
	f->f.n_pieces = 0;
	f->f.pieces = f->piece;
	for (__u32 i = 0; i < n; i++) {
		const struct xdp_desc *d = xsk_ring_cons__rx_desc(&s->rx, idx + i);

		chunk_lend(d->addr, 0);
		if (n > PIECES) {
			chunk_put(d->addr);
			continue;
		}
		f->d[i] = *d;
		if (!i)
			continue;
		f->f.more += d->len;
		f->piece[f->f.n_pieces++] = (struct steps_piece){ chunk_area + d->addr, d->len };
	}
	f->f.data = chunk_area + f->d[0].addr;
	f->f.room = chunk_area + (f->d[0].addr & ~(CHUNK - 1ULL));
	f->f.end = f->f.data + f->d[0].len;
	return n <= PIECES;
}

/* Let the kernel poll the device, if nothing has come. Which NAPI it is the driver may tell
 * only when the first frame has.
 */
static void queue_poll(struct queue *q, __u32 descs)
{
	if (!q->napi_seen) {
		q->napi_seen = napi_known(q->sock->fd);
		if (descs && !q->napi_seen)
			__atomic_store_n(&no_napi, q->number, __ATOMIC_RELAXED);
	}
	if (!descs && q->napi_seen)
		recvfrom(q->sock->fd, NULL, 0, MSG_DONTWAIT, NULL, NULL);
}

static bool all_polled(const struct worker *w)
{
	for (__u32 i = 0; i < w->n_queues; i++)
		if (w->queue[i].port->mode == MODE_BUSY_POLL && !w->queue[i].napi_seen)
			return false; /* who waits for the first frame may as well sleep */
	return w->n_queues;
}

/* Nothing can come to a socket that has nothing to receive into: what others have sent
 * meanwhile may be free.
 */
static void queue_feed(struct worker *w, struct sock *s)
{
	if (!s->starved)
		return;
	sock_refill(s);
	if (s->starved)
		ports_reap();
	w->starved = true;
}

static __u32 queue_run(struct worker *w, struct queue *q)
{
	struct sock *s = q->sock;
	__u32 idx = 0, used = 0, of, descs;
	struct frame f;

	descs = xsk_ring_cons__peek(&s->rx, SOCK_BATCH, &idx);
	if (q->port->mode == MODE_BUSY_POLL)
		queue_poll(q, descs);
	if (!descs) {
		queue_feed(w, s);
		return 0;
	}
	if (!w->looked)
		request_look();
	w->looked = true;
	for (__u32 i = 0; i < descs; i++)
		__builtin_prefetch(chunk_area + xsk_ring_cons__rx_desc(&s->rx, idx + i)->addr);
	while (used < descs) {
		of = frame_descs(s, idx + used, descs - used);
		if (!of)
			break;
		w->counts.frames++;
		if (gather(s, &f, idx + used, of)) {
			w->frame_len = f.f.end - f.f.data + f.f.more;
			if (!steps_run(&ops, w, &f.f, q->number))
				frame_free(&f);
		}
		used += of;
	}
	if (used < descs)
		xsk_ring_cons__cancel(&s->rx, descs - used);
	xsk_ring_cons__release(&s->rx, used);
	sock_refill(s);
	if (xsk_ring_prod__needs_wakeup(&s->fill))
		recvfrom(s->fd, NULL, 0, MSG_DONTWAIT, NULL, NULL);
	return used;
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
		w->poll[i] = (struct pollfd){ .fd = w->queue[i].sock->fd, .events = POLLIN };
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
	__u32 got = 0;

	tables_follow(w);
	w->starved = false;
	w->looked = false;
	for (__u32 i = 0; i < w->n_queues; i++)
		got += queue_run(w, &w->queue[i]);
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
	return __atomic_load_n(&no_napi, __ATOMIC_RELAXED);
}
