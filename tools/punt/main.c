// SPDX-License-Identifier: GPL-2.0
/* xsw-punt: handlers of frames that a switch punts. Opens the socket, waits for frames,
 * time and signals, and hands them to one handler.
 */
#include <errno.h>
#include <getopt.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ctrl/base/clock.h"
#include "ctrl/base/error.h"
#include "ctrl/base/error_keep.h"
#include "ctrl/base/signals.h"
#include "ctrl/base/version.h"
#include "ctrl/bpffs/pin.h"
#include "ctrl/kernel/netns.h"
#include "ctrl/switch/switch.h"
#include "maps/punt.h"
#include "tools/punt/punt.h"

#define EXIT_USAGE 1
#define EXIT_REFUSED 2
#define TICK_MS 1000

static const char help_text[] =
	"Usage: xsw-punt [ OPTIONS ] lldp SWITCH [ DEV... ]\n"
	"       xsw-punt [ OPTIONS ] pcapng SWITCH FILE\n"
	"       xsw-punt [ OPTIONS ] print SWITCH\n"
	"OPTIONS := -S|--socket N  -c|--count FRAMES  -j|--json  -n|--netns NAME  --bpffs DIR\n"
	"           --rules  -i|--interval SECONDS  -V|--version  -h|--help\n";

static const struct handler *const handlers[] = { &handler_lldp, &handler_pcapng, &handler_print };
#define HANDLERS (sizeof(handlers) / sizeof(*handlers))

/* ---- errors ---- */

static int failed(void)
{
	const struct xsw_error *e = xsw_error_last();

	fprintf(stderr, "xsw-punt: %s\n", e->text);
	if (e->remedy[0])
		fprintf(stderr, "  remedy: %s\n", e->remedy);
	return EXIT_REFUSED;
}

static int usage(const char *kind, const char *name, const char *why)
{
	fprintf(stderr, "xsw-punt: %s '%s': %s, see 'xsw-punt --help'\n", kind, name, why);
	return EXIT_USAGE;
}

static int punt_failed(int err)
{
	return xsw_fail(err, "socket", NULL, "%s", xsw_punt_error());
}

/* ---- waiting ---- */

static bool is_done(const struct run *r)
{
	return r->count && r->frames >= r->count;
}

static void frame_count(const struct xsw_punt_frame *f, void *run)
{
	struct run *r = run;

	if (is_done(r))
		return;
	r->frames++;
	r->handler->frame(f, r);
}

static int frames_read(struct run *r)
{
	int err = xsw_punt_read(r->punt, frame_count, r);

	if (err < 0)
		return punt_failed(err);
	return err && r->handler->flush ? r->handler->flush(r) : 0;
}

static int tick(struct run *r)
{
	if (!xsw_punt_alive(r->punt))
		return xsw_fail(ENODEV, "switch", r->switch_name, "is gone");
	return r->handler->tick ? r->handler->tick(r) : 0;
}

/* Until a signal, the last frame that was asked for, or an error. What still waits when
 * the signal comes is read.
 */
static int attend(struct run *r, int signals)
{
	struct pollfd fds[2] = { { .fd = signals, .events = POLLIN },
				 { .fd = xsw_punt_fd(r->punt), .events = POLLIN } };
	int err = 0, wait_ms;
	uint64_t now, next = 0;

	while (!err && !fds[0].revents && !is_done(r)) {
		if (boot_ns() >= next) {
			err = tick(r);
			next = boot_ns() + TICK_MS * NS_PER_MS;
		}
		if (err)
			break;
		now = boot_ns();
		wait_ms = now < next ? (next - now) / NS_PER_MS + 1 : 0;
		if (poll(fds, 2, wait_ms) < 0 && errno != EINTR)
			return xsw_fail(errno, "socket", NULL, "cannot wait: %s", strerror(errno));
		err = frames_read(r);
	}
	return err;
}

static int handle(struct run *r)
{
	int signals = signals_open(), err, closed;
	struct xsw_error why;

	if (signals < 0)
		return signals;
	signal(SIGPIPE, SIG_IGN);
	err = xsw_punt_open(r->switch_name, r->socket, 0, &r->punt);
	if (err)
		return punt_failed(err);
	err = r->handler->open ? r->handler->open(r) : 0;
	if (!err) {
		fprintf(stderr, "xsw-punt: reading socket %u of switch %s\n", r->socket,
			r->switch_name);
		err = attend(r, signals);
		why = *xsw_error_last();
		closed = r->handler->close ? r->handler->close(r) : 0;
		if (err) /* what led here is what is told */
			error_restore(&why);
		else
			err = closed;
	}
	xsw_punt_close(r->punt);
	return err;
}

/* ---- the command line ---- */

static int number_read(const char *word, const char *text, unsigned long min, unsigned long max,
		       unsigned long *number)
{
	char *end;

	errno = 0;
	*number = strtoul(text, &end, 10);
	if (!errno && !*end && text[0] >= '0' && text[0] <= '9' && *number >= min && *number <= max)
		return 0;
	fprintf(stderr, "xsw-punt: option '%s': must be %lu to %lu\n", word, min, max);
	return EXIT_USAGE;
}

static int words_read(struct run *r, char **word, int n)
{
	if (!n)
		return usage("handler", "", "missing");
	for (size_t i = 0; i < HANDLERS; i++)
		if (!strcmp(handlers[i]->name, word[0]))
			r->handler = handlers[i];
	if (!r->handler)
		return usage("handler", word[0], "unknown");
	if (n < 2)
		return usage("handler", word[0], "SWITCH missing");
	r->switch_name = word[1];
	r->word = word + 2;
	r->words = n - 2;
	if (r->words < r->handler->needs)
		return usage("handler", word[0], "FILE missing");
	if (r->words > r->handler->words)
		return usage("word", r->word[r->handler->words], "unknown");
	return 0;
}

static int netns_and_bpffs(const struct run *r)
{
	int err = r->netns ? netns_enter(r->netns) : 0;

	if (!err && r->bpffs)
		err = xsw_bpffs_set(r->bpffs);
	if (!err)
		setenv("XSW_BPFFS", xsw_bpffs_root(), 1);
	return err;
}

enum { OPT_BPFFS = 256, OPT_RULES };

static const struct option options[] = {
	{ "socket", required_argument, NULL, 'S' },
	{ "count", required_argument, NULL, 'c' },
	{ "json", no_argument, NULL, 'j' },
	{ "netns", required_argument, NULL, 'n' },
	{ "bpffs", required_argument, NULL, OPT_BPFFS },
	{ "rules", no_argument, NULL, OPT_RULES },
	{ "interval", required_argument, NULL, 'i' },
	{ "version", no_argument, NULL, 'V' },
	{ "help", no_argument, NULL, 'h' },
	{ NULL, 0, NULL, 0 },
};

static int option_read(int option, const char *value, struct run *r)
{
	unsigned long n;
	int err = 0;

	switch (option) {
	case 'S':
		err = number_read("socket", value, 0, XSW_PUNT_SOCKETS - 1, &n);
		r->socket = n;
		break;
	case 'c':
		err = number_read("count", value, 1, 1000000000, &r->count);
		break;
	case 'i':
		err = number_read("interval", value, 1, 3600, &n);
		r->interval_s = n;
		break;
	case 'j':
		r->json = true;
		break;
	case 'n':
		r->netns = value;
		break;
	case OPT_BPFFS:
		r->bpffs = value;
		break;
	case OPT_RULES:
		r->rules = true;
		break;
	}
	return err;
}

int main(int argc, char **argv)
{
	struct run r = { .interval_s = 30 };
	int c, err = 0;

	opterr = 0;
	while (!err && (c = getopt_long(argc, argv, "S:c:jn:i:Vh", options, NULL)) != -1) {
		if (c == 'V') {
			printf("xsw-punt %s\n", xsw_version);
			return 0;
		}
		if (c == 'h') {
			fputs(help_text, stdout);
			return 0;
		}
		if (c == '?')
			return usage("option", argv[optind - 1],
				     "unknown, or its value is missing");
		err = option_read(c, optarg, &r);
	}
	if (!err)
		err = words_read(&r, argv + optind, argc - optind);
	if (err)
		return err;
	return netns_and_bpffs(&r) || handle(&r) ? failed() : 0;
}
