// SPDX-License-Identifier: GPL-2.0
/* Round trips. Ping sends requests and times the replies, by a table of its own:
 * the two ends share no clock. Pong sends back what is marked as a request.
 *
 * With a rate ping keeps to it, whatever comes back; without, the next request
 * goes when the last was answered, or given up.
 */
#include <errno.h>

#include "tools/pktgen/pace.h"
#include "tools/pktgen/run.h"

#define GIVE_UP_NS NS_PER_S

/* ---- ping */

struct pinger {
	struct worker *w;
	struct frame_maker maker;
	struct pace pace;
	__u64 last_sent_ns;
};

static __u64 *sent_at(struct worker *w, __u32 seq)
{
	return &w->sent_ns[seq % PING_WINDOW];
}

static int send_requests(struct pinger *p, unsigned int n)
{
	struct worker *w = p->w;
	struct slot *slots[BATCH_MAX];
	__u32 seq = p->maker.seq;
	__u64 bytes = 0, wire = 0;
	int err;

	n = w->run->dev.ops->tx_get(w->queue[0], slots, n);
	if (!n)
		return 0;
	for (unsigned int i = 0; i < n; i++) {
		frame_make(&p->maker, slots[i]);
		bytes += slots[i]->len;
		wire += frame_wire_bytes(slots[i]->len);
	}
	run_dump(w->run, "sent", slots, n);
	__atomic_store_n(&w->sent_next, p->maker.seq, __ATOMIC_RELAXED);
	p->last_sent_ns = monotonic_ns();
	for (unsigned int i = 0; i < n; i++)
		__atomic_store_n(sent_at(w, seq + i), p->last_sent_ns, __ATOMIC_RELAXED);
	err = w->run->dev.ops->tx_put(w->queue[0], slots, n);
	if (err)
		return err;
	count_add(&w->count.bytes, bytes);
	count_add(&w->count.wire_bytes, wire);
	count_add(&w->count.events, 1);
	count_add(&w->count.packets, n);
	p->pace.sent += n;
	return 0;
}

/* The thread that sent the request; NULL: not of this run, or too old. */
static struct worker *sender_of(struct run *run, const struct mark *mark)
{
	__u16 i = mark->stream - run->stream;
	struct worker *w = &run->worker[i];

	if (!mark->reply || i >= run->conf->threads)
		return NULL;
	return __atomic_load_n(&w->sent_next, __ATOMIC_RELAXED) - mark->seq - 1 < PING_WINDOW ?
		       w :
		       NULL;
}

static void note_reply(struct worker *w, const struct slot *s, __u64 now)
{
	struct worker *sender = NULL;
	struct mark mark;
	__u64 sent;

	if (frame_mark(s->piece[0].data, s->piece[0].len, &mark))
		sender = sender_of(w->run, &mark);
	if (!sender) {
		count_add(&w->count.other, 1);
		return;
	}
	seq_note(&w->run->seq, mark.stream, mark.seq);
	sent = __atomic_exchange_n(sent_at(sender, mark.seq), 0, __ATOMIC_RELAXED);
	if (!sent)
		return; /* a duplicate */
	hist_note(&w->hist, now > sent ? now - sent : 0);
	count_add(&w->count.received, 1);
}

/* Return: frames that came, or -errno. */
static int receive(struct worker *w)
{
	const struct dev_ops *ops = w->run->dev.ops;
	struct slot *slots[BATCH_MAX];
	int n, got = 0;

	for (unsigned int i = 0; i < w->queues; i++) {
		__u64 now;

		n = ops->rx_get(w->queue[i], slots, w->run->conf->batch);
		if (n < 0)
			return n;
		if (!n)
			continue;
		now = monotonic_ns();
		run_dump(w->run, "received", slots, n);
		seq_lock(&w->run->seq);
		for (int j = 0; j < n; j++)
			note_reply(w, slots[j], now);
		seq_unlock(&w->run->seq);
		ops->rx_put(w->queue[i]);
		got += n;
	}
	return got;
}

static bool all_answered(const struct worker *w)
{
	const struct run *run = w->run;
	__u64 sent = 0, received = 0;

	if (run->conf->threads == 1)
		return w->count.received == w->count.packets;
	for (unsigned int i = 0; i < run->conf->threads; i++) {
		sent += __atomic_load_n(&run->worker[i].count.packets, __ATOMIC_RELAXED);
		received += __atomic_load_n(&run->worker[i].count.received, __ATOMIC_RELAXED);
	}
	return sent == received;
}

/* Has the last request of this thread been answered? */
static bool last_answered(struct worker *w)
{
	return !w->count.packets ||
	       !__atomic_load_n(sent_at(w, w->count.packets - 1), __ATOMIC_RELAXED);
}

/* Requests that may go now; @next: when there will be more. */
static unsigned int requests_due(struct pinger *p, __u64 now, __u64 *next)
{
	const struct worker *w = p->w;
	unsigned int most = w->run->conf->batch;
	__u64 left = w->quota - w->count.packets;

	*next = now + GIVE_UP_NS / 10;
	if (w->run->conf->count && left < most)
		most = left;
	if (!most)
		return 0;
	if (p->pace.interval_ns) {
		unsigned int due = pace_due(&p->pace, now, most);

		if (pace_next(&p->pace) < *next)
			*next = pace_next(&p->pace);
		return due;
	}
	return last_answered(p->w) || now - p->last_sent_ns > GIVE_UP_NS;
}

/* All is sent, and answered or given up? */
static bool ping_over(const struct pinger *p, __u64 now)
{
	const struct worker *w = p->w;
	bool all_sent = w->run->conf->count && w->count.packets >= w->quota;

	if (!all_sent && !run_stopped(w->run))
		return false;
	return all_answered(w) || now - p->last_sent_ns > GIVE_UP_NS;
}

/* One round: send what is due, take what has come, or wait. */
static int ping_round(struct pinger *p, __u64 *now, __u64 *busy_ns)
{
	struct worker *w = p->w;
	__u64 next = *now + GIVE_UP_NS / 1000;
	unsigned int due = run_stopped(w->run) ? 0 : requests_due(p, *now, &next);
	int got, err = due ? send_requests(p, due) : 0;

	if (err)
		return err;
	got = receive(w);
	*now = monotonic_ns();
	if (got < 0)
		return got;
	if (got || due)
		*busy_ns = *now;
	if (got)
		return 0;
	err = w->run->dev.ops->tx_flush(w->queue[0]); /* what the kernel did not take at once */
	return err < 0 ? err : idle(w, next, *busy_ns);
}

int ping_run(struct worker *w)
{
	struct pinger p = { .w = w };
	__u64 now, busy_ns = 0;
	int err = 0;

	if (!w->sent_ns)
		return xsw_fail(ENOMEM, "run", NULL, "no memory");
	frame_maker_start(&p.maker, &w->run->plan, w->run->stream + w->index, w->start);
	pace_start(&p.pace, w->run->pps);
	w->count.first_ns = now = p.pace.start_ns;
	while (!err && !ping_over(&p, now))
		err = ping_round(&p, &now, &busy_ns);
	w->count.last_ns = p.last_sent_ns;
	return err;
}

/* ---- pong */

static bool reply_write(struct worker *w, const struct slot *from, struct slot *to)
{
	__u8 frame[LEN_MAX];
	struct mark mark;

	to->len = 0;
	if (!frame_mark(from->piece[0].data, from->piece[0].len, &mark) || mark.reply) {
		count_add(&w->count.other, 1);
		return false;
	}
	if (from->len > to->room) {
		count_add(&w->count.dropped, 1);
		return false;
	}
	slot_fill(to, frame, slot_copy(from, frame));
	frame_reflect(to->piece[0].data, to->piece[0].len, &mark, w->run->dev.mac);
	return true;
}

/* Return: frames that came, or -errno. */
static int reflect(struct worker *w, struct queue *q)
{
	const struct dev_ops *ops = w->run->dev.ops;
	struct slot *in[BATCH_MAX], *out[BATCH_MAX];
	unsigned int room, sent = 0;
	int n, err;

	n = ops->rx_get(q, in, run_wanted(w->run));
	if (n <= 0)
		return n;
	run_dump(w->run, "received", in, n);
	count_add(&w->count.events, 1);
	room = ops->tx_get(q, out, n);
	if (!w->count.first_ns)
		w->count.first_ns = monotonic_ns();
	for (int i = 0; i < n; i++) {
		if ((unsigned int)i >= room) {
			count_add(&w->count.dropped, 1);
			continue;
		}
		if (!reply_write(w, in[i], out[i]))
			continue;
		sent++;
		count_add(&w->count.bytes, out[i]->len);
		count_add(&w->count.wire_bytes, frame_wire_bytes(out[i]->len));
	}
	ops->rx_put(q);
	run_dump(w->run, "sent", out, room);
	err = ops->tx_put(q, out, room);
	w->count.last_ns = monotonic_ns();
	count_add(&w->count.packets, sent);
	run_count(w->run, sent);
	return err ? err : n;
}

int pong_run(struct worker *w)
{
	int err = announce(w);
	__u64 busy_ns = monotonic_ns();

	while (!err && !run_stopped(w->run)) {
		int got = 0;

		for (unsigned int i = 0; i < w->queues && !run_stopped(w->run); i++) {
			int n = reflect(w, w->queue[i]);

			if (n < 0)
				return n;
			got += n;
		}
		if (got)
			busy_ns = w->count.last_ns;
		else
			err = idle(w, 0, busy_ns);
	}
	return err ? err : worker_flush(w);
}
