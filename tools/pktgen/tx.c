// SPDX-License-Identifier: GPL-2.0
/* Sending: made frames, or those of a capture file. */
#include "tools/pktgen/pace.h"
#include "tools/pktgen/run.h"

#define SPIN_NS 60000 /* a wait that sleep would make too long */

static void wait_until(__u64 ns)
{
	struct timespec ts;
	__u64 now = monotonic_ns();

	if (ns <= now + SPIN_NS)
		return;
	if (ns > now + NS_PER_S / 10) /* look out for the end */
		ns = now + NS_PER_S / 10;
	ns -= SPIN_NS / 2;
	ts = (struct timespec){ ns / NS_PER_S, ns % NS_PER_S };
	clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &ts, NULL);
}

static void write_frames(struct worker *w, struct frame_maker *m, struct slot **slots,
			 unsigned int n)
{
	const struct run *run = w->run;
	__u64 bytes = 0, wire = 0;

	for (unsigned int i = 0; i < n; i++) {
		if (run->conf->pcap)
			replay_write(&run->replay, w->index, run->conf->threads,
				     w->count.packets + i, slots[i]);
		else
			frame_make(m, slots[i]);
		bytes += slots[i]->len;
		wire += frame_wire_bytes(slots[i]->len);
	}
	count_add(&w->count.bytes, bytes);
	count_add(&w->count.wire_bytes, wire);
}

/* Frames of the quota that may go now, up to a batch. Return: -1 when all have gone. */
static int frames_due(struct worker *w, struct pace *pace)
{
	const struct config *c = w->run->conf;
	__u64 left = w->quota - w->count.packets;
	unsigned int n = c->count && left < c->batch ? left : c->batch;

	if (!n)
		return -1;
	return pace->interval_ns ? pace_due(pace, monotonic_ns(), n) : n;
}

/* Return: frames sent, or -errno. */
static int send_frames(struct worker *w, struct frame_maker *m, unsigned int n)
{
	const struct dev_ops *ops = w->run->dev.ops;
	struct queue *q = w->queue[0];
	struct slot *slots[BATCH_MAX];
	int err;

	n = ops->tx_get(q, slots, n);
	if (!n) {
		err = ops->tx_flush(q);
		return err < 0 ? err : 0;
	}
	write_frames(w, m, slots, n);
	run_dump(w->run, "sent", slots, n);
	err = ops->tx_put(q, slots, n);
	if (err)
		return err;
	count_add(&w->count.events, 1);
	count_add(&w->count.packets, n);
	return n;
}

int tx_run(struct worker *w)
{
	struct frame_maker maker;
	struct pace pace;
	int due, sent = 0;

	if (!w->run->conf->pcap)
		frame_maker_start(&maker, &w->run->plan, w->run->stream + w->index, w->start);
	pace_start(&pace, w->run->pps);
	w->count.first_ns = pace.start_ns;
	while (sent >= 0 && !run_stopped(w->run)) {
		due = frames_due(w, &pace);
		if (due < 0)
			break;
		if (!due) {
			wait_until(pace_next(&pace));
			continue;
		}
		sent = send_frames(w, &maker, due);
		if (sent > 0)
			pace.sent += sent;
	}
	if (sent >= 0)
		sent = worker_flush(w);
	w->count.last_ns = monotonic_ns();
	return sent < 0 ? sent : 0;
}

/* Return: frames sent, or -errno. */
static int announce_some(struct worker *w, struct frame_maker *m, unsigned int n)
{
	const struct dev_ops *ops = w->run->dev.ops;
	struct slot *slots[BATCH_MAX];
	int err;

	n = ops->tx_get(w->queue[0], slots, n);
	if (!n) {
		err = ops->tx_flush(w->queue[0]);
		return err < 0 ? err : 0;
	}
	for (unsigned int i = 0; i < n; i++)
		frame_make(m, slots[i]);
	err = ops->tx_put(w->queue[0], slots, n);
	return err ? err : (int)n;
}

int announce(struct worker *w)
{
	const struct config *c = w->run->conf;
	__u64 left = c->announce ? range_size(c->smac.first, c->smac.last) : 0;
	struct frame_maker maker;
	struct pace pace;
	int sent = 0;

	if (w->index || !left)
		return 0;
	frame_maker_start(&maker, &w->run->plan, w->run->stream, 0);
	pace_start(&pace, w->run->pps * c->threads);
	while (left && sent >= 0 && !run_stopped(w->run)) {
		unsigned int due =
			pace_due(&pace, monotonic_ns(), left < c->batch ? left : c->batch);

		if (!due)
			wait_until(pace_next(&pace));
		sent = due ? announce_some(w, &maker, due) : 0;
		pace.sent += sent > 0 ? sent : 0;
		left -= sent > 0 ? sent : 0;
	}
	return sent < 0 ? sent : worker_flush(w);
}
