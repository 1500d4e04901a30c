// SPDX-License-Identifier: GPL-2.0
/* Receiving: everything that comes is counted, marked frames also as numbers of a stream. */
#include "tools/pktgen/pace.h"
#include "tools/pktgen/run.h"

static void note_frames(struct worker *w, struct slot **slots, unsigned int n)
{
	struct run *run = w->run;
	struct mark mark;
	__u64 bytes = 0, wire = 0, other = 0;

	seq_lock(&run->seq);
	for (unsigned int i = 0; i < n; i++) {
		const struct slot *s = slots[i];

		bytes += s->len;
		wire += frame_wire_bytes(s->len);
		if (!frame_mark(s->piece[0].data, s->piece[0].len, &mark) ||
		    !seq_note(&run->seq, mark.stream, mark.seq))
			other++;
		if (run->recorder.dumper)
			recorder_write(&run->recorder, s);
	}
	seq_unlock(&run->seq);
	count_add(&w->count.bytes, bytes);
	count_add(&w->count.wire_bytes, wire);
	count_add(&w->count.other, other);
	count_add(&w->count.packets, n);
}

/* Return: frames that came, or -errno. */
static int receive(struct worker *w, struct queue *q)
{
	const struct dev_ops *ops = w->run->dev.ops;
	struct slot *slots[BATCH_MAX];
	int n = ops->rx_get(q, slots, run_wanted(w->run));

	if (n <= 0)
		return n;
	note_frames(w, slots, n);
	run_dump(w->run, "received", slots, n);
	count_add(&w->count.events, 1);
	ops->rx_put(q);
	w->count.last_ns = monotonic_ns();
	if (!w->count.first_ns)
		w->count.first_ns = w->count.last_ns;
	run_count(w->run, n);
	return n;
}

int rx_run(struct worker *w)
{
	int err = announce(w);
	__u64 busy_ns = monotonic_ns();

	if (err)
		return err;
	while (!run_stopped(w->run)) {
		int got = 0;

		for (unsigned int i = 0; i < w->queues && !run_stopped(w->run); i++) {
			int n = receive(w, w->queue[i]);

			if (n < 0)
				return n;
			got += n;
		}
		if (got) {
			busy_ns = w->count.last_ns;
		} else {
			err = idle(w, 0, busy_ns);
			if (err)
				return err;
		}
	}
	return 0;
}
