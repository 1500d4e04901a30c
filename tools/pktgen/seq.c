// SPDX-License-Identifier: GPL-2.0
/* What is missing between the first and the highest number seen is lost, until
 * it comes: frames lost before the first one or after the last are seen only
 * by comparing with what was sent.
 */
#include <stdlib.h>
#include <string.h>

#include "tools/pktgen/seq.h"

#define START (1ULL << 32) /* numbers below the first one seen are no negative ones */

void seq_lock(struct seq_table *t)
{
	pthread_mutex_lock(&t->lock);
}

void seq_unlock(struct seq_table *t)
{
	pthread_mutex_unlock(&t->lock);
}

static struct seq_stream *stream_find(struct seq_table *t, __u16 id)
{
	for (unsigned int i = 0; i < SEQ_STREAMS; i++) {
		struct seq_stream *s = &t->stream[(id + i) % SEQ_STREAMS];

		if (s->used && s->id == id)
			return s;
		if (s->used)
			continue;
		s->seen = calloc(SEQ_WINDOW / 64, sizeof(*s->seen));
		s->used = s->seen;
		s->id = id;
		return s->used ? s : NULL;
	}
	return NULL;
}

/* Return: was it marked already? */
static bool seen_set(struct seq_stream *s, __u64 n)
{
	__u64 *word = &s->seen[n % SEQ_WINDOW / 64], bit = 1ULL << n % 64;
	bool before = *word & bit;

	*word |= bit;
	return before;
}

static void seen_advance(struct seq_stream *s, __u64 n)
{
	if (n - s->next >= SEQ_WINDOW) {
		memset(s->seen, 0, SEQ_WINDOW / 8);
	} else {
		for (__u64 i = s->next; i <= n; i++)
			s->seen[i % SEQ_WINDOW / 64] &= ~(1ULL << i % 64);
	}
	s->next = n + 1;
}

bool seq_note(struct seq_table *t, __u16 id, __u32 seq)
{
	struct seq_stream *s = stream_find(t, id);
	__u64 n;

	if (!s)
		return false;
	if (!s->next)
		s->first = s->next = START + seq;
	n = s->next + (__s32)(seq - (__u32)s->next);
	if (n >= s->next) {
		seen_advance(s, n);
		seen_set(s, n);
		s->unique++;
		return true;
	}
	if (s->next - n <= SEQ_WINDOW && seen_set(s, n)) {
		t->duplicate++;
		return true;
	}
	if (n < s->first)
		s->first = n;
	t->reordered++;
	s->unique++;
	return true;
}

void seq_count(struct seq_table *t, struct seq_counts *c)
{
	seq_lock(t);
	*c = (struct seq_counts){ .reordered = t->reordered, .duplicate = t->duplicate };
	for (int i = 0; i < SEQ_STREAMS; i++) {
		const struct seq_stream *s = &t->stream[i];

		if (!s->used)
			continue;
		c->streams++;
		c->received += s->unique;
		if (s->next - s->first > s->unique)
			c->lost += s->next - s->first - s->unique;
	}
	c->received += c->duplicate;
	seq_unlock(t);
}

void seq_free(struct seq_table *t)
{
	for (int i = 0; i < SEQ_STREAMS; i++)
		free(t->stream[i].seen);
}
