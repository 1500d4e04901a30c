/* SPDX-License-Identifier: GPL-2.0 */
/* The frame that the benchmark's generator sends: UDP from 192.0.2.1 to 192.0.2.2, from
 * 02:00:00:00:00:00 to 02:10:00:00:00:00, checksums right, under any tags.
 */
#ifndef XSW_BENCH_FRAME_H
#define XSW_BENCH_FRAME_H

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <linux/types.h>

#define FRAME_MIN 60
#define FRAME_MAX 1514
#define FRAME_TAGS_MAX 2

struct frame {
	__u32 len; /* with its tags, without FCS */
	__u32 tags;
	__u32 tag[FRAME_TAGS_MAX]; /* TPID << 16 | VID, the outer one first */
	__u8 bytes[FRAME_MAX];
};

static inline void frame_put16(__u8 *to, __u16 value)
{
	to[0] = value >> 8;
	to[1] = value;
}

/**
 * frame_csum() - the Internet checksum
 * @data: what to sum
 * @len: bytes
 * @sum: what to start with, in host order
 *
 * Return: the checksum in host order.
 */
static inline __u16 frame_csum(const __u8 *data, size_t len, __u32 sum)
{
	size_t i;

	for (i = 0; i + 1 < len; i += 2)
		sum += data[i] << 8 | data[i + 1];
	if (len & 1)
		sum += data[len - 1] << 8;
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return ~sum;
}

/**
 * frame_ip() - write IPv4 and UDP headers, payload zero
 * @ip: where the IPv4 header begins
 * @len: bytes from there to the end of the frame, at least 28
 */
static inline void frame_ip(__u8 *ip, __u32 len)
{
	static const __u8 head[] = {
		0x45, 0, 0, 0,		      /* ..., length */
		0,    0, 0, 0, 64,  17, 0, 0, /* TTL, UDP, checksum */
		192,  0, 2, 1, 192, 0,	2, 2, 0x30, 0x39, 0x30, 0x39,
	};

	memset(ip, 0, len);
	memcpy(ip, head, sizeof(head));
	frame_put16(ip + 2, len);
	frame_put16(ip + 24, len - 20);
	frame_put16(ip + 10, frame_csum(ip, 20, 0));
	frame_put16(ip + 26, frame_csum(ip + 12, len - 12, 17 + len - 20)); /* with pseudo header */
}

/**
 * frame_fill() - make the frame that @f describes
 * @f: length and tags as set
 */
static inline void frame_fill(struct frame *f)
{
	static const __u8 addresses[12] = { 0x02, 0x10, 0, 0, 0, 0, 0x02 };
	__u8 *at = f->bytes + sizeof(addresses);
	__u32 i;

	memcpy(f->bytes, addresses, sizeof(addresses));
	for (i = 0; i < f->tags; i++, at += 4) {
		frame_put16(at, f->tag[i] >> 16);
		frame_put16(at + 2, f->tag[i]);
	}
	frame_put16(at, 0x0800);
	frame_ip(at + 2, f->bytes + f->len - at - 2);
}

/** frame_turn() - make it a frame back, by its MAC addresses */
static inline void frame_turn(struct frame *f)
{
	__u8 dst[6];

	memcpy(dst, f->bytes, sizeof(dst));
	memcpy(f->bytes, f->bytes + 6, sizeof(dst));
	memcpy(f->bytes + 6, dst, sizeof(dst));
}

/**
 * frame_tags() - read tags, the outer one first: "88a8/100.8100/10"
 * @f: takes them
 * @text: TPIDs in hexadecimal, VIDs decimal
 *
 * Return: whether they could be read.
 */
static inline bool frame_tags(struct frame *f, const char *text)
{
	unsigned int tpid, vid;
	int used;

	for (f->tags = 0; f->tags < FRAME_TAGS_MAX; text += used + 1) {
		if (sscanf(text, "%x/%u%n", &tpid, &vid, &used) != 2 || tpid > 0xffff || vid > 4095)
			return false;
		f->tag[f->tags++] = tpid << 16 | vid;
		if (!text[used])
			return true;
	}
	return false;
}

#endif
