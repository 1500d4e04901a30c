// SPDX-License-Identifier: GPL-2.0
#include "ctrl/kernel/perf_rings.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <linux/perf_event.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "ctrl/base/clock.h"
#include "ctrl/kernel/cpu_watch.h"

#define SETTLE_NS (2 * NS_PER_MS) /* records of other CPUs that are older have arrived by then */
#define EVENT_MAX 65536

/* One CPU's ring of a map. What is between @at and @end is to be read. */
struct ring {
	int fd; /* -1: there is none */
	struct perf_event_mmap_page *head;
	const char *data;
	__u64 at, end;
	__u64 time_ns; /* of the record at @at */
	__u32 len;     /* of the same, without its header; 0: nothing is left */
	const char *record;
	char *joined; /* a record whose end stands in front of its begin */
};

struct source {
	int map;
	__u32 first, step;
	void *owner;
	struct ring *ring; /* by CPU */
};

struct perf_rings {
	size_t bytes;
	perf_record_fn record;
	int possible; /* CPUs */
	int cpus;     /* tells of those that are switched on, -1: nothing does */
	struct source *source;
	int n;
	bool stopped;
};

/* ---- opening ---- */

int perf_rings_open(size_t bytes, perf_record_fn record, struct perf_rings **rings)
{
	struct perf_rings *r = calloc(1, sizeof(*r));

	*rings = r;
	if (!r)
		return -ENOMEM;
	for (r->bytes = sysconf(_SC_PAGESIZE); r->bytes < bytes; r->bytes *= 2)
		;
	r->record = record;
	r->cpus = cpu_watch_open(); /* before we look which ones run: none comes in between */
	r->possible = libbpf_num_possible_cpus();
	return 0;
}

static void ring_close(const struct perf_rings *rings, struct ring *ring)
{
	if (ring->head)
		munmap(ring->head, rings->bytes + sysconf(_SC_PAGESIZE));
	if (ring->fd >= 0)
		close(ring->fd);
	free(ring->joined);
	*ring = (struct ring){ .fd = -1 };
}

void perf_rings_close(struct perf_rings *rings)
{
	if (!rings)
		return;
	for (int i = 0; i < rings->n; i++) {
		for (int cpu = 0; cpu < rings->possible; cpu++)
			ring_close(rings, &rings->source[i].ring[cpu]);
		free(rings->source[i].ring);
	}
	if (rings->cpus >= 0)
		close(rings->cpus);
	free(rings->source);
	free(rings);
}

static int ring_event(int cpu, size_t bytes)
{
	struct perf_event_attr attr = {
		.size = sizeof(attr),
		.type = PERF_TYPE_SOFTWARE,
		.config = PERF_COUNT_SW_BPF_OUTPUT,
		.sample_type = PERF_SAMPLE_RAW,
		.sample_period = 1,
		.watermark = 1,
		.wakeup_watermark = bytes / 4,
	};

	return syscall(SYS_perf_event_open, &attr, -1, cpu, -1, PERF_FLAG_FD_CLOEXEC);
}

static int ring_open(const struct perf_rings *rings, const struct source *s, int cpu)
{
	struct ring *ring = &s->ring[cpu];
	__u32 key = s->first + cpu * s->step;
	size_t page = sysconf(_SC_PAGESIZE);

	ring->fd = ring_event(cpu, rings->bytes);
	if (ring->fd < 0)
		return -errno;
	ring->joined = malloc(EVENT_MAX);
	ring->head =
		mmap(NULL, rings->bytes + page, PROT_READ | PROT_WRITE, MAP_SHARED, ring->fd, 0);
	if (ring->head == MAP_FAILED)
		ring->head = NULL;
	if (!ring->joined || !ring->head)
		return -ENOMEM;
	ring->data = (const char *)ring->head + page;
	if (ioctl(ring->fd, PERF_EVENT_IOC_ENABLE, 0) ||
	    bpf_map_update_elem(s->map, &key, &ring->fd, BPF_ANY))
		return -errno;
	return 0;
}

int perf_rings_add(struct perf_rings *rings, int map, __u32 first, __u32 step, void *owner)
{
	struct source *more = realloc(rings->source, (rings->n + 1) * sizeof(*more)), *s;
	int err = 0;

	if (!more)
		return -ENOMEM;
	rings->source = more;
	s = &more[rings->n];
	*s = (struct source){ map, first, step, owner, calloc(rings->possible, sizeof(*s->ring)) };
	if (!s->ring)
		return -ENOMEM;
	rings->n++;
	for (int cpu = 0; cpu < rings->possible; cpu++)
		s->ring[cpu].fd = -1;
	for (int cpu = 0; cpu < rings->possible && !err; cpu++)
		if (cpu_is_on(cpu))
			err = ring_open(rings, s, cpu);
	return err;
}

/* ---- waiting ---- */

/* CPUs were switched on: the rings that they had when they went are of no use any more. */
static void cpus_follow(struct perf_rings *rings)
{
	int cpu;

	while (rings->cpus >= 0 && (cpu = cpu_watch_next(rings->cpus)) >= 0) {
		for (int i = 0; i < rings->n && cpu < rings->possible && cpu_is_on(cpu); i++) {
			struct source *s = &rings->source[i];

			ring_close(rings, &s->ring[cpu]);
			if (ring_open(rings, s, cpu))
				ring_close(rings, &s->ring[cpu]);
		}
	}
}

void perf_rings_wait(struct perf_rings *rings, int ms)
{
	struct pollfd *fds = calloc(1 + rings->n * rings->possible, sizeof(*fds));
	int n = 0;

	if (!fds)
		return;
	fds[n++] = (struct pollfd){ .fd = rings->cpus, .events = POLLIN };
	for (int i = 0; i < rings->n; i++)
		for (int cpu = 0; cpu < rings->possible; cpu++)
			if (rings->source[i].ring[cpu].fd >= 0)
				fds[n++] = (struct pollfd){ .fd = rings->source[i].ring[cpu].fd,
							    .events = POLLIN };
	poll(fds, n, ms);
	free(fds);
}

/* ---- reading ---- */

/* The event at @ring->at in one piece */
static const struct perf_event_header *event_at(const struct perf_rings *rings, struct ring *ring)
{
	size_t at = ring->at & (rings->bytes - 1), head = rings->bytes - at;
	const struct perf_event_header *event = (const void *)(ring->data + at);

	if (event->size <=
	    head) /* a header is never cut: events are of 8 bytes and more of these */
		return event;
	memcpy(ring->joined, event, head);
	memcpy(ring->joined + head, ring->data, event->size - head);
	return (const void *)ring->joined;
}

/* Go on to the next record from @ring->at on, if there is one before the end. */
static void ring_look(const struct perf_rings *rings, struct ring *ring)
{
	const struct {
		struct perf_event_header header;
		__u32 len;
		char record[];
	} * event;

	for (ring->len = 0; ring->at < ring->end; ring->at += event->header.size) {
		event = (const void *)event_at(rings, ring);
		if (event->header.type == PERF_RECORD_SAMPLE && event->len >= sizeof(__u64) &&
		    event->len <= event->header.size - sizeof(*event)) {
			ring->len = event->len;
			ring->record = event->record;
			memcpy(&ring->time_ns, event->record, sizeof(ring->time_ns));
			return;
		}
	}
}

static void ring_end(struct ring *ring)
{
	if (ring->fd >= 0)
		__atomic_store_n(&ring->head->data_tail, ring->at, __ATOMIC_RELEASE);
}

/* Hand over a record, and go on to the next. Now and then the kernel gets back what was read. */
static void ring_take(struct perf_rings *rings, struct source *s, struct ring *ring)
{
	rings->record(s->owner, ring->record, ring->len);
	ring->at += event_at(rings, ring)->size;
	if (ring->at - ring->head->data_tail > rings->bytes / 8)
		ring_end(ring);
	ring_look(rings, ring);
}

static void ring_begin(struct perf_rings *rings, struct ring *ring)
{
	if (ring->fd < 0) {
		ring->len = 0;
		return;
	}
	ring->at = ring->head->data_tail;
	ring->end = __atomic_load_n(&ring->head->data_head, __ATOMIC_ACQUIRE);
	ring_look(rings, ring);
}

/* Begin, or end, reading of all rings. */
static void rings_all(struct perf_rings *rings, bool begins)
{
	for (int i = 0; i < rings->n; i++)
		for (int cpu = 0; cpu < rings->possible; cpu++) {
			if (begins)
				ring_begin(rings, &rings->source[i].ring[cpu]);
			else
				ring_end(&rings->source[i].ring[cpu]);
		}
}

/* The ring with the oldest record, NULL: none is left. @until_ns: result: when another has an older one */
static struct ring *ring_oldest(struct perf_rings *rings, struct source **of, __u64 *until_ns)
{
	struct ring *oldest = NULL;

	for (int i = 0; i < rings->n; i++)
		for (int cpu = 0; cpu < rings->possible; cpu++) {
			struct ring *ring = &rings->source[i].ring[cpu];

			if (!ring->len)
				continue;
			if (!oldest || ring->time_ns < oldest->time_ns) {
				if (oldest && oldest->time_ns < *until_ns)
					*until_ns = oldest->time_ns;
				oldest = ring;
				*of = &rings->source[i];
			} else if (ring->time_ns < *until_ns) {
				*until_ns = ring->time_ns;
			}
		}
	return oldest;
}

int perf_rings_read(struct perf_rings *rings, bool all)
{
	__u64 last_ns = all ? ~0ULL : boot_ns() - SETTLE_NS, until_ns;
	struct source *s = NULL;
	struct ring *ring;
	int n = 0;

	rings->stopped = false;
	rings_all(rings, true);
	while (!rings->stopped) {
		until_ns = last_ns;
		ring = ring_oldest(rings, &s, &until_ns);
		if (!ring || ring->time_ns > last_ns)
			break;
		do {
			ring_take(rings, s, ring);
			n++;
		} while (!rings->stopped && ring->len && ring->time_ns <= until_ns);
	}
	rings_all(rings, false);
	cpus_follow(rings);
	return n;
}

void perf_rings_stop(struct perf_rings *rings)
{
	rings->stopped = true;
}
