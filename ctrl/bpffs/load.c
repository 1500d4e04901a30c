// SPDX-License-Identifier: GPL-2.0
/* Load the programs and maps of a switch and pin them. The only user of the
 * skeleton; runs for `switch add` and upgrades, never per port.
 */
#include "ctrl/bpffs/load.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <linux/bpf.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "ctrl/base/error.h"
#include "ctrl/bpffs/known_maps.h"
#include "ctrl/bpffs/layout.h"
#include "ctrl/bpffs/pin.h"
#include "ctrl/bpffs/segments.h"
#include "ctrl/bpffs/timer.h"
#include "ctrl/kernel/btf_facts.h"
#include "maps/capture.h"
#include "maps/fdb.h"
#include "maps/punt.h"
#include "xsw.skel.h"

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
	if (err == EPERM || (err == EACCES && geteuid())) /* root: refused by the verifier */
		xsw_remedy("needs root, or CAP_BPF, CAP_NET_ADMIN and CAP_SYS_ADMIN");
	else
		xsw_remedy("'xsw -d' shows the kernel's log; 'xsw check' what this host lacks");
	return -err;
}

/* Global data of the object is not pinned, nor is what its programs remember for a moment:
 * a new version brings its own.
 */
static bool is_table(const struct bpf_map *map)
{
	return !bpf_map__is_internal(map) && strcmp(bpf_map__name(map), "xsw_cache") &&
	       strcmp(bpf_map__name(map), "xsw_copies");
}

static int load_pin_maps(struct xsw_bpf *skel, const char *dir)
{
	struct bpf_map *map;
	int err;

	bpf_object__for_each_map(map, skel->obj) {
		if (!is_table(map) || pin_exists(dir, bpf_map__name(map)))
			continue;
		err = map_check(dir, bpf_map__name(map), bpf_map__fd(map));
		if (err) /* ctrl/bpffs/known_maps.c says it is another */
			return err;
		err = pin_put(bpf_map__fd(map), dir, bpf_map__name(map));
		if (err)
			return err;
	}
	return 0;
}

/* Is @map a table that a switch in @from has otherwise? Then there is a new one. */
static bool is_remade(const struct bpf_map *map, const char *from)
{
	return layout_remakes(layout_of(from), bpf_map__name(map));
}

static int load_reuse_maps(struct xsw_bpf *skel, const char *dir)
{
	struct bpf_map *map;
	int err, fd;

	bpf_object__for_each_map(map, skel->obj) {
		if (!is_table(map) || is_remade(map, dir))
			continue;
		fd = map_get(dir, bpf_map__name(map));
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

/* Fill the tables that are made anew. */
static int load_copy_maps(struct xsw_bpf *skel, const char *from)
{
	struct bpf_map *map;
	int err, fd;

	bpf_object__for_each_map(map, skel->obj) {
		if (!is_remade(map, from))
			continue;
		fd = map_get_read(from, bpf_map__name(map));
		if (fd == -ENOENT) /* an earlier version had none */
			continue;
		if (fd < 0)
			return fd;
		err = layout_copy(layout_of(from), bpf_map__name(map), fd, bpf_map__fd(map));
		close(fd);
		if (err)
			return err;
	}
	return 0;
}

/* What program @i is pinned as until those of another version go: "+prog_xdp". */
struct temporary_pin {
	char name[32];
};

static struct temporary_pin temporary_pin(size_t i)
{
	struct temporary_pin pin;

	snprintf(pin.name, sizeof(pin.name), "+%s", known_progs[i].pin);
	return pin;
}

/* Pin the programs beside those of another version: this can fail. */
static int load_pin_progs(struct xsw_bpf *skel, const char *dir)
{
	for (size_t i = 0; i < KNOWN_PROGS; i++) {
		struct bpf_program *prog =
			bpf_object__find_program_by_name(skel->obj, known_progs[i].name);
		int err = pin_put(bpf_program__fd(prog), dir, temporary_pin(i).name);

		if (err)
			return err;
	}
	return 0;
}

/* Let them take the places of those: this cannot. */
static int load_rename_progs(const char *dir)
{
	int err = 0;

	for (size_t i = 0; i < KNOWN_PROGS && !err; i++)
		err = pin_rename(dir, temporary_pin(i).name, known_progs[i].pin);
	return err;
}

static const char *const tracers[] = { "xmit", "redir", "skb" };
#define TRACERS (sizeof(tracers) / sizeof(*tracers))

static void tracer_pin(char *name, size_t size, __u32 set, size_t i)
{
	snprintf(name, size, "link_loss%u_%s", set, tracers[i]);
}

static int load_trace(struct xsw_bpf *skel, const char *dir, __u32 set)
{
	struct bpf_program *progs[TRACERS] = { skel->progs.xsw_loss_xmit,
					       skel->progs.xsw_loss_redir,
					       skel->progs.xsw_loss_skb };

	for (size_t i = 0; i < TRACERS; i++) {
		struct bpf_link *link = bpf_program__attach(progs[i]);
		char pin[32];
		int err;

		if (!link)
			return -errno;
		tracer_pin(pin, sizeof(pin), set, i);
		err = pin_put(bpf_link__fd(link), dir, pin);
		bpf_link__destroy(link); /* the pin keeps it */
		if (err)
			return err;
	}
	return 0;
}

bool load_tracers_there(const char *dir, __u32 tracer)
{
	char pin[32];

	tracer_pin(pin, sizeof(pin), tracer, 0);
	return pin_exists(dir, pin);
}

void load_tracers_remove(const char *dir, __u32 tracer)
{
	for (size_t i = 0; i < TRACERS; i++) {
		char pin[32];

		tracer_pin(pin, sizeof(pin), tracer, i);
		pin_remove(dir, pin);
	}
}

/* What runs beside the ports: ageing and the loss programs. */
static int load_start(const char *name, const char *dir, struct xsw_bpf *skel, __u32 tracer)
{
	int err;

	/* Ageing runs by itself from here on; the map of the timer must be pinned. */
	err = timer_start(bpf_program__fd(skel->progs.xsw_timer_start));
	if (err)
		return load_fail(err, name, "cannot start the ageing timer");
	err = load_trace(skel, dir, tracer);
	if (err)
		return load_fail(err, name, "cannot attach to the tracepoints of lost frames");
	return 0;
}

/* Events: one element a CPU, and the controller's. Punting, capturing: one a CPU and reader. */
static int load_size_by_cpus(struct xsw_bpf *skel)
{
	int cpus = libbpf_num_possible_cpus(), err;

	if (cpus < 0)
		return cpus;
	err = bpf_map__set_max_entries(skel->maps.xsw_event, cpus + 1);
	if (!err)
		err = bpf_map__set_max_entries(skel->maps.xsw_punt_out, XSW_PUNT_OUT(0, cpus));
	if (!err)
		err = bpf_map__set_max_entries(skel->maps.xsw_capture_out,
					       XSW_CAPTURE_RING(0, cpus));
	return err;
}

static void load_kernel_facts(struct xsw_bpf *skel)
{
	struct kernel_facts facts;

	kernel_facts_read(&facts);
	skel->rodata->xsw_can_cast = facts.can_cast;
	skel->rodata->xsw_veth_skb = facts.veth_skb;
	skel->rodata->xsw_veth_rq = facts.veth_rq;
	skel->rodata->xsw_veth_rq_size = facts.veth_rq_size;
	if (!facts.gso.tcp4)
		return;
	skel->rodata->xsw_gso_tcp4 = facts.gso.tcp4;
	skel->rodata->xsw_gso_tcp6 = facts.gso.tcp6;
	skel->rodata->xsw_gso_dodgy = facts.gso.dodgy;
	skel->rodata->xsw_gso_sctp = facts.gso.sctp;
	skel->rodata->xsw_gso_udp = facts.gso.udp;
	skel->rodata->xsw_gso_udp_l4 = facts.gso.udp_l4;
}

/* The object, set for this kernel; NULL with the error set. */
static struct xsw_bpf *load_open(const char *name)
{
	struct xsw_bpf *skel = xsw_bpf__open();
	int err;

	if (!skel) {
		load_fail(errno, name, "cannot open the BPF object");
		return NULL;
	}
	err = load_size_by_cpus(skel);
	if (err) {
		load_fail(err, name, "cannot tell the number of CPUs");
		xsw_bpf__destroy(skel);
		return NULL;
	}
	load_kernel_facts(skel);
	return skel;
}

/* The programs, and the maps that are not pinned yet. */
static int load_pin_all(const char *name, struct xsw_bpf *skel, const char *dir)
{
	int err;

	err = load_pin_maps(skel, dir);
	if (!err)
		err = load_pin_progs(skel, dir);
	return err ? load_fail(err, name, "cannot pin") : 0;
}

int load_commit(const char *name, const char *dir, const struct load *load)
{
	int err = load->skel ? load_pin_maps(load->skel, dir) : 0;

	if (!err)
		err = load_rename_progs(dir);
	pin_remove(dir, "xsw_cache"); /* earlier versions shared it */
	return err ? load_fail(err, name, "cannot pin, or rename its pins") : 0;
}

int load_new(const char *name, const char *dir, __u32 fdb_max)
{
	struct xsw_bpf *skel;
	int err;

	skel = load_open(name);
	if (!skel)
		return -ENOEXEC;
	err = xsw_bpf__load(skel);
	if (err)
		err = load_fail(err, name, "cannot load the BPF programs");
	if (!err) {
		err = segments_begin(bpf_map__fd(skel->maps.xsw_fdb),
				     bpf_map__fd(skel->maps.xsw_fdb_count), fdb_max);
		if (err)
			load_fail(err, name, "cannot make the forwarding database");
	}
	if (!err) {
		err = load_pin_all(name, skel, dir);
	}
	if (!err)
		err = load_start(name, dir, skel, 0);
	if (!err)
		err = load_commit(name, dir, &(struct load){});
	xsw_bpf__destroy(skel);
	return err;
}

/* Load the programs of this version over the maps that are pinned in @from. @entries: of the FDB */
static int load_over(const char *name, struct xsw_bpf *skel, const char *from, __u32 entries)
{
	int err = load_reuse_maps(skel, from);

	if (err)
		return load_fail(err, name, "its maps do not fit the programs of this version");
	err = xsw_bpf__load(skel);
	if (err)
		return load_fail(err, name, "cannot load the BPF programs");
	err = load_copy_maps(skel, from);
	if (err)
		return load_fail(err, name, "cannot copy its maps");
	if (!layout_has_shards(layout_of(from)))
		return 0;
	err = segments_begin(bpf_map__fd(skel->maps.xsw_fdb), bpf_map__fd(skel->maps.xsw_fdb_count),
			     entries);
	return err ? load_fail(err, name, "cannot make the forwarding database") : 0;
}

int load_upgrade(const char *name, const char *from, const char *to, __u32 entries, __u32 tracer,
		 struct load *load)
{
	struct xsw_bpf *skel;
	int err;

	memset(load, 0, sizeof(*load));
	skel = load_open(name);
	if (!skel)
		return -ENOEXEC;
	load->skel = skel;
	load->tracer = !tracer;
	skel->rodata->xsw_tracer = load->tracer;
	err = load_over(name, skel, from, entries);
	if (err)
		goto out;
	/* New maps are pinned once the programs run: a pin tells commands that they count. */
	err = load_pin_progs(skel, to);
	if (err)
		load_fail(err, name, "cannot pin");
	else
		err = load_start(name, to, skel, load->tracer);
	if (err)
		goto out;
	load->xdp = bpf_program__fd(skel->progs.xsw_xdp);
	load->tc = bpf_program__fd(skel->progs.xsw_tc);
	load->egress = bpf_program__fd(skel->progs.xsw_egress);
	load->members = bpf_map__fd(skel->maps.xsw_members);
	load->user = bpf_program__fd(skel->progs.xsw_user);
	return 0;
out:
	load_abort(from, to, load);
	return err;
}

void load_timer_restart(const char *dir)
{
	int prog = prog_get(dir, "prog_timer");

	timer_start(prog);
	close(prog);
}

void load_abort(const char *from, const char *to, struct load *load)
{
	load_timer_restart(from);
	load_tracers_remove(to, load->tracer);
	for (size_t i = 0; i < KNOWN_PROGS; i++)
		pin_remove(to, temporary_pin(i).name);
	load_free(load);
}

void load_free(struct load *load)
{
	xsw_bpf__destroy(load->skel);
	load->skel = NULL;
}
