// SPDX-License-Identifier: GPL-2.0
#include "ctrl/stats/capture.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ctrl/base/clock.h"
#include "ctrl/base/error.h"
#include "ctrl/bpffs/decisions.h"
#include "ctrl/bpffs/port_table.h"
#include "ctrl/bpffs/table_use.h"
#include "ctrl/kernel/perf_rings.h"

struct xsw_capturing {
	struct xsw_captures *all;
	struct xsw_capture *own; /* one of these */
	__u32 number;		 /* which */
	__u64 owner;
	int out;		     /* xsw_capture_out */
	struct xsw_fdb_count *count; /* of the switch: the generation of decisions */
	char pin[PATH_MAX];
	ino_t ino; /* of that pin */
};

/* ---- the table ---- */

static ino_t pin_ino(const char *pin)
{
	struct stat st;

	return stat(pin, &st) ? 0 : st.st_ino;
}

static int maps_open(const struct xsw_switch_handle *sw, struct xsw_capturing *c)
{
	int err = table_need(sw, sw->map.capture, "capture");
	void *page;

	if (err)
		return err;
	page = mmap(NULL, sizeof(*c->all), PROT_READ | PROT_WRITE, MAP_SHARED, sw->map.capture, 0);
	if (page == MAP_FAILED)
		return xsw_fail(errno, "switch", sw->name, "cannot share xsw_capture: %s",
				strerror(errno));
	c->all = page;
	c->count = fdb_count_map(sw);
	if (!c->count)
		return xsw_fail(errno, "switch", sw->name, "cannot share xsw_fdb_count: %s",
				strerror(errno));
	c->out = table_use_get(sw->dir, "xsw_capture_out");
	if (c->out < 0)
		return xsw_fail(c->out, "switch", sw->name, "cannot open xsw_capture_out: %s",
				strerror(-c->out));
	snprintf(c->pin, sizeof(c->pin), "%s/xsw_capture", sw->dir);
	c->ino = pin_ino(c->pin);
	return 0;
}

/* ---- who has which ---- */

static bool is_dead(const struct xsw_capture *own)
{
	__u64 seen = __atomic_load_n(&own->seen_ns, __ATOMIC_ACQUIRE);

	return (__s64)(boot_ns() - seen) >= XSW_CAPTURE_DEAD_NS;
}

static bool take(struct xsw_capturing *c, __u32 number)
{
	struct xsw_capture *own = &c->all->capture[number];
	__u64 was = __atomic_load_n(&own->owner, __ATOMIC_ACQUIRE);

	if ((was && !is_dead(own)) ||
	    !__atomic_compare_exchange_n(&own->owner, &was, c->owner, false, __ATOMIC_SEQ_CST,
					 __ATOMIC_SEQ_CST))
		return false;
	c->own = own;
	c->number = number;
	__atomic_store_n(&own->seen_ns, boot_ns(), __ATOMIC_SEQ_CST);
	return true;
}

static int take_one(const struct xsw_switch_handle *sw, struct xsw_capturing *c)
{
	static __u32 taken; /* by this process */

	c->owner = boot_ns() << 20 ^ (__u64)getpid() << 4 ^ taken++ ^ 1;
	for (__u32 i = 0; i < XSW_CAPTURES; i++)
		if (take(c, i))
			return 0;
	return xsw_fail(EBUSY, "switch", sw->name,
			"is captured %d times already, which is the most", XSW_CAPTURES);
}

/* Not what another process has taken since this one was not seen for a while. */
static void switch_off(struct xsw_capturing *c)
{
	if (__atomic_load_n(&c->own->owner, __ATOMIC_ACQUIRE) != c->owner)
		return;
	__atomic_fetch_and(&c->count->captures, ~(1U << c->number), __ATOMIC_SEQ_CST);
}

static void fill(struct xsw_capture *own, const struct xsw_capture_want *want)
{
	own->kinds = want->kinds;
	own->reasons = want->reasons;
	own->snaplen = want->snaplen;
	own->vlan = want->vlan;
	own->queue = want->queue;
	own->insns = 0;
	memset(own->ports, want->all_ports ? 0xff : 0, sizeof(own->ports));
	memset(own->lost, 0, sizeof(own->lost));
}

static int capture_open(const struct xsw_switch_handle *sw, const struct xsw_capture_want *want,
			struct perf_rings *rings, void *owner, struct xsw_capturing *c)
{
	int err = maps_open(sw, c);

	if (!err)
		err = take_one(sw, c);
	if (err)
		return err;
	switch_off(c); /* who had it before has died */
	table_wait_for_readers();
	fill(c->own, want);
	err = perf_rings_add(rings, c->out, XSW_CAPTURE_RING(c->number, 0), XSW_CAPTURE_RING(0, 1),
			     owner);
	return err ? xsw_fail(err, "switch", sw->name, "cannot make rings: %s", strerror(-err)) : 0;
}

int xsw_capture_open(const struct xsw_switch_handle *sw, const struct xsw_capture_want *want,
		     struct perf_rings *rings, void *owner, struct xsw_capturing **capturing)
{
	struct xsw_capturing *c = calloc(1, sizeof(*c));
	int err;

	*capturing = NULL;
	if (!c)
		return xsw_fail(ENOMEM, NULL, NULL, "out of memory");
	c->out = -1;
	err = capture_open(sw, want, rings, owner, c);
	if (err)
		xsw_capture_close(c);
	else
		*capturing = c;
	return err;
}

void xsw_capture_close(struct xsw_capturing *c)
{
	__u64 mine;

	if (!c)
		return;
	if (c->own) {
		switch_off(c);
		mine = c->owner;
		__atomic_compare_exchange_n(&c->own->owner, &mine, 0, false, __ATOMIC_SEQ_CST,
					    __ATOMIC_SEQ_CST);
	}
	if (c->out >= 0)
		close(c->out);
	if (c->count)
		fdb_count_unmap(c->count);
	if (c->all)
		munmap(c->all, sizeof(*c->all));
	free(c);
}

/* ---- at work ---- */

void xsw_capture_port(struct xsw_capturing *c, __u32 port, bool on)
{
	__u64 *word = &c->own->ports[port % XSW_MAX_PORTS / 64], bit = 1ULL << port % 64;

	if (on)
		__atomic_fetch_or(word, bit, __ATOMIC_SEQ_CST);
	else
		__atomic_fetch_and(word, ~bit, __ATOMIC_SEQ_CST);
}

void xsw_capture_on(struct xsw_capturing *c)
{
	__atomic_store_n(&c->own->seen_ns, boot_ns(), __ATOMIC_SEQ_CST);
	__atomic_fetch_or(&c->count->captures, 1U << c->number, __ATOMIC_SEQ_CST);
	__atomic_fetch_add(&c->count->generation, 1, __ATOMIC_SEQ_CST);
}

void xsw_capture_off(struct xsw_capturing *c)
{
	switch_off(c);
	table_wait_for_readers();
}

/* The ageing timer may have switched off a process that slept: it goes on. */
int xsw_capture_live(struct xsw_capturing *c)
{
	if (__atomic_load_n(&c->own->owner, __ATOMIC_ACQUIRE) != c->owner)
		return -ECANCELED;
	__atomic_store_n(&c->own->seen_ns, boot_ns(), __ATOMIC_SEQ_CST);
	if (!(__atomic_load_n(&c->count->captures, __ATOMIC_ACQUIRE) >> c->number & 1))
		xsw_capture_on(c);
	return pin_ino(c->pin) == c->ino ? 0 : -ENOENT;
}

__u64 xsw_capture_lost(const struct xsw_capturing *c, __u32 port)
{
	return __atomic_load_n(&c->own->lost[port % XSW_MAX_PORTS], __ATOMIC_RELAXED);
}
