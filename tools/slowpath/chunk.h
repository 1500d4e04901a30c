/* SPDX-License-Identifier: GPL-2.0 */
/* The memory of frames: one area for all sockets, so that a frame that comes in at one leaves
 * by another without a copy. Each thread keeps some chunks; the rest is common.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <linux/types.h>

#define CHUNK 4096
#define CHUNK_HEAD 256 /* XDP_PACKET_HEADROOM: where the kernel puts a frame */
#define CHUNK_ROOM (CHUNK - CHUNK_HEAD)

extern __u8 *chunk_area;
extern size_t chunk_area_size;

/** chunks_begin() - make @n chunks for @threads. Return: 0 or -ENOMEM. */
int chunks_begin(__u32 n, __u32 threads);
void chunks_end(void);

/** chunks_get() - up to @n chunks: their offsets in the area. Return: how many. */
__u32 chunks_get(__u64 *at, __u32 n);

/** chunk_put() - the chunk in which offset @at lies is free again */
void chunk_put(__u64 at);

/**
 * chunk_lend() - the kernel has the chunk of offset @at, to send or to receive into, from
 *		  socket @owner; 0: it has come back
 * chunks_call_back() - that socket is closed: what it had not given back is free
 */
void chunk_lend(__u64 at, __u16 owner);
void chunks_call_back(__u16 owner);

/** chunks_leave() - a thread ends, or will wait: its chunks are for all */
void chunks_leave(void);

/** chunks_missing() - how many chunks are not free? 0 is right when all sockets are closed. */
__u32 chunks_missing(void);

/** chunks_low() - is little left for all? */
bool chunks_low(void);
