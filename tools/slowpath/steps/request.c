// SPDX-License-Identifier: GPL-2.0
/* Requests to program xsw_user. */
#include "tools/slowpath/steps/request.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <string.h>
#include <unistd.h>

#include "ctrl/base/error.h"
#include "ctrl/bpffs/known_maps.h"
#include "maps/stats.h"
#include "tools/slowpath/steps/pinned.h"
#include "tools/slowpath/steps/steps.h"
#include "tools/slowpath/steps/umap.h"

#define ADMITTED (-1) /* bpf/pkt.h */
#define POLICE_PASS 0 /* bpf/police.h */
#define LOOK_NS 200000ULL

struct request {
	__u8 eth[14];
	struct xsw_request_head head;
	union {
		struct xsw_request_learn learn;
		struct xsw_request_police police;
		struct xsw_request_count count[XSW_REQUEST_COUNTS];
	};
} __attribute__((packed));

struct request_frame {
	__u8 eth[14];
	struct xsw_request_head head;
	struct xsw_request_capture ask;
	__u8 bytes[XSW_REQUEST_CAUGHT];
} __attribute__((packed));

static char request_dir[sizeof(((struct xsw_switch_handle *)0)->dir)];
static int request_prog = -1;
static const struct umap *stats, *vlan_stats;

/* Return: the program's answer, or -errno in @err. */
static int request_ask(struct request *r, __u32 what, __u32 n, size_t body, int *err)
{
	LIBBPF_OPTS(bpf_test_run_opts, opts, .data_in = r,
		    .data_size_in = sizeof(r->eth) + sizeof(r->head) + body, .repeat = 1);

	memset(r->eth, 0, sizeof(r->eth));
	r->head.what = what;
	r->head.n = n;
	*err = bpf_prog_test_run_opts(request_prog, &opts) ? -errno : 0;
	return opts.retval;
}

static int request_learn(const struct xsw_request_learn *ask)
{
	struct request r;
	int err, answer;

	r.learn = *ask;
	answer = request_ask(&r, XSW_REQUEST_LEARN, 1, sizeof(r.learn), &err);
	return err ? ADMITTED : answer;
}

static int request_police(const struct xsw_request_police *ask)
{
	struct request r;
	int err, answer;

	r.police = *ask;
	answer = request_ask(&r, XSW_REQUEST_POLICE, 1, sizeof(r.police), &err);
	return err ? POLICE_PASS : answer;
}

/* A frame as the request that hands it over: up to XSW_REQUEST_CAUGHT bytes of its pieces */
static void request_fill(__u8 *to, __u32 left, const struct steps_frame *f)
{
	struct steps_piece piece = { f->data, f->end - f->data };

	for (__u32 i = 0;; piece = f->pieces[i++]) {
		__u32 n = piece.len < left ? piece.len : left;

		memcpy(to, piece.data, n);
		to += n;
		left -= n;
		if (!left || i == f->n_pieces)
			return;
	}
}

/* Frame by frame: a process that switches while somebody captures is slower. */
static void request_capture(const struct xsw_request_capture *ask, const struct steps_frame *f)
{
	struct request_frame r;
	LIBBPF_OPTS(bpf_test_run_opts, opts, .data_in = &r,
		    .data_size_in = offsetof(struct request_frame, bytes) + ask->caught,
		    .repeat = 1);

	memset(r.eth, 0, sizeof(r.eth));
	r.head = (struct xsw_request_head){ .what = XSW_REQUEST_CAPTURE, .n = 1 };
	r.ask = *ask;
	if (f)
		request_fill(r.bytes, ask->caught, f);
	bpf_prog_test_run_opts(request_prog, &opts);
}

static const struct request_ops ops = { request_learn, request_police, request_capture };

int request_begin(const struct xsw_switch_handle *sw)
{
	strcpy(request_dir, sw->dir);
	request_prog = prog_get(sw->dir, "prog_user");
	if (request_prog < 0) {
		xsw_fail(request_prog, "switch", sw->name, "no program: %s",
			 strerror(-request_prog));
		xsw_remedy("xsw switch upgrade %s", sw->name);
		return request_prog;
	}
	stats = umap_by_name("xsw_stats");
	vlan_stats = umap_by_name("xsw_vlan_stats");
	request_ops = &ops;
	return 0;
}

void request_follow(void)
{
	int fd = prog_get(request_dir, "prog_user");

	if (fd < 0)
		return;
	dup3(fd, request_prog, O_CLOEXEC);
	close(fd);
	umap_pinned_upgraded();
}

void request_look(void)
{
	static __u64 looked_ns;
	__u64 now = umap_clock_now(), was = __atomic_load_n(&looked_ns, __ATOMIC_RELAXED);
	struct request r;
	int err;

	if (now - was < LOOK_NS || !umap_pinned_looks() ||
	    !__atomic_compare_exchange_n(&looked_ns, &was, now, false, __ATOMIC_RELAXED,
					 __ATOMIC_RELAXED))
		return;
	request_ask(&r, XSW_REQUEST_LOOK, 0, 0, &err);
}

/* ---- counters */

static __thread struct request counts;
static __thread __u32 n_counts;

static void counts_send(void)
{
	int err;

	if (n_counts)
		request_ask(&counts, XSW_REQUEST_COUNT, n_counts,
			    n_counts * sizeof(counts.count[0]), &err);
	n_counts = 0;
}

/* The words of one element that have changed; they begin anew. */
static void counts_of(__u16 of, __u32 index, __u64 *words, __u32 n)
{
	for (__u32 i = 0; i < n; i++) {
		if (!words[i])
			continue;
		if (n_counts == XSW_REQUEST_COUNTS)
			counts_send();
		counts.count[n_counts++] = (struct xsw_request_count){
			.of = of, .word = i, .index = index, .n = words[i]
		};
		words[i] = 0;
	}
}

static void counts_collect(__u16 of, const struct umap *map)
{
	struct umap_local *l = &umap_here[map->number];

	while (l->n) {
		__u32 index = l->list[--l->n];

		l->touched[index] = 0;
		counts_of(of, index, (void *)(l->data + (size_t)index * map->stride),
			  map->value_size / sizeof(__u64));
	}
}

bool request_has_counted(void)
{
	return umap_here[stats->number].n || umap_here[vlan_stats->number].n;
}

void request_flush(void)
{
	counts_collect(XSW_REQUEST_OF_PORT, stats);
	counts_collect(XSW_REQUEST_OF_VLAN, vlan_stats);
	counts_send();
}
