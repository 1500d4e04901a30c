// SPDX-License-Identifier: GPL-2.0
/* Events: the rings of a switch, mapped. See maps/event.h for who writes what in
 * which order; nothing here waits for a writer.
 */
#include "ctrl/stats/event.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ctrl/base/clock.h"
#include "ctrl/bpffs/kept.h"
#include "ctrl/bpffs/pin.h"
#include "ctrl/bpffs/table_use.h"
#include "ctrl/stats/event_write.h"

/* An event that is half written is waited for so many calls, then given up: a
 * command was killed.
 */
#define PATIENCE 20

/* Where a reader is in one ring. */
struct cursor {
	__u32 next;  /* number of the event to be read next */
	__u32 calls; /* for which it has been half written */
};

struct xsw_events {
	struct xsw_event_cpu *cpu;
	__u32 cpus; /* the controller's included */
	size_t size;
	char dir[PATH_MAX];
	ino_t ino; /* of the pin */
	struct cursor (*cursor)[XSW_EVENT_RINGS];
	struct xsw_event *list; /* room for all rings */
};

static const __u32 ring_slots[XSW_EVENT_RINGS] = { XSW_EVENT_SLOTS_FDB, XSW_EVENT_SLOTS_RARE };

/* ---- opening ---- */

/* Map the rings. Read access to the pin is not enough for a reader: the kernel shares
 * no memory through such a descriptor. Return: how many elements, or -errno.
 */
static int events_map(const char *dir, bool writable, struct xsw_event_cpu **cpu)
{
	int fd = table_use_get(dir, "xsw_event"), err = 0;
	struct bpf_map_info info = {};
	__u32 len = sizeof(info);
	void *mem;

	if (fd < 0)
		return fd;
	if (bpf_obj_get_info_by_fd(fd, &info, &len))
		err = -errno;
	else if (info.value_size != sizeof(**cpu))
		err = -EPROTO;
	if (!err) {
		mem = mmap(NULL, info.max_entries * sizeof(**cpu),
			   PROT_READ | (writable ? PROT_WRITE : 0), MAP_SHARED, fd, 0);
		if (mem == MAP_FAILED)
			err = -errno;
		*cpu = mem;
	}
	close(fd);
	return err ? err : (int)info.max_entries;
}

static ino_t pin_ino(const char *dir)
{
	char path[PATH_MAX + 16];
	struct stat st;

	snprintf(path, sizeof(path), "%s/xsw_event", dir);
	return stat(path, &st) ? 0 : st.st_ino;
}

static __u32 ring_next(const struct xsw_events *events, __u32 cpu, __u32 ring)
{
	return __atomic_load_n(&events->cpu[cpu].next[ring], __ATOMIC_ACQUIRE);
}

int xsw_events_open(const char *name, struct xsw_events **events)
{
	struct xsw_events *e = calloc(1, sizeof(*e));
	int n;

	*events = NULL;
	if (!e)
		return -ENOMEM;
	switch_dir(e->dir, sizeof(e->dir), name);
	e->ino = pin_ino(e->dir);
	n = events_map(e->dir, false, &e->cpu);
	if (n < 0) {
		free(e);
		return n;
	}
	e->cpus = n;
	e->size = n * sizeof(*e->cpu);
	e->cursor = calloc(n, sizeof(*e->cursor));
	e->list =
		calloc((size_t)n * (XSW_EVENT_SLOTS_FDB + XSW_EVENT_SLOTS_RARE), sizeof(*e->list));
	if (!e->cursor || !e->list) {
		xsw_events_close(e);
		return -ENOMEM;
	}
	for (__u32 cpu = 0; cpu < e->cpus; cpu++)
		for (__u32 ring = 0; ring < XSW_EVENT_RINGS; ring++)
			e->cursor[cpu][ring].next = ring_next(e, cpu, ring);
	*events = e;
	return 0;
}

void xsw_events_close(struct xsw_events *events)
{
	if (!events)
		return;
	munmap(events->cpu, events->size);
	free(events->cursor);
	free(events->list);
	free(events);
}

bool xsw_events_alive(const struct xsw_events *events)
{
	return events->ino && pin_ino(events->dir) == events->ino;
}

/* ---- reading ---- */

void xsw_events_rewind(struct xsw_events *events)
{
	for (__u32 cpu = 0; cpu < events->cpus; cpu++)
		for (__u32 ring = 0; ring < XSW_EVENT_RINGS; ring++) {
			__u32 next = ring_next(events, cpu, ring);

			events->cursor[cpu][ring].next =
				next > ring_slots[ring] ? next - ring_slots[ring] : 0;
		}
}

enum got { GOT_IT, NOT_YET, OVERWRITTEN };

/* Copy event @n of a ring, if it is there as a whole. */
static enum got event_copy(struct xsw_event_cpu *cpu, __u32 ring, __u32 n, struct xsw_event *to)
{
	struct xsw_event *e = xsw_event_slot(cpu, ring, n);
	__u32 seq = __atomic_load_n(&e->seq, __ATOMIC_ACQUIRE);

	if (seq != n + 1)
		return seq && (__s32)(seq - n - 1) > 0 ? OVERWRITTEN : NOT_YET;
	*to = *(volatile struct xsw_event *)e;
	__atomic_thread_fence(__ATOMIC_ACQUIRE);
	return __atomic_load_n(&e->seq, __ATOMIC_RELAXED) == seq ? GOT_IT : OVERWRITTEN;
}

/* Read one ring up to its end, or to an event that is being written. Return: how many. */
static int ring_read(struct xsw_events *events, __u32 cpu, __u32 ring, struct xsw_event *to,
		     __u64 *lost)
{
	struct cursor *c = &events->cursor[cpu][ring];
	__u32 end = ring_next(events, cpu, ring);
	int n = 0;

	if (end - c->next > ring_slots[ring]) {
		*lost += end - c->next - ring_slots[ring];
		c->next = end - ring_slots[ring];
		c->calls = 0;
	}
	for (; c->next != end; c->next++, c->calls = 0) {
		enum got got = event_copy(&events->cpu[cpu], ring, c->next, &to[n]);

		if (got == NOT_YET && c->calls++ < PATIENCE)
			break;
		if (got == GOT_IT)
			n++;
		else
			++*lost;
	}
	return n;
}

static int time_compare(const void *a, const void *b)
{
	const struct xsw_event *x = a, *y = b;

	return x->time_ns < y->time_ns ? -1 : x->time_ns > y->time_ns;
}

int xsw_events_read(struct xsw_events *events, const struct xsw_event **list, __u64 *lost)
{
	int n = 0;

	for (__u32 cpu = 0; cpu < events->cpus; cpu++)
		for (__u32 ring = 0; ring < XSW_EVENT_RINGS; ring++)
			n += ring_read(events, cpu, ring, events->list + n, lost);
	if (n)
		qsort(events->list, n, sizeof(*events->list), time_compare);
	*list = events->list;
	return n;
}

/* ---- writing ---- */

static void ring_write(struct xsw_event_cpu *own, struct xsw_event *event)
{
	__u32 ring = xsw_event_ring(event->kind);
	__u32 n = __atomic_fetch_add(&own->next[ring], 1, __ATOMIC_ACQ_REL);
	struct xsw_event *e = xsw_event_slot(own, ring, n);

	__atomic_exchange_n(&e->seq, 0, __ATOMIC_SEQ_CST);
	e->time_ns = boot_ns();
	e->port = event->port;
	e->kind = event->kind;
	memcpy(e->name, event->name, sizeof(e->name));
	__atomic_exchange_n(&e->seq, n + 1, __ATOMIC_SEQ_CST);
}

/* The rings that were written last stay mapped. The switch of that name may be another by now. */
static struct {
	char dir[PATH_MAX];
	ino_t ino;
	struct xsw_event_cpu *cpu;
	int n;
} mapped;

static void mapped_change(const char *dir, ino_t ino)
{
	if (mapped.n > 0)
		munmap(mapped.cpu, mapped.n * sizeof(*mapped.cpu));
	mapped.n = ino ? events_map(dir, true, &mapped.cpu) : -ENOENT;
	mapped.ino = ino;
	snprintf(mapped.dir, sizeof(mapped.dir), "%s", dir);
}

/* The controller's ring is the last one. NULL: there is none */
static struct xsw_event_cpu *own_ring(const struct xsw_switch_handle *sw)
{
	ino_t ino = pin_ino(sw->dir);

	if (ino != mapped.ino || strcmp(sw->dir, mapped.dir))
		mapped_change(sw->dir, ino);
	return mapped.n > 0 ? &mapped.cpu[mapped.n - 1] : NULL;
}

/* The same of a switch that is kept open: nobody makes another of it. */
static struct xsw_event_cpu *kept_ring(const struct xsw_switch_handle *sw)
{
	struct xsw_kept *kept = sw->kept;
	struct xsw_event_cpu *cpu;
	int n;

	if (!kept->rings_known) {
		n = events_map(sw->dir, true, &cpu);
		kept->rings = n > 0 ? cpu : NULL;
		kept->rings_bytes = n > 0 ? n * sizeof(*cpu) : 0;
		kept->rings_known = true;
	}
	cpu = kept->rings;
	return cpu ? &cpu[kept->rings_bytes / sizeof(*cpu) - 1] : NULL;
}

static void event_put(const struct xsw_switch_handle *sw, struct xsw_event *event)
{
	struct xsw_event_cpu *own = sw->kept ? kept_ring(sw) : own_ring(sw);

	if (own)
		ring_write(own, event);
}

void event_tell(const struct xsw_switch_handle *sw, enum xsw_event_kind kind, __u32 port,
		const struct xsw_fdb_key *addr, __u32 arg)
{
	struct xsw_event event = { .kind = kind, .port = port };

	if (addr)
		event.addr = *addr;
	event.arg = arg;
	event_put(sw, &event);
}

void event_tell_name(const struct xsw_switch_handle *sw, enum xsw_event_kind kind, __u32 port,
		     const char *ifname)
{
	struct xsw_event event = { .kind = kind, .port = port };

	strncpy(event.name, ifname, sizeof(event.name) - 1);
	event_put(sw, &event);
}

/* ---- words ---- */

static const struct {
	const char *word, *object;
} kinds[] = {
#define WORDS(name, word, object, ring) { word, object },
	{ "none", "" }, XSW_EVENT_KINDS(WORDS)
#undef WORDS
};

const char *xsw_event_word(unsigned int kind)
{
	return kind < XSW_EVENT_COUNT ? kinds[kind].word : "unknown";
}

const char *xsw_event_object(unsigned int kind)
{
	return kind < XSW_EVENT_COUNT ? kinds[kind].object : "";
}
