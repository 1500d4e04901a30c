/* SPDX-License-Identifier: GPL-2.0 */
/* Frames in words, as in frame.c, with the port in front:
 *
 *   pN DST SRC [TPID/VID[/PCP[/dei]]]... [payN | lenN | tcp | tcp-partial] [meta]
 *
 * Addresses: bcast, zero, hN = 02:00:00:00:00:N, gN = 01:00:5e:00:00:N,
 * rN = 01:80:c2:00:00:N. payN: bytes of payload after the ethertype 88b5
 * (default 46); lenN: the whole frame is cut or filled to N; tcp: a segment
 * with a right checksum, or with one that hardware has still to complete;
 * meta: with metadata in front that another XDP program left.
 */
#pragma once

#include <linux/ip.h>
#include <linux/tcp.h>

#include "ctrl/base/opt.h"

#include "frame.h"

#define PAYLOAD 46
#define WORDS_MAX 256

struct words_frame {
	int port;
	int len;
	bool meta;
	uint8_t data[FRAME_MAX];
};

static inline void words_fail(const char *words, const char *word)
{
	fprintf(stderr, "steps: what is '%s' in '%s'?\n", word, words);
	exit(2);
}

/* Read an option of a port or a switch, as a command line has it. */
static inline void words_option(const struct opts *opts, const char *word, const char *value,
				void *settings)
{
	const struct opt *o = opts_find(opts, word);

	if (!o || opt_read(opts, o, value, "p", settings))
		words_fail(opts->object, word);
}

/* Return: false if @word is no address. */
static inline bool words_mac(const char *word, uint8_t *mac)
{
	static const struct {
		char letter;
		uint8_t mac[6];
	} names[] = { { 'h', { 2 } }, { 'g', { 1, 0, 0x5e } }, { 'r', { 1, 0x80, 0xc2 } } };

	if (!strcmp(word, "bcast") || !strcmp(word, "zero")) {
		memset(mac, word[0] == 'b' ? 0xff : 0, 6);
		return true;
	}
	for (int i = 0; i < 3; i++) {
		if (word[0] != names[i].letter)
			continue;
		memcpy(mac, names[i].mac, 6);
		mac[5] = atoi(word + 1);
		return true;
	}
	return false;
}

static inline void put16(uint8_t *p, unsigned int value)
{
	p[0] = value >> 8;
	p[1] = value & 0xff;
}

static inline bool words_tag(const char *word, uint8_t *tag)
{
	unsigned int tpid, vid, pcp = 0;

	if (sscanf(word, "%x/%u/%u", &tpid, &vid, &pcp) < 2)
		return false;
	put16(tag, tpid);
	put16(tag + 2, pcp << 13 | (strstr(word, "/dei") ? 0x1000 : 0) | vid);
	return true;
}

static inline uint32_t sum16(const uint8_t *p, size_t len)
{
	uint32_t sum = 0;

	for (size_t i = 0; i + 1 < len; i += 2)
		sum += p[i] << 8 | p[i + 1];
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return sum;
}

/* From the ethertype on; a checksum left to hardware is the sum of the pseudo
 * header alone. Return: bytes written.
 */
static inline int words_tcp(uint8_t *p, bool partial)
{
	struct iphdr ip = {
		.version = 4,
		.ihl = 5,
		.ttl = 64,
		.protocol = IPPROTO_TCP,
		.tot_len = htons(sizeof(struct iphdr) + sizeof(struct tcphdr)),
		.saddr = htonl(0xc0000201),
		.daddr = htonl(0xc0000202),
	};
	struct tcphdr tcp = { .source = htons(1), .dest = htons(2), .doff = 5, .ack = 1 };
	uint8_t *l4 = p + 2 + sizeof(ip);
	uint32_t sum;

	put16(p, ETH_P_IP);
	memcpy(p + 2, &ip, sizeof(ip));
	memcpy(l4, &tcp, sizeof(tcp));
	sum = sum16((uint8_t *)&ip.saddr, 8) + IPPROTO_TCP + sizeof(tcp);
	if (!partial)
		sum += sum16(l4, sizeof(tcp));
	sum = (sum & 0xffff) + (sum >> 16);
	sum = (sum & 0xffff) + (sum >> 16);
	put16(l4 + 16, partial ? sum : ~sum);
	return 2 + sizeof(ip) + sizeof(tcp);
}

/** words_read() - words to a frame; ends the program if they make no sense */
static inline void words_read(const char *words, struct words_frame *f)
{
	int payload = PAYLOAD, whole = 0, tcp = 0;
	char copy[WORDS_MAX], *next = copy, *word;

	memset(f, 0, sizeof(*f));
	snprintf(copy, sizeof(copy), "%s", words);
	while ((word = strsep(&next, " "))) {
		if (!*word || sscanf(word, "p%d", &f->port) == 1)
			continue;
		if (sscanf(word, "pay%d", &payload) == 1 || sscanf(word, "len%d", &whole) == 1)
			continue;
		if (!strcmp(word, "meta"))
			f->meta = true;
		else if (!strncmp(word, "tcp", 3))
			tcp = strcmp(word, "tcp") ? 2 : 1;
		else if (f->len < 12 && words_mac(word, f->data + f->len))
			f->len += 6;
		else if (f->len >= 12 && words_tag(word, f->data + f->len))
			f->len += 4;
		else
			words_fail(words, word);
	}
	if (tcp) {
		f->len += words_tcp(f->data + f->len, tcp == 2);
		return;
	}
	put16(f->data + f->len, 0x88b5);
	f->len += 2;
	if (whole)
		payload = whole > f->len ? whole - f->len : 0;
	for (int i = 0; i < payload; i++)
		f->data[f->len + i] = 0x40 + i % 61;
	f->len = whole ? whole : f->len + payload;
}

/** words_port() - the number in "pN", 0 if @word is none from p1 to p@most */
static inline int words_port(const char *word, int most)
{
	return word && word[0] == 'p' && word[1] > '0' && word[1] <= '0' + most ? word[1] - '0' : 0;
}

/* An entry of the FDB, in words: "hN pN [VLAN] [static | age S]" */
struct words_fdb {
	struct xsw_fdb_key key;
	int port; /* 0: there were no words */
	bool is_static;
	int age_s;
};

/** words_fdb_read() - @item is taken to pieces; ports are p1 to p@most */
static inline struct words_fdb words_fdb_read(char *item, int most)
{
	struct words_fdb f = {};
	char *word;

	while ((word = strsep(&item, " "))) {
		if (!strcmp(word, "static"))
			f.is_static = true;
		else if (!strcmp(word, "age"))
			f.age_s = atoi(strsep(&item, " "));
		else if (words_port(word, most))
			f.port = words_port(word, most);
		else if (*word && !words_mac(word, f.key.mac))
			f.key.vlan = atoi(word);
	}
	return f;
}

/** words_hex() - the head of a frame, for reports */
static inline const char *words_hex(const uint8_t *data, int len)
{
	static char text[2][160];
	static int turn;
	char *to = text[turn ^= 1], *start = to;

	to += sprintf(to, "%d bytes: ", len);
	for (int i = 0; i < len && i < 34; i++)
		to += sprintf(to, "%02x%s", data[i], i == 5 || i == 11 ? " " : "");
	return start;
}
