/* SPDX-License-Identifier: GPL-2.0 */
/* Capture files: frames to send, and a place for those that come. */
#pragma once

#include <pcap/pcap.h>
#include <linux/types.h>

struct slot;

struct replay_frame {
	size_t offset; /* in data */
	__u32 len;
};

struct replay {
	__u8 *data;
	struct replay_frame *frame;
	__u64 frames;
	double mean_len;
};

struct recorder {
	pcap_t *pcap;
	pcap_dumper_t *dumper; /* NULL: nothing is recorded */
};

/**
 * replay_read() - read a whole file
 * @len_max: longest frame that can be sent
 *
 * Return: 0, or -errno with the error set: it cannot be read, holds no Ethernet frames, frames
 * that were cut, or too long or short ones.
 */
int replay_read(struct replay *r, const char *path, __u32 len_max);
void replay_free(struct replay *r);

/** replay_write() - the @n-th frame that thread @index of @threads sends */
void replay_write(const struct replay *r, unsigned int index, unsigned int threads, __u64 n,
		  struct slot *slot);

/** recorder_open() - write to a new file; recorder_close() - errors on the way are told here */
int recorder_open(struct recorder *r, const char *path);
int recorder_close(struct recorder *r, const char *path);

/** recorder_write() - append a frame; one thread at a time */
void recorder_write(struct recorder *r, const struct slot *slot);
