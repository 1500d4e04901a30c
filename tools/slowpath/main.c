// SPDX-License-Identifier: GPL-2.0
/* xsw-slowpath: serves the ports of a switch that have path afxdp. This is its command
 * line; all else is in slowpath/.
 */
#include <errno.h>
#include <getopt.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ctrl/base/error.h"
#include "ctrl/base/version.h"
#include "ctrl/bpffs/pin.h"
#include "ctrl/bpffs/view.h"
#include "ctrl/kernel/link.h"
#include "ctrl/switch/switch.h"
#include "tools/slowpath/serve.h"

#define CHUNKS 16384

static const char help_text[] =
	"Usage: xsw-slowpath [ OPTIONS ] [ SWITCH ]\n"
	"OPTIONS:\n"
	"  -m, --mode [PORT=]MODE  waiting for frames: interrupt, adaptive,\n"
	"                          busy-poll, spin\n"
	"  -p, --threads N         that share the queues of all ports (one a CPU)\n"
	"  -a, --cpu LIST          bind threads to these CPUs in turn: 0,2-3\n"
	"  -c, --chunks N          memory: frames of 4 KB (16384)\n"
	"  -T, --report SECONDS    tell rates and losses port by port, on stdout\n"
	"  -j, --json              tell it as JSON, an object a line (every second)\n"
	"  --bpffs DIR  -V, --version  -h, --help\n";

enum { OPT_BPFFS = 256 };

static const struct option options[] = {
	{ "mode", required_argument, NULL, 'm' },   { "threads", required_argument, NULL, 'p' },
	{ "cpu", required_argument, NULL, 'a' },    { "chunks", required_argument, NULL, 'c' },
	{ "report", required_argument, NULL, 'T' }, { "bpffs", required_argument, NULL, OPT_BPFFS },
	{ "json", no_argument, NULL, 'j' },	    { "version", no_argument, NULL, 'V' },
	{ "help", no_argument, NULL, 'h' },	    {},
};

static struct serve_conf conf = { .chunks = CHUNKS };

static int usage(const char *option, const char *value, const char *why)
{
	return xsw_fail(EINVAL, option, value, "%s, see 'xsw-slowpath --help'", why);
}

static int read_number(const char *option, const char *text, __u32 min, __u32 max, __u32 *n)
{
	char why[64], *end;
	unsigned long value;

	errno = 0;
	value = strtoul(text, &end, 10);
	if (*text >= '0' && *text <= '9' && !*end && !errno && value >= min && value <= max) {
		*n = value;
		return 0;
	}
	snprintf(why, sizeof(why), "not a number from %u to %u", min, max);
	return usage(option, text, why);
}

static int read_mode_word(const char *word, enum mode *mode)
{
	static const char *const words[] = { "interrupt", "adaptive", "busy-poll", "spin" };

	for (int i = 0; i < 4; i++)
		if (!strcmp(word, words[i])) {
			*mode = i;
			return 0;
		}
	return usage("mode", word, "there is no such mode");
}

/* MODE, or PORT=MODE */
static int read_mode(const char *text)
{
	const char *equals = strrchr(text, '=');
	size_t len = equals ? equals - text : 0;

	if (!equals)
		return read_mode_word(text, &conf.mode);
	if (!len || len >= XSW_NAME_LEN)
		return usage("mode", text, "PORT is the name of a device");
	if (conf.port_modes == SERVE_MODES)
		return usage("mode", text, "too many ports have modes of their own");
	memcpy(conf.port_mode[conf.port_modes].ifname, text, len);
	return read_mode_word(equals + 1, &conf.port_mode[conf.port_modes++].mode);
}

static int cpus_add(const char *list, __u32 first, __u32 last)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	sched_getaffinity(0, sizeof(set), &set);
	for (__u32 cpu = first; cpu <= last; cpu++) {
		if (!CPU_ISSET(cpu, &set))
			return usage("cpu", list, "not all of them are there");
		if (conf.cpus == WORKERS_MAX)
			return usage("cpu", list, "too many");
		conf.cpu[conf.cpus++] = cpu;
	}
	return 0;
}

/* "0,2-3" */
static int read_cpus(const char *list)
{
	char copy[256], *next = copy, *item;
	__u32 first, last;
	int err = 0;

	if (snprintf(copy, sizeof(copy), "%s", list) >= (int)sizeof(copy))
		return usage("cpu", list, "too long");
	while (!err && (item = strsep(&next, ","))) {
		char *dash = strchr(item, '-');

		if (dash)
			*dash++ = '\0';
		err = read_number("cpu", item, 0, 1023, &first);
		last = first;
		if (!err && dash)
			err = read_number("cpu", dash, first, 1023, &last);
		if (!err)
			err = cpus_add(list, first, last);
	}
	return err;
}

static int read_option(int c, const char *value)
{
	switch (c) {
	case 'm':
		return read_mode(value);
	case 'p':
		return read_number("threads", value, 1, WORKERS_MAX, &conf.threads);
	case 'a':
		return read_cpus(value);
	case 'c':
		return read_number("chunks", value, 1024, 1 << 20, &conf.chunks);
	case 'T':
		return read_number("report", value, 1, 86400, &conf.report_s);
	case 'j':
		conf.json = true;
		return 0;
	case OPT_BPFFS:
		return xsw_bpffs_set(value);
	case 'V':
		printf("xsw-slowpath %s\n", xsw_version);
		exit(0);
	case 'h':
		fputs(help_text, stdout);
		exit(0);
	}
	return usage("option", NULL, "cannot be understood");
}

static int read_args(int argc, char **argv)
{
	int c, err = 0;

	opterr = 0;
	while (!err && (c = getopt_long(argc, argv, "m:p:a:c:T:jVh", options, NULL)) != -1)
		err = read_option(c, optarg);
	if (!err && argc - optind > 1)
		err = usage("option", argv[optind + 1], "one switch at a time");
	conf.switch_name = argv[optind];
	xsw_netns_all(conf.switch_name); /* it goes to the namespace of the switch that is named */
	if (conf.json && !conf.report_s)
		conf.report_s = 1;
	return err;
}

static int print_error(void)
{
	const struct xsw_error *e = xsw_error_last();

	fprintf(stderr, "xsw-slowpath: %s\n", e->text);
	if (e->remedy[0])
		fprintf(stderr, "  %s\n", e->remedy);
	return -1;
}

int main(int argc, char **argv)
{
	if (read_args(argc, argv)) {
		print_error();
		return 1;
	}
	if (serve(&conf)) {
		print_error();
		return 2;
	}
	return 0;
}
