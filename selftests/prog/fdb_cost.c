// SPDX-License-Identifier: GPL-2.0
/* What it costs to learn an address: for tools/bench/figures/cost.md, no test.
 *
 *   fdb_cost SWITCH CPUS PORTS FIRST ADDRESSES
 *
 * On each of CPUS a thread has program xsw_user learn ADDRESSES, the first of them numbered FIRST, on
 * the ports 1 to PORTS in turn. Prints nanoseconds an address, as the kernel measures the program.
 */
#include <bpf/bpf.h>
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>

#include "ctrl/bpffs/pin.h"
#include "ctrl/fdb/life.h"
#include "ctrl/switch/switch.h"
#include "maps/port.h"
#include "maps/request.h"

#include "tap.h"

#define CPUS_MAX 64

static int prog;
static __u32 ports, first, addresses;
static pthread_barrier_t all_there;

struct learner {
	pthread_t thread;
	int cpu;
	__u32 *ns;
	double all_ns;
};

/* Return: nanoseconds that the program took. */
static __u32 learn(__u32 cpu, __u32 n)
{
	struct {
		__u8 eth[14];
		struct xsw_request_head head;
		struct xsw_request_learn learn;
	} __attribute__((packed)) r = {
		.head = { .what = XSW_REQUEST_LEARN, .n = 1 },
		.learn = { .src = { .mac = { 2, cpu, n >> 24, n >> 16, n >> 8, n } },
			   .port = 1 + (cpu + n) % ports,
			   .in_flags = XSW_PORT_LEARNING,
			   .now = fdb_tick() },
	};
	LIBBPF_OPTS(bpf_test_run_opts, opts, .data_in = &r, .data_size_in = sizeof(r), .repeat = 1);

	tap_need(bpf_prog_test_run_opts(prog, &opts), "cannot run xsw_user");
	return opts.duration;
}

static int compare(const void *a, const void *b)
{
	const __u32 *x = a, *y = b;

	return *x < *y ? -1 : *x > *y;
}

static void *learn_all(void *arg)
{
	struct learner *l = arg;
	cpu_set_t cpus;

	CPU_ZERO(&cpus);
	CPU_SET(l->cpu, &cpus);
	sched_setaffinity(0, sizeof(cpus), &cpus);
	pthread_barrier_wait(&all_there);
	for (__u32 i = 0; i < addresses; i++) {
		l->ns[i] = learn(l->cpu, first + i);
		l->all_ns += l->ns[i];
	}
	qsort(l->ns, addresses, sizeof(*l->ns), compare);
	return NULL;
}

int main(int argc, char **argv)
{
	static struct learner learners[CPUS_MAX];
	struct xsw_switch_handle sw;
	int n = argc == 6 ? atoi(argv[2]) : 0;

	if (n < 1 || n > CPUS_MAX || atoi(argv[3]) < 1 || atoi(argv[5]) < 1) {
		fprintf(stderr, "usage: fdb_cost SWITCH CPUS PORTS FIRST ADDRESSES\n");
		return 1;
	}
	ports = atoi(argv[3]);
	first = atoi(argv[4]);
	addresses = atoi(argv[5]);
	tap_need(xsw_switch_open(argv[1], &sw), "cannot open");
	prog = pin_get(sw.dir, "prog_user");
	tap_need(prog, "no program");
	pthread_barrier_init(&all_there, NULL, n);
	for (int i = 0; i < n; i++) {
		learners[i].cpu = i;
		learners[i].ns = calloc(addresses, sizeof(__u32));
		tap_need(learners[i].ns ? 0 : -1, "no memory");
		tap_need(-pthread_create(&learners[i].thread, NULL, learn_all, &learners[i]),
			 "no thread");
	}
	for (int i = 0; i < n; i++) {
		const struct learner *l = &learners[i];

		pthread_join(l->thread, NULL);
		printf("CPU %d: mean %.0f ns, median %u, 99 of 100 below %u\n", i,
		       l->all_ns / addresses, l->ns[addresses / 2], l->ns[addresses / 100 * 99]);
	}
	return 0;
}
