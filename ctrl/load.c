// SPDX-License-Identifier: GPL-2.0
/* Load the programs and maps of a switch and pin them. The only user of the
 * skeleton; runs for `switch add` and upgrades, never per port.
 */
#include "ctrl/load.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <linux/bpf.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "ctrl/error.h"
#include "ctrl/pin.h"
#include "ctrl/switch.h"
#include "maps/fdb.h"
#include "xsw.skel.h"

#define FRAME_LEN 64 /* BPF_PROG_RUN wants at least a header */

static bool verbose;

static int load_print(enum libbpf_print_level level, const char *fmt, va_list ap)
{
	(void)level;
	return verbose ? vfprintf(stderr, fmt, ap) : 0;
}

__attribute__((constructor)) static void load_quiet(void)
{
	libbpf_set_print(load_print);
}

void xsw_log_verbose(bool on)
{
	verbose = on;
}

static int load_fail(int err, const char *name, const char *what)
{
	err = err < 0 ? -err : err;
	xsw_fail(err, "switch", name, "%s: %s", what, strerror(err));
	if (err == EPERM || err == EACCES)
		xsw_remedy("needs root, or CAP_BPF, CAP_NET_ADMIN and CAP_SYS_ADMIN");
	else
		xsw_remedy("'xsw -d' shows the kernel's log; 'xsw check' what this host lacks");
	return -err;
}

int load_fdb_shard(__u32 fdb_max)
{
	LIBBPF_OPTS(bpf_map_create_opts, opts, .map_flags = BPF_F_NO_PREALLOC);
	int fd;

	fd = bpf_map_create(BPF_MAP_TYPE_HASH, "xsw_fdb_shard", sizeof(struct xsw_fdb_key),
			    sizeof(struct xsw_fdb_entry), xsw_fdb_shard_size(fdb_max), &opts);
	return fd < 0 ? -errno : fd;
}

static int load_fdb(int outer, __u32 fdb_max)
{
	for (__u32 i = 0; i < XSW_FDB_SHARDS; i++) {
		int fd = load_fdb_shard(fdb_max), err = 0;

		if (fd < 0)
			return fd;
		if (bpf_map_update_elem(outer, &i, &fd, BPF_ANY))
			err = -errno;
		close(fd);
		if (err)
			return err;
	}
	return 0;
}

/* Global data of the object is not pinned: a new version brings its own. */
static bool is_table(const struct bpf_map *map)
{
	return !bpf_map__is_internal(map);
}

static int load_pin_maps(struct xsw_bpf *skel, const char *dir)
{
	struct bpf_map *map;
	int err;

	bpf_object__for_each_map(map, skel->obj) {
		if (!is_table(map) || pin_exists(dir, bpf_map__name(map)))
			continue;
		err = pin_put(bpf_map__fd(map), dir, bpf_map__name(map));
		if (err)
			return err;
	}
	return 0;
}

static int load_reuse_maps(struct xsw_bpf *skel, const char *dir)
{
	struct bpf_map *map;
	int err, fd;

	bpf_object__for_each_map(map, skel->obj) {
		if (!is_table(map))
			continue;
		fd = pin_get(dir, bpf_map__name(map));
		if (fd == -ENOENT)
			continue;
		if (fd < 0)
			return fd;
		err = bpf_map__reuse_fd(map, fd);
		close(fd);
		if (err)
			return err;
	}
	return 0;
}

static int load_pin_progs(struct xsw_bpf *skel, const char *dir)
{
	const struct {
		const struct bpf_program *prog;
		const char *pin, *temporary;
	} pins[] = {
		{ skel->progs.xsw_xdp, "prog_xdp", "+prog_xdp" },
		{ skel->progs.xsw_tc, "prog_tc", "+prog_tc" },
		{ skel->progs.xsw_egress, "prog_egress", "+prog_egress" },
		{ skel->progs.xsw_timer_start, "prog_timer", "+prog_timer" },
	};

	for (size_t i = 0; i < sizeof(pins) / sizeof(*pins); i++) {
		int err = pin_put(bpf_program__fd(pins[i].prog), dir, pins[i].temporary);

		if (!err)
			err = pin_rename(dir, pins[i].temporary, pins[i].pin);
		if (err)
			return err;
	}
	return 0;
}

/* Ageing runs by itself from here on; the map of the timer must be pinned. */
static int load_start_timer(struct xsw_bpf *skel)
{
	unsigned char frame[FRAME_LEN] = {};
	LIBBPF_OPTS(bpf_test_run_opts, opts, .data_in = frame, .data_size_in = sizeof(frame),
		    .repeat = 1);

	if (bpf_prog_test_run_opts(bpf_program__fd(skel->progs.xsw_timer_start), &opts))
		return -errno;
	return opts.retval ? -EIO : 0;
}

/* A tracing link takes no new program, so an upgrade replaces the link. */
static int load_trace(struct bpf_program *prog, const char *dir, const char *pin)
{
	struct bpf_link *link;
	int err;

	pin_remove(dir, pin);
	link = bpf_program__attach(prog);
	if (!link)
		return -errno;
	err = pin_put(bpf_link__fd(link), dir, pin);
	bpf_link__destroy(link); /* the pin keeps it */
	return err;
}

static int load_trace_all(struct xsw_bpf *skel, const char *dir)
{
	int err;

	err = load_trace(skel->progs.xsw_loss_xmit, dir, "link_loss_xmit");
	if (!err)
		err = load_trace(skel->progs.xsw_loss_redir, dir, "link_loss_redir");
	if (!err)
		err = load_trace(skel->progs.xsw_loss_skb, dir, "link_loss_skb");
	return err;
}

static int load_pin(const char *name, const char *dir, struct xsw_bpf *skel)
{
	int err;

	err = load_pin_maps(skel, dir);
	if (!err)
		err = load_pin_progs(skel, dir);
	if (err)
		return load_fail(err, name, "cannot pin");
	err = load_start_timer(skel);
	if (err)
		return load_fail(err, name, "cannot start the ageing timer");
	err = load_trace_all(skel, dir);
	if (err)
		return load_fail(err, name, "cannot attach to the tracepoints of lost frames");
	return 0;
}

int load_new(const char *name, const char *dir, __u32 fdb_max)
{
	struct xsw_bpf *skel;
	int err;

	skel = xsw_bpf__open();
	if (!skel)
		return load_fail(errno, name, "cannot open the BPF object");
	err = xsw_bpf__load(skel);
	if (err)
		err = load_fail(err, name, "cannot load the BPF programs");
	if (!err) {
		err = load_fdb(bpf_map__fd(skel->maps.xsw_fdb), fdb_max);
		if (err)
			load_fail(err, name, "cannot make the forwarding database");
	}
	if (!err)
		err = load_pin(name, dir, skel);
	xsw_bpf__destroy(skel);
	return err;
}

int load_upgrade(const char *name, const char *dir, struct load *load)
{
	struct xsw_bpf *skel;
	int err;

	memset(load, 0, sizeof(*load));
	skel = xsw_bpf__open();
	if (!skel)
		return load_fail(errno, name, "cannot open the BPF object");
	err = load_reuse_maps(skel, dir);
	if (err) {
		err = load_fail(err, name, "its maps do not fit the programs of this version");
		goto out;
	}
	err = xsw_bpf__load(skel);
	if (err) {
		err = load_fail(err, name, "cannot load the BPF programs");
		goto out;
	}
	load->skel = skel;
	load->xdp = bpf_program__fd(skel->progs.xsw_xdp);
	load->tc = bpf_program__fd(skel->progs.xsw_tc);
	load->egress = bpf_program__fd(skel->progs.xsw_egress);
	return 0;
out:
	xsw_bpf__destroy(skel);
	return err;
}

int load_commit(const char *name, const char *dir, struct load *load)
{
	return load_pin(name, dir, load->skel);
}

void load_free(struct load *load)
{
	xsw_bpf__destroy(load->skel);
	load->skel = NULL;
}
