/* SPDX-License-Identifier: GPL-2.0 */
/* Writing of capture files, draft-ietf-opsawg-pcapng: a section whose interfaces are Ethernet, with
 * times in nanoseconds. For programs of others, too: needs no other file.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

/* Has room for the longest frame, 65535 bytes with two tags, and 512 bytes of options. */
#define PCAPNG_BLOCK_MAX (65536 + 1024)
#define PCAPNG_TEXT_MAX 480 /* of names and comments, which are cut off there */

/* All zero to begin with. */
struct pcapng {
	FILE *file;
	int error;	     /* errno of the first write that failed, 0: none has */
	uint32_t interfaces; /* described so far */
	uint64_t bytes;	     /* written so far */
	uint32_t len;	     /* of the block that is being made */
	uint8_t block[PCAPNG_BLOCK_MAX];
};

/* What NULL and 0 stand for is left out. */
struct pcapng_interface {
	const char *name;
	const char *description;
	const char *filter; /* in the language of pcap-filter(7) */
	uint32_t snaplen;   /* 0: frames are not cut */
};

#define PCAPNG_INBOUND 1
#define PCAPNG_OUTBOUND 2

struct pcapng_packet {
	uint32_t interface; /* as pcapng_interface() said */
	uint64_t time_ns;   /* CLOCK_REALTIME */
	uint32_t len;	    /* of the frame */
	uint32_t caught;    /* bytes at @data, up to 65536 */
	const void *data;
	uint32_t direction; /* PCAPNG_INBOUND, PCAPNG_OUTBOUND */
	bool has_queue;
	uint32_t queue;
	const char *comment; /* NULL: none */
};

/**
 * pcapng_begin() - begin a section
 * @us: the program that writes it
 *
 * Errors of this and all others are kept in @p->error.
 */
void pcapng_begin(struct pcapng *p, FILE *file, const char *us);

/** pcapng_interface() - describe an interface. Return: its number. */
uint32_t pcapng_interface(struct pcapng *p, const struct pcapng_interface *i);

void pcapng_packet(struct pcapng *p, const struct pcapng_packet *packet);

/**
 * pcapng_statistics() - of an interface, when nothing more follows
 * @received, @dropped: frames that were to be written, and those among them that are not
 */
void pcapng_statistics(struct pcapng *p, uint32_t interface, uint64_t time_ns, uint64_t received,
		       uint64_t dropped);

/** pcapng_flush() - hand to the kernel what was written. Return: 0 or -errno. */
int pcapng_flush(struct pcapng *p);
