// SPDX-License-Identifier: GPL-2.0
/* The numbers of learned entries, of the switch and of each port, while several CPUs learn, move,
 * evict and age the same few addresses, and commands delete and replace them.
 *
 *   fdb_race SWITCH		prints TAP
 *
 * The switch has the ports p1 to p3 and fdb_full evict. Addresses speak through requests to
 * program xsw_user, as xsw-slowpath makes them.
 */
#include <bpf/bpf.h>
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ctrl/fdb/fdb.h"
#include "ctrl/fdb/life.h"
#include "ctrl/fdb/table.h"
#include "ctrl/switch/switch.h"
#include "ctrl/fdb/mac_limit.h"
#include "ctrl/bpffs/pin.h"
#include "ctrl/bpffs/port_table.h"
#include "maps/port.h"
#include "maps/request.h"

#include "tap.h"

#define PORTS 3
#define MOVERS 8	/* addresses that move between p2 and p3 */
#define REQUESTS 100000 /* of each thread in a round; RACE_REQUESTS in the environment */
#define WAIT_TRIES 500	/* of 10 ms: what is expired may go meanwhile */
#define SMALL 12	/* fdb_max: hardly more than what moves */
#define LARGE 5000
#define OLD_TICKS 10 /* what moves spoke so long ago: the first to be evicted */

static struct xsw_switch_handle sw;
static struct xsw_switch conf;
static int prog, requests = REQUESTS;
static volatile bool over;
static __u32 past = OLD_TICKS;

/* ---- who speaks */

static struct xsw_fdb_key address(__u32 kind, __u32 n)
{
	struct xsw_fdb_key key = { .mac = { 2, kind, n >> 24, n >> 16, n >> 8, n } };

	return key;
}

static void speak(const struct xsw_fdb_key *src, __u32 port, __u32 tick)
{
	struct {
		__u8 eth[14];
		struct xsw_request_head head;
		struct xsw_request_learn learn;
	} __attribute__((packed)) r = {
		.head = { .what = XSW_REQUEST_LEARN, .n = 1 },
		.learn = { .src = *src, .port = port, .in_flags = XSW_PORT_LEARNING, .now = tick },
	};
	LIBBPF_OPTS(bpf_test_run_opts, opts, .data_in = &r, .data_size_in = sizeof(r), .repeat = 1);

	if (bpf_prog_test_run_opts(prog, &opts)) {
		perror("fdb_race: cannot run xsw_user");
		exit(2);
	}
}

static void stay_on(int cpu)
{
	cpu_set_t cpus;

	CPU_ZERO(&cpus);
	CPU_SET(cpu % sysconf(_SC_NPROCESSORS_ONLN), &cpus);
	sched_setaffinity(0, sizeof(cpus), &cpus);
}

/* A few addresses go from port to port and back. */
static void *move(void *arg)
{
	stay_on(0);
	for (int i = 0; i < requests; i++) {
		struct xsw_fdb_key key = address(1, i % MOVERS);

		speak(&key, 2 + i / MOVERS % 2, fdb_tick() - past);
	}
	over = true;
	return NULL;
}

/* Addresses that nobody has heard of, one after the other. */
static void *come(void *arg)
{
	stay_on(1);
	for (__u32 i = 0; !over; i++) {
		struct xsw_fdb_key key = address(2, i);

		speak(&key, 1, fdb_tick());
	}
	return NULL;
}

/* ---- what is counted, and what there is */

struct numbers {
	__s64 all;
	__s32 of[PORTS + 1];
};

static void numbers_counted(struct numbers *n)
{
	struct xsw_fdb_count count;
	struct xsw_guard guard;
	__u32 zero = 0;

	tap_need(bpf_map_lookup_elem(sw.map.fdb_count, &zero, &count), "cannot read the count");
	*n = (struct numbers){ .all = count.learned };
	for (int port = 1; port <= PORTS; port++) {
		guard_read(&sw, port, &guard);
		n->of[port] = guard.learned;
	}
}

static void numbers_there(struct numbers *n)
{
	struct fdb_items items;

	memset(n, 0, sizeof(*n));
	tap_need(fdb_read(&sw, &items), "cannot read the FDB");
	for (__u32 k = 0; k < items.n; k++) {
		const struct xsw_fdb_entry *e = &items.item[k].entry;

		if (e->flags & XSW_FDB_STATIC)
			continue;
		n->all++;
		if (e->port <= PORTS)
			n->of[e->port]++;
	}
	fdb_items_free(&items);
}

static bool counted_right(void)
{
	struct numbers counted, there;

	for (int i = 0; i < WAIT_TRIES; i++) {
		numbers_counted(&counted);
		numbers_there(&there);
		if (counted.all == there.all && !memcmp(counted.of, there.of, sizeof(there.of)))
			return true;
		usleep(10000);
	}
	printf("# counted: %lld in all, p1 %d, p2 %d, p3 %d\n", (long long)counted.all,
	       counted.of[1], counted.of[2], counted.of[3]);
	printf("# there:   %lld in all, p1 %d, p2 %d, p3 %d\n", (long long)there.all, there.of[1],
	       there.of[2], there.of[3]);
	return false;
}

/* ---- rounds */

static void resize(__u32 fdb_max)
{
	struct xsw_switch_settings want = { .conf.fdb_max = fdb_max };

	opts_name(&switch_opts, &want, offsetof(struct xsw_switch_settings, conf.fdb_max));
	tap_need(xsw_switch_set(&sw, &want), "cannot set fdb_max");
}

/* Addresses move while @beside runs again and again, and new ones come if @come is there. */
static void round_of(const char *name, void *(*other)(void *), void (*beside)(void))
{
	pthread_t mover, newcomer;

	over = false;
	pthread_create(&mover, NULL, move, NULL);
	if (other)
		pthread_create(&newcomer, NULL, other, NULL);
	stay_on(1);
	while (beside && !over)
		beside();
	pthread_join(mover, NULL);
	if (other)
		pthread_join(newcomer, NULL);
	tap_report(counted_right(), name);
}

static void flush(void)
{
	tap_need(xsw_fdb_flush(&sw, 2, XSW_ANY_VLAN), "cannot flush");
	tap_need(xsw_fdb_flush(&sw, 3, XSW_ANY_VLAN), "cannot flush");
}

static bool replaced_wrong;

/* What a command has made static nobody moves, ages or evicts. */
static void replace(void)
{
	static __u32 turn;
	struct xsw_fdb_key key = address(1, ++turn % MOVERS);
	struct xsw_fdb_entry e;

	tap_need(xsw_fdb_add(&sw, &key, 1, true, true), "cannot replace");
	sched_yield();
	if (fdb_entry(&sw, &key, &e) || e.port != 1 || e.flags != XSW_FDB_STATIC)
		replaced_wrong = true;
	tap_need(xsw_fdb_del(&sw, &key), "cannot delete");
}

static void resize_both(void)
{
	static __u32 more = LARGE;

	resize(more += 10000); /* larger than ever: there is more memory now and then */
	resize(SMALL);
}

int main(int argc, char **argv)
{
	if (argc != 2) {
		fprintf(stderr, "usage: fdb_race SWITCH\n");
		return 2;
	}
	if (getenv("RACE_REQUESTS"))
		requests = atoi(getenv("RACE_REQUESTS"));
	tap_need(xsw_switch_open(argv[1], &sw), "cannot open");
	tap_need(switch_read(&sw, &conf), "cannot read");
	prog = pin_get(sw.dir, "prog_user");
	tap_need(prog, "no program");
	printf("1..6\n");
	resize(SMALL);
	round_of("evicted while they move: counted right", come, NULL);
	round_of("flushed while they move: counted right", NULL, flush);
	round_of("made static while they move and are evicted: counted right", come, replace);
	tap_report(!replaced_wrong, "... and what is static stays");
	past = conf.ageing_ticks + OLD_TICKS;
	round_of("aged while they move: counted right", come, NULL);
	past = OLD_TICKS;
	round_of("moving while the table is made larger and smaller: counted right", NULL,
		 resize_both);
	return !!tap_failures;
}
