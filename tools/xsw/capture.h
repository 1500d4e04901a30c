/* SPDX-License-Identifier: GPL-2.0 */
/* What the files of `xsw capture` share: its words, frames, and where they are written. */
#pragma once

#include <stdbool.h>
#include <linux/types.h>

#include "ctrl/base/opt.h"
#include "maps/capture.h"
#include "tools/xsw/xsw.h"

#define SNAPLEN_DEFAULT 262144 /* that of tcpdump(8): longer than any frame */
#define CAPTURE_DEVS_MAX 64    /* that a command names */

struct capture_settings {
	__u64 given;
	__u32 dir;    /* a bit for each XSW_CAPTURE_* */
	__u32 reason; /* enum xsw_drop */
	__u32 vlan;
	__u32 queue;
	__u32 count; /* 0: no end */
	__u32 snaplen;
	__u32 rotate_time; /* seconds */
	__u32 rotate_files;
	__u64 rotate_size; /* bytes */
	__u64 buffer;	   /* bytes a CPU */
};

extern const struct opts capture_opts;

/* A command's words */
struct capture_words {
	struct capture_settings set;
	const char *dev[CAPTURE_DEVS_MAX];
	int devs; /* 0: all ports */
	const char *switch_name;
	const char *path;   /* "write"; NULL: a line a frame */
	const char *filter; /* NULL: all frames */
	double duration_s;  /* 0: no end */
};

/** capture_words_read() - all words of a command. Return: 0 or EXIT_USAGE, printed. */
int capture_words_read(struct words *w, struct capture_words *to);

/** capture_usage() - lines of the help */
void capture_help(void);

/* A frame as it is told */
struct capture_frame {
	const char *ifname;
	const char *switch_name, *netns;
	__u32 interface; /* which of the files' */
	__u64 time_ns;	 /* CLOCK_REALTIME */
	__u32 len;
	__u32 caught;
	const __u8 *data;
	const struct xsw_capture_meta *meta;
};

/**
 * capture_filter_open() - compile an expression of pcap-filter(7)
 *
 * Return: 0, or -EINVAL with the error set; -ENOTSUP: libpcap is not there.
 */
int capture_filter_open(const char *expression, __u32 snaplen);

/** capture_filter_takes() - of the frame's own bytes; without a filter all are taken */
bool capture_filter_takes(const struct capture_frame *f);
void capture_filter_close(void);

/** capture_dir() - "in", "out" or "drop" */
const char *capture_dir(const struct xsw_capture_meta *m);

/** capture_comment() - what else is told of a frame: "path xdp", "drop vlan, path skb" */
void capture_comment(const struct xsw_capture_meta *m, char *text, size_t size);

/** capture_line() - tell a frame on standard output: as text, or with -j as JSON */
void capture_line(const struct capture_frame *f);

/* An interface of the files */
struct capture_interface {
	char ifname[XSW_NAME_LEN];
	char switch_name[XSW_NAME_LEN];
	__u64 frames; /* written, or to be written */
	__u64 lost;
};

/**
 * capture_file_open() - begin to write
 * @words: which file, and when the next one begins
 *
 * Return: 0 or -errno with the error set. So of all that follow; -EPIPE: nobody reads.
 */
int capture_file_open(const struct capture_words *words);

/** capture_file_interface() - another interface. Return: its number, or -ENOMEM. */
int capture_file_interface(const struct capture_interface *interface);

/** capture_file_frame() - write a frame */
int capture_file_frame(const struct capture_frame *f);

/** capture_file_lost() - how many frames of an interface were lost so far */
void capture_file_lost(__u32 interface, __u64 lost);
int capture_file_flush(void);
int capture_file_close(void);
