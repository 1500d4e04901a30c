// SPDX-License-Identifier: GPL-2.0
/* The command line. Nothing is done before all of it is understood. */
#include <arpa/inet.h>
#include <errno.h>
#include <getopt.h>
#include <net/if.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ctrl/base/error.h"
#include "ctrl/port/opts.h"
#include "tools/pktgen/config.h"

#ifndef XSW_VERSION
#define XSW_VERSION "0.1"
#endif

static const char help_text[] =
	"Usage: xsw-pktgen -i INTERFACE -f { tx | rx | ping | pong } [ OPTIONS ]\n"
	"INTERFACE := { DEV | tap:NAME | SWITCH:NAME }\n"
	"  DEV           a network device, by AF_XDP (AF_PACKET where that is impossible)\n"
	"  tap:NAME      the guest's side of a tap\n"
	"  SWITCH:NAME   a new port of that switch, for the time of the run\n"
	"OPTIONS:\n"
	"  -i, --interface, -f, --function  as above\n"
	"  -l, --length N          bytes of a frame with tags, without FCS (60)\n"
	"  -n, --count N           frames to send, receive or answer (0: until stopped)\n"
	"  -t, --time SECONDS      end after so long\n"
	"  -R, --rate RATE         of all threads: 100k, 1.5mpps, 1gbit (as fast as it goes)\n"
	"  -b, --batch N           frames a system call, 1 to 512 (64; ping: 1)\n"
	"  -p, --threads N         one queue each for tx; they share those of rx (1)\n"
	"  -a, --cpu N             CPU of the first thread, the next ones follow\n"
	"  -D, --dst-mac MAC[-MAC]         destination (ff:ff:ff:ff:ff:ff)\n"
	"  -S, --src-mac MAC[-MAC]         source (the device's)\n"
	"  -d, --dst ADDR[:PORT][-ADDR[:PORT]]   IPv4, or IPv6 as [ADDR]:PORT\n"
	"  -s, --src ADDR[:PORT][-ADDR[:PORT]]\n"
	"  -V, --vlan TAG[.TAG]... outer tag first; TAG := [TPID/]VID[@PCP]\n"
	"  -P, --pcap FILE         tx: replay it; rx: record to it\n"
	"  -w, --wait-link SECONDS wait so long for the link (2)\n"
	"  -T, --report MS         interval of the live line (1000)\n"
	"  -m, --mode MODE         waiting for frames: interrupt, adaptive, busy-poll, spin\n"
	"  -j, --json  --pretty  -q, --quiet (no live line)\n"
	"  --backend auto|af_xdp|packet  --bind auto|copy|zero-copy  --vnet-hdr (taps)\n"
	"  --port \"OPTION VALUE...\" settings of the port, as of 'xsw port add'\n"
	"  --mtu N                 of a tap that this makes (1500, or what -l needs)\n"
	"  --netns NAME  --bpffs DIR  --version  -h, --help\n";

enum {
	OPT_PRETTY = 256,
	OPT_BACKEND,
	OPT_BIND,
	OPT_VNET_HDR,
	OPT_PORT,
	OPT_MTU,
	OPT_NETNS,
	OPT_BPFFS,
	OPT_VERSION,
};

static const struct option options[] = {
	{ "interface", required_argument, NULL, 'i' },
	{ "function", required_argument, NULL, 'f' },
	{ "length", required_argument, NULL, 'l' },
	{ "count", required_argument, NULL, 'n' },
	{ "time", required_argument, NULL, 't' },
	{ "rate", required_argument, NULL, 'R' },
	{ "batch", required_argument, NULL, 'b' },
	{ "threads", required_argument, NULL, 'p' },
	{ "cpu", required_argument, NULL, 'a' },
	{ "dst-mac", required_argument, NULL, 'D' },
	{ "src-mac", required_argument, NULL, 'S' },
	{ "dst", required_argument, NULL, 'd' },
	{ "src", required_argument, NULL, 's' },
	{ "vlan", required_argument, NULL, 'V' },
	{ "pcap", required_argument, NULL, 'P' },
	{ "wait-link", required_argument, NULL, 'w' },
	{ "report", required_argument, NULL, 'T' },
	{ "mode", required_argument, NULL, 'm' },
	{ "json", no_argument, NULL, 'j' },
	{ "quiet", no_argument, NULL, 'q' },
	{ "help", no_argument, NULL, 'h' },
	{ "pretty", no_argument, NULL, OPT_PRETTY },
	{ "backend", required_argument, NULL, OPT_BACKEND },
	{ "bind", required_argument, NULL, OPT_BIND },
	{ "vnet-hdr", no_argument, NULL, OPT_VNET_HDR },
	{ "port", required_argument, NULL, OPT_PORT },
	{ "mtu", required_argument, NULL, OPT_MTU },
	{ "netns", required_argument, NULL, OPT_NETNS },
	{ "bpffs", required_argument, NULL, OPT_BPFFS },
	{ "version", no_argument, NULL, OPT_VERSION },
	{},
};

static const char *const functions[] = { "tx", "rx", "ping", "pong", NULL };
static const char *const modes[] = { "interrupt", "adaptive", "busy-poll", "spin", NULL };
static const char *const backends[] = { "auto", "af_xdp", "packet", NULL };
static const char *const bindings[] = { "auto", "copy", "zero-copy", NULL };

const char *function_name(enum function f)
{
	return functions[f];
}

const char *mode_name(enum mode m)
{
	return modes[m];
}

/* ---- values */

static int choice(const char *what, const char *text, const char *const *words, int *value)
{
	char list[80] = "";

	for (int i = 0; words[i]; i++) {
		if (!strcmp(text, words[i])) {
			*value = i;
			return 0;
		}
		snprintf(list + strlen(list), sizeof(list) - strlen(list), "%s%s", i ? "|" : "",
			 words[i]);
	}
	return xsw_fail(EINVAL, "option", what, "'%s': must be %s", text, list);
}

static int number(const char *what, const char *text, __u32 min, __u32 max, __u32 *value)
{
	__u64 v;
	int err = number_read(what, text, min, max, &v);

	if (!err)
		*value = v;
	return err;
}

/* [TPID/]VID[@PCP] */
static bool tag_read(char *text, struct tag *tag)
{
	char *slash = strchr(text, '/'), *at, *end;
	unsigned long v;

	tag->tpid = 0x8100;
	if (slash) {
		v = strtoul(text, &end, 16);
		if (end != slash || (v != 0x8100 && v != 0x88a8 && v != 0x9100 && v != 0x9200))
			return false;
		tag->tpid = v;
		text = slash + 1;
	}
	at = strchr(text, '@');
	if (at) {
		if (at[1] < '0' || at[1] > '7' || at[2])
			return false;
		*at = '\0';
	}
	v = strtoul(text, &end, 10);
	if (*text < '0' || *text > '9' || *end || v > 4095)
		return false;
	tag->tci = v | (at ? (at[1] - '0') << 13 : 0);
	return true;
}

static int tags_read(const char *text, struct config *c)
{
	char copy[128], *rest = copy, *word;

	if ((size_t)snprintf(copy, sizeof(copy), "%s", text) >= sizeof(copy))
		rest = NULL;
	for (c->tags = 0; (word = strsep(&rest, ".")); c->tags++)
		if (c->tags == TAGS_MAX || !tag_read(word, &c->tag[c->tags]))
			break;
	if (word || !c->tags)
		return xsw_fail(EINVAL, "option", "-V",
				"'%s': must be up to %d of [TPID/]VID[@PCP] with dots between, "
				"TPID 8100, 88a8, 9100 or 9200",
				text, TAGS_MAX);
	return 0;
}

/* DEV, tap:NAME or SWITCH:NAME */
static int interface_read(const char *text, struct config *c)
{
	const char *colon = strchr(text, ':'), *name = colon ? colon + 1 : text;
	size_t before = colon ? colon - text : 0;

	if (!*name || strlen(name) >= IFNAMSIZ || strchr(name, '/') || strchr(name, ':') ||
	    before >= sizeof(c->switch_name) || (colon && !before))
		return xsw_fail(EINVAL, "option", "-i",
				"'%s': must be DEV, tap:NAME or SWITCH:NAME", text);
	c->interface = text;
	strcpy(c->ifname, name);
	if (!colon)
		return 0;
	c->backend = BACKEND_TAP;
	if (before == 3 && !strncmp(text, "tap", 3)) {
		c->up = !if_nametoindex(name);
		return 0;
	}
	c->up = true;
	memcpy(c->switch_name, text, before);
	return 0;
}

static int port_settings_read(const char *text, struct config *c)
{
	char *copy = strdup(text), *save = NULL, *word, *value;
	const struct port_opt *o;
	int err = 0;

	for (word = strtok_r(copy, " ", &save); word && !err; word = strtok_r(NULL, " ", &save)) {
		value = strtok_r(NULL, " ", &save);
		o = port_opt_find(word);
		if (!o || !value)
			err = xsw_fail(EINVAL, "option", "--port",
				       o ? "'%s': value missing" :
					   "unknown word '%s', see 'xsw port help'",
				       word);
		else
			err = port_opt_set(o, value, c->ifname, &c->port);
	}
	free(copy);
	return err;
}

/* ---- the whole */

static int option_read(int option, const char *text, struct config *c)
{
	switch (option) {
	case 'i':
		c->interface = text;
		return 0;
	case 'f':
		return choice("-f", text, functions, (int *)&c->function);
	case 'l':
		return number("-l", text, LEN_MIN, LEN_MAX, &c->len);
	case 'n':
		c->count_given = true;
		return number_read("-n", text, 0, 1ULL << 53, &c->count);
	case 't':
		return seconds_read("-t", text, &c->time_s);
	case 'R':
		return rate_read("-R", text, &c->rate);
	case 'b':
		return number("-b", text, 1, BATCH_MAX, &c->batch);
	case 'p':
		return number("-p", text, 1, THREADS_MAX, &c->threads);
	case 'a':
		return number("-a", text, 0, CPU_SETSIZE - 1, (__u32 *)&c->cpu);
	case 'D':
		return mac_range_read("-D", text, &c->dmac);
	case 'S':
		c->smac_given = true;
		return mac_range_read("-S", text, &c->smac);
	case 'd':
		return end_range_read("-d", text, &c->dst);
	case 's':
		return end_range_read("-s", text, &c->src);
	case 'V':
		return tags_read(text, c);
	case 'P':
		c->pcap = text;
		return 0;
	case 'w':
		return number("-w", text, 0, 1000000, &c->wait_link_s);
	case 'T':
		return number("-T", text, 10, 1000000000, &c->report_ms);
	case 'm':
		c->mode_given = true;
		return choice("-m", text, modes, (int *)&c->mode);
	case OPT_BACKEND:
		return choice("--backend", text, backends, (int *)&c->backend);
	case OPT_BIND:
		return choice("--bind", text, bindings, (int *)&c->binding);
	case OPT_PORT:
		c->port_settings = text;
		return 0;
	case OPT_MTU:
		return number("--mtu", text, 68, 65521, &c->mtu);
	case OPT_NETNS:
		c->netns = text;
		return 0;
	case OPT_BPFFS:
		c->bpffs = text;
		return 0;
	}
	return 0;
}

static bool flag_read(int option, struct config *c)
{
	switch (option) {
	case OPT_PRETTY:
		c->pretty = true;
		/* fall through */
	case 'j':
		c->json = true;
		return true;
	case 'q':
		c->quiet = true;
		return true;
	case OPT_VNET_HDR:
		c->vnet_hdr = true;
		return true;
	}
	return false;
}

static int refuse(const char *option, const char *why)
{
	return xsw_fail(EINVAL, "option", option, "%s", why);
}

static int check_cpu(const struct config *c)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	sched_getaffinity(0, sizeof(set), &set);
	for (__u32 i = 0; c->cpu >= 0 && i < c->threads; i++)
		if (c->cpu + i >= CPU_SETSIZE || !CPU_ISSET(c->cpu + i, &set))
			return xsw_fail(EINVAL, "option", "-a", "there is no CPU %u for %u threads",
					c->cpu + i, c->threads);
	return 0;
}

/* Options that contradict each other, or would be without effect. */
static int check(struct config *c, bool function_given)
{
	bool is_tap = c->backend == BACKEND_TAP,
	     sends = c->function == FUNCTION_TX || c->function == FUNCTION_PING;

	if (!c->interface)
		return refuse("-i", "INTERFACE missing, see 'xsw-pktgen --help'");
	if (!function_given)
		return refuse("-f", "must be tx, rx, ping or pong");
	if (c->vnet_hdr && !is_tap)
		return refuse("--vnet-hdr", "is for taps");
	if (c->mtu && !c->up)
		return refuse("--mtu", "is for taps that this makes");
	if (c->port_settings && !c->switch_name[0])
		return refuse("--port", "is for SWITCH:NAME");
	if (c->pcap && c->function != FUNCTION_TX && c->function != FUNCTION_RX)
		return refuse("-P", "is for tx and rx");
	if (c->mode_given && c->function == FUNCTION_TX)
		return refuse("-m", "is for rx, ping and pong");
	if (!sends && (c->rate.pps || c->rate.bps))
		return refuse("-R", "is for tx and ping");
	if (!sends && (c->smac_given || c->dst.family || c->src.family || c->tags))
		return refuse("-f", "with rx and pong there are no frames to make: "
				    "-S -d -s -V are for tx and ping");
	if (c->pcap && c->function == FUNCTION_TX &&
	    (c->smac_given || c->dst.family || c->src.family || c->tags))
		return refuse("-P", "frames of a file are sent as they are: no -S -d -s -V");
	return check_cpu(c);
}

/* The other end's address where one was given, those of RFC 2544 and RFC 5180 elsewhere. */
static void default_ends(struct config *c)
{
	int family = c->dst.family ? c->dst.family : c->src.family;

	for (int i = 0; i < 2; i++) {
		struct end_range *e = i ? &c->src : &c->dst;

		if (e->family)
			continue;
		e->prefix = family == AF_INET6 ? 0x2001000200000000 : 0;
		e->first = family == AF_INET6 ? 2U - i : i ? 0xc6120001U : 0xc6130001U;
		e->last = e->first;
	}
}

static int usage(char **argv)
{
	const char *word = argv[optind - 1];

	return xsw_fail(EINVAL, "option", word, "unknown, or its value is missing");
}

static int read_all(int argc, char **argv, struct config *c)
{
	bool function_given = false;
	enum backend wanted;
	int option, err;

	opterr = 0;
	while ((option = getopt_long(argc, argv, "i:f:l:n:t:R:b:p:a:D:S:d:s:V:P:w:T:m:jqh", options,
				     NULL)) != -1) {
		if (option == 'h' || option == OPT_VERSION) {
			fputs(option == 'h' ? help_text : "xsw-pktgen " XSW_VERSION "\n", stdout);
			return -1;
		}
		if (option == '?')
			return usage(argv);
		function_given |= option == 'f';
		err = flag_read(option, c) ? 0 : option_read(option, optarg, c);
		if (err)
			return err;
	}
	if (optind < argc)
		return xsw_fail(EINVAL, "word", argv[optind], "unknown, see 'xsw-pktgen --help'");
	wanted = c->backend;
	err = c->interface ? interface_read(c->interface, c) : 0;
	if (!err && wanted != BACKEND_AUTO && c->backend == BACKEND_TAP)
		err = refuse("--backend", "is not for taps");
	if (!err)
		err = check(c, function_given);
	return !err && c->port_settings ? port_settings_read(c->port_settings, c) : err;
}

int config_read(int argc, char **argv, struct config *c)
{
	int err;

	*c = (struct config){
		.len = 60,
		.threads = 1,
		.cpu = -1,
		.wait_link_s = 2,
		.report_ms = 1000,
		.dmac = { 0xffffffffffff, 0xffffffffffff },
		.dst = { .port_first = 9, .port_last = 9 }, /* discard */
		.src = { .port_first = 9, .port_last = 9 },
	};
	err = read_all(argc, argv, c);
	if (err == -1)
		return -1;
	if (err)
		return EXIT_USAGE;
	if (!c->batch)
		c->batch = c->function == FUNCTION_PING ? 1 : 64;
	default_ends(c);
	return 0;
}
