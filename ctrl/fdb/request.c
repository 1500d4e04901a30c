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
#include "ctrl/bpffs/port_table.h"
#include "ctrl/fdb/mac_limit.h"
#include "ctrl/fdb/shards.h"

static bool is_learned(const struct xsw_fdb_entry *e)
{
	return e->port && !(e->flags & XSW_FDB_STATIC);
}

static int shard_of(const struct xsw_switch_handle *sw, const struct xsw_fdb_key *key)
{
	return sw->map.fdb_shard[xsw_fdb_shard(key)];
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

/* Return: the answer, -EOPNOTSUPP of a program that does not know @what, -errno. */
static int prog_ask(int prog, __u32 what, const struct xsw_request_fdb *ask, __u32 n)
{
	struct request r = { .head = { .what = what, .n = n } };
	LIBBPF_OPTS(bpf_test_run_opts, opts, .data_in = &r,
		    .data_size_in = offsetof(struct request, fdb[n]), .repeat = 1);

	memcpy(r.fdb, ask, n * sizeof(*ask));
	if (bpf_prog_test_run_opts(prog, &opts))
		return -errno;
	return opts.retval ? (int)opts.retval : -EOPNOTSUPP;
}

static int prog_forget(const struct xsw_switch_handle *sw, const struct xsw_request_fdb *ask,
		       __u32 n, __u32 *done)
{
	int prog = user_get(sw), answer = 0;

	if (prog < 0)
		return prog;
	for (__u32 i = 0, some; i < n; i += some) {
		some = n - i < XSW_REQUEST_FDBS ? n - i : XSW_REQUEST_FDBS;
		answer = prog_ask(prog, XSW_REQUEST_FORGET, ask + i, some);
		if (answer < 0)
			break;
		*done += answer - 1;
	}
	user_put(sw, prog);
	return answer < 0 ? answer : 0;
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
		if (bpf_map_lookup_and_delete_elem(shard_of(sw, &ask[i].key), &ask[i].key, &was))
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
	if (bpf_map_update_elem(shard_of(sw, &ask->key), &ask->key, &ask->next,
				ask->old.port ? BPF_EXIST : BPF_NOEXIST))
		return errno == EEXIST || errno == ENOENT || errno == EBUSY ? -EAGAIN : -errno;
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
	return err == -EOPNOTSUPP ? plain_forget(sw, ask, n, done) : err;
}

int fdb_put(const struct xsw_switch_handle *sw, const struct xsw_request_fdb *ask)
{
	int err = prog_put(sw, ask);

	return err == -EOPNOTSUPP ? plain_put(sw, ask) : err;
}
