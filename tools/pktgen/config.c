// SPDX-License-Identifier: GPL-2.0
/* The command line. Nothing is done before all of it is understood. */
#include <arpa/inet.h>
#include <errno.h>
#include <getopt.h>
#include <net/if.h>
#include <sched.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ctrl/base/error.h"
#include "ctrl/base/version.h"
#include "ctrl/port/settings.h"
#include "tools/pktgen/config.h"

static const char help_text[] =
	"Usage: xsw-pktgen -i INTERFACE -f { tx | rx | ping | pong } [ OPTIONS ]\n"
	"INTERFACE := { DEV | tap:NAME | SWITCH:NAME }\n"
	"  DEV           a network device, by AF_XDP (AF_PACKET where that is impossible)\n"
	"  tap:NAME      the guest's side of a tap\n"
	"  SWITCH:NAME   a new port of that switch, for the time of the run\n"
	"OPTIONS:\n"
	"  -i, --interface, -f, --function  as above\n"
	"  -l, --length N          bytes of a frame with tags, without FCS (60); given twice:\n"
	"                          at random, from the second to below the first\n"
	"  -n, --count N           frames to send, receive or answer (0: until stopped)\n"
	"  -t, --time SECONDS      end after so long\n"
	"  -R, --rate RATE         of all threads: 100k, 1.5mpps, 1gbit (as fast as it goes)\n"
	"  -b, --batch N           frames a system call, 1 to 512 (64; ping: 1)\n"
	"  -p, --threads N         one queue each for tx; they share those of rx (1)\n"
	"  -a, --cpu N             CPU of the first thread, the next ones follow\n"
	"  -c, --cpus N            CPUs to use, 0 to N - 1 (0: all)\n"
	"  -D, --dst-mac MAC[-MAC]         destination (ff:ff:ff:ff:ff:ff)\n"
	"  -S, --src-mac MAC[-MAC]         source (the device's)\n"
	"  -d, --dst ADDR[:PORT][-ADDR[:PORT]]   IPv4, or IPv6 as [ADDR]:PORT\n"
	"  -s, --src ADDR[:PORT][-ADDR[:PORT]]\n"
	"  -z, --random-src, -Z, --random-dst    any IPv4 address (IPv6: lower half) and port\n"
	"  -V, --vlan TAG[.TAG]... outer tag first; TAG := [TPID/]VID[@PCP]\n"
	"  --announce MAC[-MAC]    rx, pong: send a frame from each of these addresses first\n"
	"  -F, --fragments N       send each frame in N descriptors, 1 to 16 (AF_XDP)\n"
	"  -M, --fragment-size N   ... of so many bytes at most\n"
	"  -C, --rings TX[,RX]     slots of the rings (AF_XDP: 1024,4096)\n"
	"  -P, --pcap FILE         tx: replay it; rx: record to it\n"
	"  -w, --wait-link SECONDS wait so long for the link (2)\n"
	"  -T, --report MS         interval of the live line (1000)\n"
	"  -m, --mode MODE         waiting for frames: interrupt, adaptive, busy-poll, spin\n"
	"  -A, --deviation         of the rate, in the live line\n"
	"  -X, --dump              print each frame\n"
	"  -j, --json  --pretty  -q, --quiet (no live line)\n"
	"  --backend auto|af_xdp|packet  --bind auto|copy|zero-copy  --vnet-hdr (taps)\n"
	"  --port \"OPTION VALUE...\" settings of the port, as of 'xsw port add'\n"
	"  --mtu N                 of a tap that this makes (1500, or what -l needs)\n"
	"  --netns NAME  --bpffs DIR  --version  -h, --help\n";

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

/* -l, which may stand there twice. */
static int length_read(const char *what, const char *text, struct config *c)
{
	__u32 len;
	int err = number(what, text, LEN_MIN, LEN_MAX, &len);

	if (err)
		return err;
	if (c->lens++ > 1)
		return xsw_fail(EINVAL, "option", what, "'%s': given a third time", text);
	if (c->lens == 2 && len >= c->len)
		return xsw_fail(
			EINVAL, "option", what,
			"'%s': the second length, of the shortest frames, must be below the "
			"first",
			text);
	if (c->lens == 2)
		c->len_min = len;
	else
		c->len = len;
	return 0;
}

/* TX[,RX[,0[,0]]]; one number is for both, 0 and what is missing are defaults. */
static int rings_read(const char *what, const char *text, struct config *c)
{
	char copy[64], *rest = copy, *word;
	__u32 v[5] = {};
	int n = 0, err = 0;

	if ((size_t)snprintf(copy, sizeof(copy), "%s", text) >= sizeof(copy))
		n = 5;
	for (; !err && n < 5 && (word = strsep(&rest, ",")); n++)
		err = *word ? number(what, word, 0, SLOTS_MAX, &v[n]) : 0;
	if (err)
		return err;
	if (n > 4 || !*text)
		return xsw_fail(EINVAL, "option", what,
				"'%s': must be 1 to 4 numbers with commas between", text);
	if (v[2] || v[3])
		return xsw_fail(
			EINVAL, "option", what,
			"'%s': how many rings there are is not set: a thread has one, see -p",
			text);
	c->tx_slots = v[0];
	c->rx_slots = n == 1 ? v[0] : v[1];
	return 0;
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

	if (c->tags)
		return xsw_fail(EINVAL, "option", "-V",
				"'%s': given twice; several tags are one word, as 100.10", text);
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

static int port_words_read(const char *text, struct config *c)
{
	char *copy = strdup(text), *save = NULL, *word, *value;
	const struct opt *o;
	int err = 0;

	for (word = strtok_r(copy, " ", &save); word && !err; word = strtok_r(NULL, " ", &save)) {
		value = strtok_r(NULL, " ", &save);
		o = opts_find(&port_opts, word);
		if (!o || !value)
			err = xsw_fail(EINVAL, "option", "--port",
				       o ? "'%s': value missing" :
					   "unknown word '%s', see 'xsw port help'",
				       word);
		else
			err = opt_read(&port_opts, o, value, c->ifname, &c->port);
	}
	free(copy);
	return err;
}

/* ---- options */

enum value {
	TEXT,
	FLAG,
	NUMBER,
	CHOICE,
	COUNT,
	SECONDS,
	RATE,
	MACS,
	ENDS,
	TAGS,
	LENGTH,
	RINGS,
	VERSION,
	HELP
};

/* An option, and the member of struct config that its value goes to. */
static const struct row {
	const char *name;
	char letter; /* 0: there is none */
	enum value value;
	size_t at;
	size_t given;		  /* a bool that tells that the option was named; 0: none */
	__u32 min, max;		  /* of NUMBER */
	const char *const *words; /* of CHOICE */
} rows[] = {
#define AT(member) offsetof(struct config, member)
	{ "interface", 'i', TEXT, .at = AT(interface) },
	{ "function", 'f', CHOICE, .at = AT(function), .given = AT(function_given),
	  .words = functions },
	{ "length", 'l', .value = LENGTH },
	{ "count", 'n', COUNT, .at = AT(count), .given = AT(count_given) },
	{ "time", 't', SECONDS, .at = AT(time_s) },
	{ "rate", 'R', RATE, .at = AT(rate) },
	{ "batch", 'b', NUMBER, .at = AT(batch), .min = 1, .max = BATCH_MAX },
	{ "threads", 'p', NUMBER, .at = AT(threads), .min = 1, .max = THREADS_MAX },
	{ "cpu", 'a', NUMBER, .at = AT(cpu), .max = CPU_SETSIZE - 1 },
	{ "cpus", 'c', NUMBER, .at = AT(cpus), .max = CPU_SETSIZE },
	{ "dst-mac", 'D', MACS, .at = AT(dmac) },
	{ "src-mac", 'S', MACS, .at = AT(smac), .given = AT(smac_given) },
	{ "dst", 'd', ENDS, .at = AT(dst) },
	{ "src", 's', ENDS, .at = AT(src) },
	{ "random-src", 'z', FLAG, .at = AT(random_src) },
	{ "random-dst", 'Z', FLAG, .at = AT(random_dst) },
	{ "vlan", 'V', .value = TAGS },
	{ "fragments", 'F', NUMBER, .at = AT(fragments), .min = 1, .max = FRAGMENTS_MAX },
	{ "fragment-size", 'M', NUMBER, .at = AT(fragment_len), .min = LEN_MIN, .max = LEN_MAX },
	{ "rings", 'C', .value = RINGS },
	{ "pcap", 'P', TEXT, .at = AT(pcap) },
	{ "wait-link", 'w', NUMBER, .at = AT(wait_link_s), .max = 1000000 },
	{ "report", 'T', NUMBER, .at = AT(report_ms), .min = 10, .max = 1000000000 },
	{ "mode", 'm', CHOICE, .at = AT(mode), .given = AT(mode_given), .words = modes },
	{ "deviation", 'A', FLAG, .at = AT(deviation) },
	{ "dump", 'X', FLAG, .at = AT(dump) },
	{ "json", 'j', FLAG, .at = AT(json) },
	{ "quiet", 'q', FLAG, .at = AT(quiet) },
	{ "announce", 0, MACS, .at = AT(smac), .given = AT(announce) },
	{ "help", 'h', .value = HELP },
	{ "pretty", 0, FLAG, .at = AT(pretty), .given = AT(json) },
	{ "backend", 0, CHOICE, .at = AT(backend), .words = backends },
	{ "bind", 0, CHOICE, .at = AT(binding), .words = bindings },
	{ "vnet-hdr", 0, FLAG, .at = AT(vnet_hdr) },
	{ "port", 0, TEXT, .at = AT(port_settings) },
	{ "mtu", 0, NUMBER, .at = AT(mtu), .min = 68, .max = 65521 },
	{ "netns", 0, TEXT, .at = AT(netns) },
	{ "bpffs", 0, TEXT, .at = AT(bpffs) },
	{ "version", 0, .value = VERSION },
#undef AT
};

#define ROWS (sizeof(rows) / sizeof(rows[0]))
#define LONG_FIRST 256 /* what getopt_long() returns for the first row's name, letters are below */

static int version_print(void)
{
	printf("xsw-pktgen %s\n", xsw_version);
	return -1;
}

static int value_read(const struct row *row, const char *what, const char *text, void *at)
{
	switch (row->value) {
	case TEXT:
		*(const char **)at = text;
		return 0;
	case FLAG:
		*(bool *)at = true;
		return 0;
	case NUMBER:
		return number(what, text, row->min, row->max, at);
	case CHOICE:
		return choice(what, text, row->words, at);
	case COUNT:
		return number_read(what, text, 0, 1ULL << 53, at);
	case SECONDS:
		return seconds_read(what, text, at);
	case RATE:
		return rate_read(what, text, at);
	case MACS:
		return mac_range_read(what, text, at);
	case ENDS:
		return end_range_read(what, text, at);
	case TAGS:
		return tags_read(text, at);
	case LENGTH:
		return length_read(what, text, at);
	case RINGS:
		return rings_read(what, text, at);
	case VERSION:
		return version_print();
	case HELP:
		fputs(help_text, stdout);
		return -1;
	}
	return 0;
}

/* Return: 0, -errno with the error set, or -1: all is done. */
static int option_read(const struct row *row, const char *text, struct config *c)
{
	char what[32] = { '-', row->letter };

	if (!row->letter)
		snprintf(what, sizeof(what), "--%s", row->name);
	if (row->given)
		*(bool *)((char *)c + row->given) = true;
	return value_read(row, what, text, (char *)c + row->at);
}

/* What getopt_long() wants to know, from the table. */
static void options_make(struct option *names, char *letters)
{
	for (size_t i = 0; i < ROWS; i++) {
		bool valued = rows[i].value != FLAG && rows[i].value < VERSION;

		*names++ = (struct option){ rows[i].name, valued, NULL, LONG_FIRST + i };
		if (rows[i].letter)
			*letters++ = rows[i].letter;
		if (rows[i].letter && valued)
			*letters++ = ':';
	}
	*names = (struct option){};
	*letters = 0;
}

static const struct row *row_of(int option)
{
	if (option >= LONG_FIRST)
		return &rows[option - LONG_FIRST];
	for (size_t i = 0; i < ROWS; i++)
		if (rows[i].letter == option)
			return &rows[i];
	return NULL;
}

/* ---- the whole */

static int refuse(const char *option, const char *why)
{
	return xsw_fail(EINVAL, "option", option, "%s", why);
}

int config_cpu(const struct config *c, unsigned int thread)
{
	if (c->cpu < 0)
		return -1;
	return c->cpus ? (c->cpu + thread) % c->cpus : c->cpu + thread;
}

double config_mean_len(const struct config *c)
{
	return c->len_min ? (c->len_min + c->len - 1) / 2.0 : c->len;
}

static int check_cpu(const struct config *c)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	sched_getaffinity(0, sizeof(set), &set);
	if (c->cpus && !CPU_ISSET(c->cpus - 1, &set))
		return xsw_fail(EINVAL, "option", "-c", "there are no CPUs 0 to %u to use",
				c->cpus - 1);
	for (__u32 i = 0; c->cpu >= 0 && i < c->threads; i++) {
		int cpu = config_cpu(c, i);

		if (cpu >= CPU_SETSIZE || !CPU_ISSET(cpu, &set))
			return xsw_fail(EINVAL, "option", "-a", "there is no CPU %d for %u threads",
					cpu, c->threads);
	}
	return 0;
}

/* What -F and -M come to: pieces of one length, the last one shorter. */
static int pieces_plan(struct config *c)
{
	__u32 n = c->fragments ? c->fragments : 1, len = (c->len + n - 1) / n;

	if (!c->fragments && !c->fragment_len)
		return 0;
	if (c->fragment_len && c->fragment_len < len)
		len = c->fragment_len;
	if (len > FRAGMENT_MAX)
		len = FRAGMENT_MAX;
	if ((c->len + len - 1) / len > FRAGMENTS_MAX)
		return xsw_fail(EINVAL, "option", "-M",
				"'%u': frames of %u bytes would have more than %u fragments", len,
				c->len, FRAGMENTS_MAX);
	c->piece_len = len;
	return 0;
}

static bool power_of_two(__u32 v)
{
	return !(v & (v - 1));
}

/* Options about descriptors and rings, which not every back end has. */
static int check_rings(const struct config *c)
{
	bool is_tap = c->backend == BACKEND_TAP;

	if (c->piece_len && (is_tap || c->backend == BACKEND_PACKET))
		return refuse(c->fragments ? "-F" : "-M",
			      "is for AF_XDP: others take a frame as a whole");
	if (!c->tx_slots && !c->rx_slots)
		return 0;
	if (c->backend == BACKEND_PACKET || (is_tap && !c->up))
		return refuse("-C", "is for AF_XDP, and for taps that this makes");
	if (!is_tap && (!power_of_two(c->tx_slots) || !power_of_two(c->rx_slots)))
		return refuse("-C", "rings of AF_XDP have powers of two of slots");
	return 0;
}

/* Options of frames that are made here, where none are. */
static const char *made_frames_option(const struct config *c)
{
	return c->smac_given && !c->announce ? "-S" :
	       c->dst.family		     ? "-d" :
	       c->src.family		     ? "-s" :
	       c->random_src		     ? "-z" :
	       c->random_dst		     ? "-Z" :
	       c->len_min		     ? "-l" :
	       c->tags && !c->announce	     ? "-V" :
					       NULL;
}

/* Options about what is printed. */
static int check_output(const struct config *c)
{
	if (c->dump && c->json)
		return refuse("-X", "prints text, which does not go with -j");
	if (c->deviation && c->quiet)
		return refuse("-A", "is in the live line, which -q leaves out");
	return 0;
}

/* Options that contradict each other, or would be without effect. */
static int check(struct config *c)
{
	bool is_tap = c->backend == BACKEND_TAP,
	     sends = c->function == FUNCTION_TX || c->function == FUNCTION_PING;

	if (!c->interface)
		return refuse("-i", "INTERFACE missing, see 'xsw-pktgen --help'");
	if (!c->function_given)
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
	if (!sends && !c->announce && (c->rate.pps || c->rate.bps))
		return refuse("-R", "is for tx and ping, and for --announce");
	if (sends && c->announce)
		return refuse("--announce", "is for rx and pong; tx and ping send by themselves");
	if (!sends && (made_frames_option(c) || c->piece_len))
		return refuse("-f", "with rx and pong there are no frames to make: -S -d -s -z -Z "
				    "-V -F -M and two lengths are for tx and ping");
	if (c->pcap && c->function == FUNCTION_TX && made_frames_option(c))
		return refuse("-P",
			      "frames of a file are sent as they are: no -S -d -s -z -Z -V, no "
			      "second -l");
	return 0;
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

static int options_read(int argc, char **argv, struct config *c)
{
	struct option names[ROWS + 1];
	char letters[2 * ROWS + 1];
	int option, err = 0;

	options_make(names, letters);
	opterr = 0;
	while (!err && (option = getopt_long(argc, argv, letters, names, NULL)) != -1) {
		const struct row *row = row_of(option);

		err = row ? option_read(row, optarg, c) : usage(argv);
	}
	if (!err && optind < argc)
		err = xsw_fail(EINVAL, "word", argv[optind], "unknown, see 'xsw-pktgen --help'");
	return err;
}

static int read_all(int argc, char **argv, struct config *c)
{
	int err = options_read(argc, argv, c);
	enum backend wanted = c->backend;

	if (!err && c->interface)
		err = interface_read(c->interface, c);
	if (!err && wanted != BACKEND_AUTO && c->backend == BACKEND_TAP)
		err = refuse("--backend", "is not for taps");
	if (!err)
		err = pieces_plan(c);
	if (!err)
		err = check(c);
	if (!err)
		err = check_rings(c);
	if (!err)
		err = check_output(c);
	if (!err)
		err = check_cpu(c);
	return !err && c->port_settings ? port_words_read(c->port_settings, c) : err;
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
	if (argc == 2 && !strcmp(argv[1], "-V")) /* of those that know it from elsewhere */
		return version_print();
	err = read_all(argc, argv, c);
	if (err == -1)
		return -1;
	if (err)
		return EXIT_USAGE;
	c->smac_given = c->smac_given || c->announce;
	if (!c->batch)
		c->batch = c->function == FUNCTION_PING ? 1 : 64;
	default_ends(c);
	return 0;
}
