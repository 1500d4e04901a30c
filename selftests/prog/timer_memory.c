// SPDX-License-Identifier: GPL-2.0
/* Start a BPF timer where the kernel has no memory at hand for one, as on a 6.18 that has been
 * busy. All on one CPU, because the kernel keeps such memory for each.
 */
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <sched.h>

#include "ctrl/bpffs/timer.h"
#include "tap.h"
#include "timer_memory.skel.h"

#define ROUNDS 20

static struct timer_memory_bpf *skel;
static unsigned int short_of_memory, started, tries;

static void stay_here(void)
{
	cpu_set_t one;

	CPU_ZERO(&one);
	CPU_SET(sched_getcpu(), &one);
	sched_setaffinity(0, sizeof(one), &one);
}

static void round_run(void)
{
	unsigned char frame[64] = {};
	LIBBPF_OPTS(bpf_test_run_opts, opts, .data_in = frame, .data_size_in = sizeof(frame),
		    .repeat = 1);

	skel = timer_memory_bpf__open_and_load();
	if (!skel || bpf_prog_test_run_opts(bpf_program__fd(skel->progs.take_all), &opts)) {
		perror("timer_memory");
		exit(2);
	}
	short_of_memory += !!skel->bss->failures;
	started += !timer_start(bpf_program__fd(skel->progs.start));
	tries += skel->bss->tries;
	timer_memory_bpf__destroy(skel);
}

int main(void)
{
	libbpf_set_print(NULL);
	stay_here();
	for (int i = 0; i < ROUNDS; i++)
		round_run();
	printf("# the kernel was short of memory in %u of %u rounds; %u tries\n", short_of_memory,
	       ROUNDS, tries);
	tap_report(started == ROUNDS, "a timer starts each time");
	tap_report(tries < 4 * ROUNDS, "... within a few tries");
	return tap_end();
}
