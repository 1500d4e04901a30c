/* SPDX-License-Identifier: GPL-2.0 */
/* The steps of the data path (bpf/) in a process: decide on a frame, retag it, hand it to
 * the ports that it is for. On the maps that umap_memory_begin() or umap_pinned_begin() made.
 */
#pragma once

#include <stdbool.h>
#include <linux/types.h>

struct umap_decl;
struct xsw_fdb_key;
struct xsw_fdb_entry;

/* A frame in a buffer. A long one may go on in further pieces, which are looked at for a
 * checksum and for the options of neighbour discovery.
 */
struct steps_piece {
	const __u8 *data;
	__u32 len;
};

struct steps_frame {
	__u8 *room; /* it may grow down to here: 4 bytes are enough */
	__u8 *data;
	__u8 *end;
	__u32 more;  /* bytes in further pieces */
	__u32 queue; /* of the port, where it came in */
	__u32 n_pieces;
	const struct steps_piece *pieces; /* they need not be there when it is sent */
};

/* How the caller sends frames; the buffers are the caller's. @arg is that of steps_run(). */
struct steps_ops {
	/* MTU of the port's device, 0 if there is none */
	__u32 (*mtu)(void *arg, __u32 port);
	/* another frame like @f, with as much room in front; NULL: no memory */
	struct steps_frame *(*clone)(void *arg, const struct steps_frame *f);
	/* takes @f. Return: 0, or -errno if the port did not take it, and it is gone */
	int (*send)(void *arg, struct steps_frame *f, __u32 port);
	/* takes back @f, a clone that is not sent */
	void (*drop)(void *arg, struct steps_frame *f);
};

/**
 * steps_run() - the way of one frame, that entered by @port
 *
 * Counts with path afxdp. A checksum that may come partial from that port is completed, if the
 * frame leaves. Return: true if send() took @f; else the frame is dropped, and @f is still the
 * caller's.
 */
bool steps_run(const struct steps_ops *ops, void *arg, struct steps_frame *f, __u32 port);

/** steps_maps() - the maps of the steps, for umap_memory_begin() or umap_pinned_begin() */
const struct umap_decl *steps_maps(void);

/** steps_lost() - the device of @port did not send a frame of @bytes that send() had taken */
void steps_lost(__u32 port, __u32 bytes);

/** steps_generation() - of the tables: something has changed when it has */
__u32 steps_generation(void);

/**
 * steps_fdb_put() - an entry by hand, where no switch of the kernel is looked at: maps in memory
 * steps_fdb_each() - call @each for all entries
 * steps_fdb_clear() - forget all
 *
 * Return: 0, or -EEXIST.
 */
int steps_fdb_put(const struct xsw_fdb_key *key, const struct xsw_fdb_entry *e);
void steps_fdb_each(void (*each)(const struct xsw_fdb_key *key, const struct xsw_fdb_entry *e,
				 void *arg),
		    void *arg);
void steps_fdb_clear(void);
