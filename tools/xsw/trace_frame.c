// SPDX-License-Identifier: GPL-2.0
#include "tools/xsw/trace.h"

#include <errno.h>
#include <pcap/pcap.h>
#include <stdlib.h>
#include <string.h>

#include "ctrl/base/error.h"

#define PAYLOAD 46	 /* bytes where none are asked for: the least of IEEE 802.3 */
#define ETHERTYPE 0x88b5 /* local experimental 1, IEEE 802 */

static const struct opt_word ethertypes[] = {
	{ "arp", 0x0806 },
	{ "ipv4", 0x0800 },
	{ "ipv6", 0x86dd },
	{ "lldp", 0x88cc },
	{ "eapol", 0x888e },
	{ "slow", 0x8809 },
	{},
};
static const struct opt_word paths[] = { { "xdp", XSW_PATH_XDP }, { "skb", XSW_PATH_SKB }, {} };

#define AT(member) OPT_AT(struct asked, member)

static const struct opt rows[] = {
	[ASKED_SRC] = { "src", .type = OPT_MAC, AT(src) },
	[ASKED_DST] = { "dst", .type = OPT_MAC, AT(dst) },
	[ASKED_ETHERTYPE] = { "ethertype", .type = OPT_ETHERTYPE, AT(ethertype),
			      .words = ethertypes, .max = 0xffff },
	[ASKED_LEN] = { "len", .type = OPT_NUMBER, AT(len), .min = TRACE_LEN_MIN,
			.max = TRACE_LEN_MAX },
	[ASKED_NR] = { "nr", .type = OPT_NUMBER, AT(nr), .min = 1, .max = 0xffffffff },
	[ASKED_PATH] = { "path", .type = OPT_CHOICE, AT(path), .words = paths },
};

const struct opts asked_opts = OPTS("trace", rows, struct asked);

/* ---- reading words */

static int tpid_read(const char *text, size_t len, __u16 *tpid)
{
	char word[16];
	unsigned long n;
	char *end;

	snprintf(word, sizeof(word), "%.*s", (int)(len < 15 ? len : 15), text);
	if (!strcmp(word, "802.1q"))
		*tpid = 0x8100;
	else if (!strcmp(word, "802.1ad"))
		*tpid = 0x88a8;
	else {
		n = strtoul(word, &end, 16);
		if (*end || end == word || word[0] == '-' || n < 0x600 || n > 0xffff)
			return -EINVAL;
		*tpid = n;
	}
	return 0;
}

/* A decimal number from 0 to @max, which ends at @stop or the end of the text. */
static int number_read(const char **text, char stop, unsigned long max, __u16 *value)
{
	unsigned long n;
	char *end;

	if (**text < '0' || **text > '9')
		return -EINVAL;
	n = strtoul(*text, &end, 10);
	if (n > max || (*end && *end != stop))
		return -EINVAL;
	*value = n;
	*text = *end ? end + 1 : end;
	return *end && !end[1] ? -EINVAL : 0;
}

/* "[TPID:]VID[.PCP]" */
static int tag_read(const char *text, struct asked *asked)
{
	const char *colon = text ? strchr(text, ':') : NULL, *at = colon ? colon + 1 : text;
	__u16 tpid = 0x8100, vid = 0, pcp = 0;

	if (!text)
		return usage("trace", asked->ifname, "vlan: value missing");
	if (asked->tags == ASKED_TAGS)
		return usage("trace", asked->ifname, "vlan: no more than %d tags", ASKED_TAGS);
	if ((colon && tpid_read(text, colon - text, &tpid)) || number_read(&at, '.', 4095, &vid) ||
	    (*at && (number_read(&at, '\0', 7, &pcp))))
		return usage("trace", asked->ifname,
			     "vlan '%s': must be [TPID:]VID[.PCP], such as 20 or 0x88a8:20.5",
			     text);
	asked->tag[asked->tags].tpid = tpid;
	asked->tag[asked->tags++].tci = pcp << 13 | vid;
	return 0;
}

static int text_read(const char *word, const char *text, const char **at, const struct asked *asked)
{
	if (!text)
		return usage("trace", asked->ifname, "%s: value missing", word);
	if (*at)
		return usage("trace", asked->ifname, "%s: given twice", word);
	*at = text;
	return 0;
}

static int opt_word_read(const char *word, const char *text, struct asked *asked)
{
	const struct opt *o = opts_find(&asked_opts, word);

	if (!o) {
		static const char *const words[] = { "src",	"dst",	"vlan",	 "ethertype",
						     "payload", "len",	"frame", "pcap",
						     "nr",	"path", NULL };

		return unknown_word("trace", asked->ifname, word, words);
	}
	if (opt_given(&asked_opts, o, asked))
		return usage("trace", asked->ifname, "%s: given twice", word);
	return read_opt(&asked_opts, word, text, asked->ifname, asked);
}

/* A frame comes whole from one place. */
static int places_check(const struct asked *a)
{
	bool words = a->tags || a->payload || opts_given(&asked_opts, a, rows[ASKED_SRC].at) ||
		     opts_given(&asked_opts, a, rows[ASKED_DST].at) ||
		     opts_given(&asked_opts, a, rows[ASKED_ETHERTYPE].at) ||
		     opts_given(&asked_opts, a, rows[ASKED_LEN].at);

	if (a->frame && a->pcap)
		return usage("trace", a->ifname, "frame and pcap: one of both");
	if (words && (a->frame || a->pcap))
		return usage("trace", a->ifname, "%s is a whole frame: no other words describe it",
			     a->frame ? "frame" : "pcap");
	if (opts_given(&asked_opts, a, rows[ASKED_NR].at) && !a->pcap)
		return usage("trace", a->ifname, "nr: only with pcap");
	return 0;
}

int asked_read(struct words *w, struct asked *asked)
{
	const char *word, *value;
	int err = 0;

	*asked = (struct asked){ .ifname = words_next(w), .ethertype = ETHERTYPE, .nr = 1 };
	if (!asked->ifname)
		return usage("trace", NULL, "DEV missing, see 'xsw trace help'");
	memcpy(asked->src, "\2\0\0\0\0\1", 6);
	memset(asked->dst, 0xff, 6);
	while (!err && (word = words_next(w))) {
		value = words_next(w);
		if (!strcmp(word, "vlan"))
			err = tag_read(value, asked);
		else if (!strcmp(word, "payload"))
			err = text_read(word, value, &asked->payload, asked);
		else if (!strcmp(word, "frame"))
			err = text_read(word, value, &asked->frame, asked);
		else if (!strcmp(word, "pcap"))
			err = text_read(word, value, &asked->pcap, asked);
		else
			err = opt_word_read(word, value, asked);
	}
	return err ? err : places_check(asked);
}

/* ---- making the frame */

static int digit(char c)
{
	return c >= '0' && c <= '9' ? c - '0' :
	       c >= 'a' && c <= 'f' ? c - 'a' + 10 :
	       c >= 'A' && c <= 'F' ? c - 'A' + 10 :
				      -1;
}

/* Hexadecimal digits, two a byte. @room: bytes there may be. Return: 0 or EXIT_USAGE, printed. */
static int hex_read(const struct asked *a, const char *word, const char *text, __u8 *data,
		    __u32 room, __u32 *len)
{
	size_t n = strlen(text);

	if (n % 2)
		return usage("trace", a->ifname, "%s: an odd number of digits", word);
	if (n / 2 > room)
		return usage("trace", a->ifname, "%s: %zu bytes are too many, %u may be", word,
			     n / 2, room);
	for (size_t i = 0; i < n; i++) {
		if (digit(text[i]) < 0)
			return usage("trace", a->ifname, "%s: '%c' is no hexadecimal digit", word,
				     text[i]);
		data[i / 2] = i % 2 ? data[i / 2] << 4 | digit(text[i]) : digit(text[i]);
	}
	*len = n / 2;
	return 0;
}

static __u32 put16(__u8 *p, __u16 value)
{
	p[0] = value >> 8;
	p[1] = value;
	return 2;
}

static int words_frame(const struct asked *a, __u8 *data, __u32 *len)
{
	bool fixed = opts_given(&asked_opts, a, rows[ASKED_LEN].at);
	__u32 at = 12, more = PAYLOAD;
	int err = 0;

	memset(data, 0, TRACE_LEN_MAX);
	memcpy(data, a->dst, 6);
	memcpy(data + 6, a->src, 6);
	for (__u32 i = 0; i < a->tags; i++) {
		at += put16(data + at, a->tag[i].tpid);
		at += put16(data + at, a->tag[i].tci);
	}
	at += put16(data + at, a->ethertype);
	if (a->payload)
		err = hex_read(a, "payload", a->payload, data + at, TRACE_LEN_MAX - at, &more);
	if (!err && fixed && a->payload && a->len < at + more)
		return usage("trace", a->ifname, "len %u: the payload ends at %u", a->len,
			     at + more);
	*len = fixed ? a->len : at + more;
	return err;
}

static int hex_frame(const struct asked *a, __u8 *data, __u32 *len)
{
	int err = hex_read(a, "frame", a->frame, data, TRACE_LEN_MAX, len);

	if (!err && *len < TRACE_LEN_MIN)
		return usage("trace", a->ifname, "frame: %u bytes, an Ethernet header has %d", *len,
			     TRACE_LEN_MIN);
	return err;
}

static int pcap_refused(const struct asked *a, const char *fmt, const char *why)
{
	xsw_fail(EINVAL, "file", a->pcap, fmt, why);
	return failed(-EINVAL);
}

static int record_take(const struct asked *a, const struct pcap_pkthdr *head, const __u8 *bytes,
		       __u8 *data, __u32 *len)
{
	char text[64];

	snprintf(text, sizeof(text), "record %u has %u bytes", a->nr, head->caplen);
	if (head->caplen < TRACE_LEN_MIN)
		return pcap_refused(a, "%s, less than an Ethernet header", text);
	if (head->caplen > TRACE_LEN_MAX)
		return pcap_refused(a, "%s, more than a frame may have", text);
	if (head->caplen < head->len)
		warn("file", a->pcap, "record %u was cut, only %u of %u bytes are there", a->nr,
		     head->caplen, head->len);
	memcpy(data, bytes, head->caplen);
	*len = head->caplen;
	return 0;
}

static int pcap_frame(const struct asked *a, __u8 *data, __u32 *len)
{
	char why[PCAP_ERRBUF_SIZE], text[64];
	struct pcap_pkthdr *head;
	const __u8 *bytes;
	int got = 1, err;
	pcap_t *file = pcap_open_offline(a->pcap, why);

	if (!file)
		return pcap_refused(a, "cannot read: %s", why);
	if (pcap_datalink(file) != DLT_EN10MB) {
		snprintf(text, sizeof(text), "link type %d", pcap_datalink(file));
		pcap_close(file);
		return pcap_refused(a, "%s, not Ethernet", text);
	}
	for (__u32 i = 0; i < a->nr && got == 1; i++)
		got = pcap_next_ex(file, &head, &bytes);
	if (got == 1) {
		err = record_take(a, head, bytes, data, len);
	} else {
		snprintf(text, sizeof(text), "no record %u", a->nr);
		err = pcap_refused(a, "%s", got == PCAP_ERROR ? pcap_geterr(file) : text);
	}
	pcap_close(file);
	return err;
}

int asked_frame(const struct asked *a, __u8 *data, __u32 *len)
{
	return a->pcap	? pcap_frame(a, data, len) :
	       a->frame ? hex_frame(a, data, len) :
			  words_frame(a, data, len);
}
