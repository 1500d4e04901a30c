// SPDX-License-Identifier: GPL-2.0
/* The reader's side of punting, a library of its own: needs libbpf alone. What a record
 * is, and who reads which ring, stands in maps/punt.h.
 *
 * A folder of the switch, locked, says that a socket has a reader. The lock and the rings
 * end with the process, however it ends.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include "ctrl/punt/xsw-punt.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/if_packet.h>
#include <linux/perf_event.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "ctrl/base/clock.h"
#include "ctrl/bpffs/known_maps.h"
#include "ctrl/bpffs/layout.h"
#include "ctrl/bpffs/pin.h"
#include "ctrl/bpffs/table_use.h"
#include "ctrl/kernel/cpu_watch.h"
#include "maps/limits.h"
#include "maps/port_record.h"
#include "maps/punt.h"

#define RING_BYTES (512 << 10)
#define RING_BYTES_MAX (256 << 20)
#define HEADERS 14 /* addresses and EtherType, where a tag goes in between */
#define TAG 4
#define FRAME_MAX (XSW_PUNT_CAUGHT_MAX + TAG)

struct xsw_punt {
	char lock[PATH_MAX]; /* the folder that is locked */
	int lock_fd;
	int out;  /* xsw_punt_out */
	int meta; /* xsw_meta */
	int send; /* a packet socket, -1: not yet */
	unsigned int number;
	size_t ring_pages;
	int possible;		    /* CPUs */
	int cpus;		    /* tells of those that are switched on, -1: nothing does */
	struct perf_buffer *rings;  /* of those that ran in the beginning */
	struct perf_buffer **later; /* by CPU, of those switched on since */
	struct xsw_port_record port;
	int64_t boot_ns; /* CLOCK_REALTIME when CLOCK_BOOTTIME was 0 */

	/* During xsw_punt_read(): */
	void (*frame)(const struct xsw_punt_frame *frame, void *arg);
	void *arg;
	int frames;
	uint8_t bytes[FRAME_MAX];
};

static __thread char error[320];

__attribute__((format(printf, 2, 3))) static int punt_fail(int err, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	vsnprintf(error, sizeof(error), fmt, args);
	va_end(args);
	return -err;
}

const char *xsw_punt_error(void)
{
	return error;
}

/* ---- opening ---- */

static void dir_of(char *path, size_t size, const char *name)
{
	const char *root = getenv("XSW_BPFFS");

	layout_dir(path, size, root && *root ? root : BPFFS_ROOT, name);
}

static int maps_open(struct xsw_punt *p, const char *name, const char *dir)
{
	p->meta = map_get(dir, "xsw_meta");
	if (p->meta == -ENOENT)
		return punt_fail(ENOENT, "switch '%s': no such switch", name);
	p->out = p->meta < 0 ? p->meta : table_use_get(dir, "xsw_punt_out");
	if (p->out == -ENOENT)
		return punt_fail(EOPNOTSUPP,
				 "switch '%s': runs an earlier version, which does not punt: "
				 "xsw switch upgrade %s",
				 name, name);
	return p->out < 0 ? punt_fail(-p->out, "switch '%s': %s", name, strerror(-p->out)) : 0;
}

static int lock_take(struct xsw_punt *p, const char *name, const char *dir, unsigned int number)
{
	if (snprintf(p->lock, sizeof(p->lock), "%s/socket_%u", dir, number) >= (int)sizeof(p->lock))
		return punt_fail(ENAMETOOLONG, "switch '%s': path too long", name);
	if (mkdir(p->lock, 0700) && errno != EEXIST)
		return punt_fail(errno, "switch '%s': cannot make %s: %s", name, p->lock,
				 strerror(errno));
	p->lock_fd = open(p->lock, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (p->lock_fd < 0)
		return punt_fail(errno, "switch '%s': %s", name, strerror(errno));
	if (!flock(p->lock_fd, LOCK_EX | LOCK_NB))
		return 0;
	if (errno != EWOULDBLOCK)
		return punt_fail(errno, "switch '%s': %s", name, strerror(errno));
	return punt_fail(EBUSY, "switch '%s': another process reads socket %u", name, number);
}

static enum bpf_perf_event_ret record(void *arg, int cpu, struct perf_event_header *event);

/* Rings on @n CPUs, at places @keys of xsw_punt_out; NULL with errno set */
static struct perf_buffer *rings_new(struct xsw_punt *p, int *cpus, int *keys, int n)
{
	struct perf_event_attr attr = {
		.size = sizeof(attr),
		.type = PERF_TYPE_SOFTWARE,
		.config = PERF_COUNT_SW_BPF_OUTPUT,
		.sample_type = PERF_SAMPLE_RAW,
		.sample_period = 1,
		.wakeup_events = 1,
	};
	LIBBPF_OPTS(perf_buffer_raw_opts, opts, .cpu_cnt = n, .cpus = cpus, .map_keys = keys);

	return perf_buffer__new_raw(p->out, p->ring_pages, &attr, record, p, &opts);
}

/* ... on all that run now */
static int rings_make(struct xsw_punt *p)
{
	int *cpus = calloc(2 * p->possible, sizeof(*cpus)), n = 0, err = 0;

	if (!cpus)
		return -ENOMEM;
	for (int cpu = 0; cpu < p->possible; cpu++) {
		if (!cpu_is_on(cpu))
			continue;
		cpus[n] = cpu;
		cpus[p->possible + n++] = XSW_PUNT_OUT(p->number, cpu);
	}
	p->rings = rings_new(p, cpus, cpus + p->possible, n);
	if (!p->rings)
		err = -errno;
	free(cpus);
	return err;
}

static int wakes_us(struct xsw_punt *p, int fd)
{
	struct epoll_event event = { .events = EPOLLIN };

	return epoll_ctl(perf_buffer__epoll_fd(p->rings), EPOLL_CTL_ADD, fd, &event) ? -errno : 0;
}

/* CPUs that are switched on later, if the kernel lets us hear of them. From before we look
 * which ones run: none comes in between.
 */
static int rings_begin(struct xsw_punt *p, size_t bytes)
{
	size_t page = sysconf(_SC_PAGESIZE);
	int err;

	p->possible = libbpf_num_possible_cpus();
	if (p->possible < 0)
		return p->possible;
	for (p->ring_pages = 1; p->ring_pages * page < bytes; p->ring_pages *= 2)
		;
	p->later = calloc(p->possible, sizeof(*p->later));
	if (!p->later)
		return -ENOMEM;
	p->cpus = cpu_watch_open();
	err = rings_make(p);
	return err || p->cpus < 0 ? err : wakes_us(p, p->cpus);
}

/* A CPU was switched on: the ring it had when it went, if any, is of no use any more.
 * Without one its frames are switched, as if nobody read.
 */
static void ring_anew(struct xsw_punt *p, int cpu)
{
	int key = XSW_PUNT_OUT(p->number, cpu);

	if (cpu >= p->possible || !cpu_is_on(cpu))
		return;
	perf_buffer__free(p->later[cpu]);
	p->later[cpu] = rings_new(p, &cpu, &key, 1);
	if (p->later[cpu])
		wakes_us(p, perf_buffer__buffer_fd(p->later[cpu], 0));
}

static void rings_free(struct xsw_punt *p)
{
	perf_buffer__free(p->rings);
	for (int cpu = 0; p->later && cpu < p->possible; cpu++)
		perf_buffer__free(p->later[cpu]);
	free(p->later);
	if (p->cpus >= 0)
		close(p->cpus);
}

static int punt_open(struct xsw_punt *p, const char *name, unsigned int number, size_t ring_bytes)
{
	char dir[PATH_MAX - 32];
	int err;

	if (number >= XSW_PUNT_SOCKETS)
		return punt_fail(EINVAL, "socket %u: must be 0 to %d", number,
				 XSW_PUNT_SOCKETS - 1);
	if (ring_bytes > RING_BYTES_MAX)
		return punt_fail(EINVAL, "a ring of more than %d bytes", RING_BYTES_MAX);
	dir_of(dir, sizeof(dir), name);
	err = maps_open(p, name, dir);
	if (!err)
		err = lock_take(p, name, dir, number);
	if (err)
		return err;
	p->number = number;
	err = rings_begin(p, ring_bytes ? ring_bytes : RING_BYTES);
	if (err)
		return punt_fail(-err, "switch '%s': cannot make rings: %s", name, strerror(-err));
	return 0;
}

int xsw_punt_open(const char *name, unsigned int number, size_t ring_bytes, struct xsw_punt **punt)
{
	struct xsw_punt *p = calloc(1, sizeof(*p));
	int err;

	*punt = NULL;
	if (!p)
		return punt_fail(ENOMEM, "%s", strerror(ENOMEM));
	p->lock_fd = p->out = p->meta = p->send = p->cpus = -1;
	err = punt_open(p, name, number, ring_bytes);
	if (err)
		xsw_punt_close(p);
	else
		*punt = p;
	return err;
}

/* libbpf takes each ring out of the map before it frees it, by the descriptor of the map:
 * which must be ours until then, and not what another thread has opened meanwhile.
 */
void xsw_punt_close(struct xsw_punt *p)
{
	if (!p)
		return;
	rings_free(p);
	if (p->out >= 0)
		close(p->out);
	if (p->meta >= 0)
		close(p->meta);
	if (p->send >= 0)
		close(p->send);
	if (p->lock_fd >= 0)
		close(p->lock_fd);
	free(p);
}

int xsw_punt_fd(const struct xsw_punt *p)
{
	return perf_buffer__epoll_fd(p->rings);
}

int xsw_punt_alive(const struct xsw_punt *p)
{
	struct stat now, locked;

	return !stat(p->lock, &now) && !fstat(p->lock_fd, &locked) && now.st_ino == locked.st_ino;
}

/* ---- reading ---- */

/* Put a tag that the kernel keeps beside the bytes back where it was. */
static void tag_insert(struct xsw_punt *p, const void *data, uint32_t tag, struct xsw_punt_frame *f)
{
	uint8_t raw[TAG] = { tag >> 24, tag >> 16, tag >> 8, tag };
	uint32_t addresses = HEADERS - 2;

	memcpy(p->bytes, data, addresses);
	memcpy(p->bytes + addresses, raw, sizeof(raw));
	memcpy(p->bytes + addresses + sizeof(raw), data + addresses, f->caught - addresses);
	f->data = p->bytes;
	f->caught += sizeof(raw);
}

static void frame_tell(struct xsw_punt *p, const struct xsw_punt_meta *meta, const void *data)
{
	struct xsw_punt_frame f = {
		.data = data,
		.caught = meta->caught,
		.len = meta->len,
		.time_ns = meta->time_ns + p->boot_ns,
		.ifindex = meta->ifindex,
		.port = meta->port,
		.vlan = meta->vlan,
		.gso_size = meta->gso_size,
		.rule = meta->rule,
	};

	if (meta->tag)
		tag_insert(p, data, meta->tag, &f);
	p->frames++;
	p->frame(&f, p->arg);
}

/* Called by libbpf for each record of a ring. What was lost, the switch has counted. */
static enum bpf_perf_event_ret record(void *arg, int cpu, struct perf_event_header *event)
{
	const struct {
		struct perf_event_header header;
		uint32_t size;
		char data[];
	} *sample = (void *)event;
	struct xsw_punt_meta meta;

	(void)cpu;
	if (event->type != PERF_RECORD_SAMPLE || sample->size < sizeof(meta) + HEADERS)
		return LIBBPF_PERF_EVENT_CONT;
	memcpy(&meta, sample->data, sizeof(meta));
	if (meta.caught >= HEADERS && meta.caught <= XSW_PUNT_CAUGHT_MAX &&
	    meta.caught <= sample->size - sizeof(meta))
		frame_tell(arg, &meta, sample->data + sizeof(meta));
	return LIBBPF_PERF_EVENT_CONT;
}

/* Frames of a CPU in their order: what its former ring holds comes first. */
static int rings_read(struct xsw_punt *p)
{
	int err = perf_buffer__consume(p->rings);

	for (int cpu = 0; err >= 0 && cpu < p->possible; cpu++)
		if (p->later[cpu])
			err = perf_buffer__consume(p->later[cpu]);
	return err;
}

static int rings_follow(struct xsw_punt *p)
{
	int err = rings_read(p), cpu;

	if (err < 0 || p->cpus < 0 || (cpu = cpu_watch_next(p->cpus)) < 0)
		return err;
	do {
		ring_anew(p, cpu);
		cpu = cpu_watch_next(p->cpus);
	} while (cpu >= 0);
	return rings_read(p); /* nothing tells of what came before the ring could wake us */
}

int xsw_punt_read(struct xsw_punt *p, void (*frame)(const struct xsw_punt_frame *frame, void *arg),
		  void *arg)
{
	int err;

	p->boot_ns = clock_ns(CLOCK_REALTIME) - boot_ns();
	p->frame = frame;
	p->arg = arg;
	p->frames = 0;
	err = rings_follow(p);
	return err < 0 ? punt_fail(-err, "cannot read: %s", strerror(-err)) : p->frames;
}

const char *xsw_punt_port_name(struct xsw_punt *p, unsigned int port)
{
	uint32_t key = port;

	if (bpf_map_lookup_elem(p->meta, &key, &p->port) || p->port.state != XSW_RECORD_ACTIVE)
		return "";
	return p->port.ifname;
}

/* ---- sending ---- */

int xsw_punt_send(struct xsw_punt *p, uint32_t ifindex, const void *data, size_t len)
{
	struct sockaddr_ll to = { .sll_family = AF_PACKET, .sll_ifindex = ifindex };

	if (p->send < 0)
		p->send = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0);
	if (p->send < 0)
		return punt_fail(errno, "cannot open a packet socket: %s", strerror(errno));
	if (sendto(p->send, data, len, MSG_DONTWAIT, (struct sockaddr *)&to, sizeof(to)) < 0)
		return punt_fail(errno, "cannot send: %s", strerror(errno));
	return 0;
}
