// SPDX-License-Identifier: GPL-2.0
#include "tools/slowpath/out.h"

#include <stdlib.h>
#include <string.h>

#include "tools/slowpath/chunk.h"
#include "tools/slowpath/port.h"

static void slow_add(struct outs *o, __u32 number)
{
	if (!o->slow[number])
		o->slow_list[o->n_slow++] = number;
	o->slow[number] = true;
}

static void out_flush(struct outs *o, __u32 number)
{
	struct out *out = o->out[number];
	struct port *p = port_get(number);

	if (!out->n)
		return;
	if (p) {
		if (port_send(p, o->queue, out->d, out->n))
			slow_add(o, number);
	} else {
		for (__u32 i = 0; i < out->n; i++)
			chunk_put(out->d[i].addr);
	}
	out->n = 0;
}

void outs_flush(struct outs *o)
{
	for (__u32 i = 0; i < o->n; i++)
		out_flush(o, o->list[i]);
	o->n = 0;
}

void outs_push(struct outs *o)
{
	__u32 n = o->n_slow;

	o->n_slow = 0;
	for (__u32 i = 0; i < n; i++) {
		__u32 number = o->slow_list[i];
		struct port *p = port_get(number);

		o->slow[number] = false;
		if (p && port_push(p, o->queue))
			slow_add(o, number);
	}
}

static struct out *out_get(struct outs *o, __u32 number)
{
	struct out *out = o->out[number];

	if (!out)
		out = o->out[number] = calloc(1, sizeof(*out));
	if (out && !out->n && o->n < XSW_MAX_PORTS)
		o->list[o->n++] = number;
	return out;
}

bool outs_add(struct outs *o, __u32 number, const struct xdp_desc *d, __u32 n)
{
	struct out *out = out_get(o, number);

	if (!out)
		return false;
	if (out->n + n > OUT_MAX)
		out_flush(o, number); /* it stays on the list */
	memcpy(&out->d[out->n], d, n * sizeof(*d));
	out->n += n;
	return true;
}

void outs_free(struct outs *o)
{
	for (__u32 port = 0; port < XSW_MAX_PORTS; port++)
		free(o->out[port]);
}
