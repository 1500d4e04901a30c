// SPDX-License-Identifier: GPL-2.0
/* Requests to program xsw_user, and what does without it. */
#include "ctrl/fdb/request.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "ctrl/bpffs/decisions.h"
#include "ctrl/bpffs/kept.h"
#include "ctrl/bpffs/known_maps.h"
#include "ctrl/bpffs/layout.h"
#include "ctrl/bpffs/port_table.h"
#include "ctrl/fdb/buckets.h"
#include "ctrl/fdb/mac_limit.h"
#include "ctrl/fdb/shards.h"

static bool is_learned(const struct xsw_fdb_entry *e)
{
	return e->port && !(e->flags & XSW_FDB_STATIC);
}

/* ---- by the program */

struct request {
	__u8 eth[14];
	struct xsw_request_head head;
	struct xsw_request_fdb fdb[XSW_REQUEST_FDBS];
} __attribute__((packed));

/* Return: descriptor, -EOPNOTSUPP of an earlier version, -errno. */
static int user_get(const struct xsw_switch_handle *sw)
{
	int prog = sw->kept && sw->kept->prog_user >= 0 ? sw->kept->prog_user :
							  prog_get(sw->dir, "prog_user");

	if (sw->kept && prog >= 0)
		sw->kept->prog_user = prog;
	return prog == -ENOENT ? -EOPNOTSUPP : prog;
}

static void user_put(const struct xsw_switch_handle *sw, int prog)
{
	if (!sw->kept)
		close(prog);
}

/* @r: a request with @n entries.
 * Return: the answer, -EOPNOTSUPP of a program that does not know the request, -errno.
 */
static int prog_run(int prog, struct request *r, __u32 n)
{
	LIBBPF_OPTS(bpf_test_run_opts, opts, .data_in = r,
		    .data_size_in = offsetof(struct request, fdb[n]), .repeat = 1);

	if (bpf_prog_test_run_opts(prog, &opts))
		return -errno;
	return opts.retval ? (int)opts.retval : -EOPNOTSUPP;
}

static int prog_ask(int prog, __u32 what, const struct xsw_request_fdb *ask, __u32 n)
{
	struct request r = { .head = { .what = what, .n = n } };

	memcpy(r.fdb, ask, n * sizeof(*ask));
	return prog_run(prog, &r, n);
}

/* Ask for all of @ask. @done: raised by what the answers say */
static int prog_ask_many(int prog, __u32 what, const struct xsw_request_fdb *ask, __u32 n,
			 __u32 *done)
{
	int answer = 0;

	for (__u32 i = 0, some; i < n; i += some) {
		some = n - i < XSW_REQUEST_FDBS ? n - i : XSW_REQUEST_FDBS;
		answer = prog_ask(prog, what, ask + i, some);
		if (answer < 0)
			return answer;
		*done += answer - 1;
	}
	return 0;
}

static int prog_forget(const struct xsw_switch_handle *sw, const struct xsw_request_fdb *ask,
		       __u32 n, __u32 *done)
{
	int prog = user_get(sw), err;

	if (prog < 0)
		return prog;
	err = prog_ask_many(prog, XSW_REQUEST_FORGET, ask, n, done);
	user_put(sw, prog);
	return err;
}

int fdb_merge(int prog, const struct xsw_request_fdb *ask, __u32 n)
{
	__u32 done = 0;

	return prog_ask_many(prog, XSW_REQUEST_MERGE, ask, n, &done);
}

static int prog_put(const struct xsw_switch_handle *sw, const struct xsw_request_fdb *ask)
{
	int prog = user_get(sw), answer;

	if (prog < 0)
		return prog;
	answer = prog_ask(prog, XSW_REQUEST_PUT, ask, 1);
	user_put(sw, prog);
	switch (answer) {
	case XSW_REQUEST_PUT_DONE:
		return 0;
	case XSW_REQUEST_PUT_CHANGED:
		return -EAGAIN;
	case XSW_REQUEST_PUT_FULL:
		return -ENOSPC;
	case XSW_REQUEST_PUT_NO_ROOM:
		return -E2BIG;
	}
	return answer < 0 ? answer : -EPROTO;
}

#define FIT_BUCKETS 4096 /* at a time, a millisecond or less */
/* More than the largest table needs: entries that keep changing places with each other end no round. */
#define FIT_ROUNDS 1024

void fdb_fit(const struct xsw_switch_handle *sw)
{
	struct request r = { .head = { .what = XSW_REQUEST_FIT, .n = FIT_BUCKETS } };
	int prog = user_get(sw);

	if (prog < 0)
		return;
	for (int i = 0; i < FIT_ROUNDS && prog_run(prog, &r, 0) > 1; i++)
		;
	user_put(sw, prog);
}

/* Programs of an earlier version answer that they do not know the request. */
void ports_look(const struct xsw_switch_handle *sw)
{
	static const struct xsw_request_fdb none;
	int prog = user_get(sw);

	if (prog < 0)
		return;
	prog_ask(prog, XSW_REQUEST_LOOK, &none, 0);
	user_put(sw, prog);
}

/* ---- by system calls */

static void counts_add(const struct xsw_switch_handle *sw, const struct xsw_fdb_entry *e, int n)
{
	if (!is_learned(e))
		return;
	guard_learned_add(sw, e->port, n);
	fdb_count_add(sw, n, NULL);
}

static int plain_forget(const struct xsw_switch_handle *sw, const struct xsw_request_fdb *ask,
			__u32 n, __u32 *done)
{
	struct xsw_fdb_entry was;

	for (__u32 i = 0; i < n; i++) {
		if (shards_delete(sw, &ask[i].key, &was))
			continue;
		counts_add(sw, &was, -1);
		++*done;
	}
	return decisions_void(sw);
}

static int plain_put(const struct xsw_switch_handle *sw, const struct xsw_request_fdb *ask)
{
	struct xsw_switch conf;
	__s64 learned;
	int err;

	err = switch_read(sw, &conf);
	if (!err)
		err = fdb_count_add(sw, 0, &learned);
	if (err)
		return err;
	if (is_learned(&ask->next) && !is_learned(&ask->old) && learned >= conf.fdb_max)
		return -ENOSPC;
	err = shards_update(sw, &ask->key, &ask->next, ask->old.port ? BPF_EXIST : BPF_NOEXIST);
	if (err)
		return err == -EEXIST || err == -ENOENT || err == -EBUSY ? -EAGAIN : err;
	counts_add(sw, &ask->next, 1);
	counts_add(sw, &ask->old, -1);
	return decisions_void(sw);
}

/* ---- */

int fdb_forget(const struct xsw_switch_handle *sw, const struct xsw_request_fdb *ask, __u32 n,
	       __u32 *done)
{
	int err;

	*done = 0;
	err = prog_forget(sw, ask, n, done);
	return err == -EOPNOTSUPP && layout_has_shards(sw->layout) ?
		       plain_forget(sw, ask, n, done) :
		       err;
}

/* A static entry finds room whatever fdb_max is: the table is made larger for it. */
static int put_with_room(const struct xsw_switch_handle *sw, const struct xsw_request_fdb *ask)
{
	int err = prog_put(sw, ask);

	while (err == -E2BIG && !buckets_double(sw))
		err = prog_put(sw, ask);
	return err;
}

int fdb_put(const struct xsw_switch_handle *sw, const struct xsw_request_fdb *ask)
{
	int err = ask->next.flags & XSW_FDB_STATIC && !layout_has_shards(sw->layout) ?
			  put_with_room(sw, ask) :
			  prog_put(sw, ask);

	return err == -EOPNOTSUPP && layout_has_shards(sw->layout) ? plain_put(sw, ask) : err;
}
