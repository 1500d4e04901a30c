// SPDX-License-Identifier: GPL-2.0
#include "tools/slowpath/frame.h"

#include <string.h>

#include "tools/slowpath/chunk.h"

void frame_set(struct frame *f)
{
	f->f.more = 0;
	f->f.n_pieces = 0;
	f->f.pieces = f->piece;
	for (__u32 i = 1; i < f->n; i++) {
		f->f.more += f->d[i].len;
		f->piece[f->f.n_pieces++] =
			(struct steps_piece){ chunk_area + f->d[i].addr, f->d[i].len };
	}
	f->f.data = chunk_area + f->d[0].addr;
	f->f.room = chunk_area + (f->d[0].addr & ~(CHUNK - 1ULL));
	f->f.end = f->f.data + f->d[0].len;
}

void frame_free(const struct frame *f)
{
	for (__u32 i = 0; i < f->n; i++)
		chunk_put(f->d[i].addr);
}

bool frame_copy(struct frame *to, const struct frame *f)
{
	__u64 at[PIECES];
	__u32 got = chunks_get(at, f->n);

	if (got < f->n) {
		while (got)
			chunk_put(at[--got]);
		return false;
	}
	to->n = f->n;
	for (__u32 i = 0; i < f->n; i++) {
		__u64 from = i ? f->d[i].addr : (__u64)(f->f.data - chunk_area);

		to->d[i] = f->d[i];
		to->d[i].addr = at[i] + CHUNK_HEAD;
		to->d[i].len = i ? f->d[i].len : (__u32)(f->f.end - f->f.data);
		memcpy(chunk_area + to->d[i].addr, chunk_area + from, to->d[i].len);
	}
	to->f.room = chunk_area + at[0];
	to->f.data = chunk_area + to->d[0].addr;
	to->f.end = to->f.data + to->d[0].len;
	to->f.more = f->f.more;
	to->f.n_pieces = 0;
	to->f.pieces = to->piece;
	for (__u32 i = 1; i < f->n; i++)
		to->piece[to->f.n_pieces++] =
			(struct steps_piece){ chunk_area + to->d[i].addr, to->d[i].len };
	return true;
}

__u32 frame_descs(const struct xdp_desc *d, __u32 n)
{
	__u32 i = 0;

	while (i + 1 < n && d[i].options & XDP_PKT_CONTD)
		i++;
	return i + 1;
}

void frames_lost(__u32 number, const struct xdp_desc *d, __u32 n)
{
	while (n) {
		__u32 of = frame_descs(d, n), bytes = 0;

		for (__u32 i = 0; i < of; i++) {
			bytes += d[i].len;
			chunk_put(d[i].addr);
		}
		steps_lost(number, bytes);
		d += of;
		n -= of;
	}
}
