// SPDX-License-Identifier: GPL-2.0
/* Sixteen bytes a line: where they stand, in hexadecimal, and as text where they are that. */
#include <ctype.h>
#include <stdio.h>

#include "tools/pktgen/dump.h"

#define ROW 16

static void dump_row(const __u8 *row, __u32 at, __u32 len)
{
	char hex[3 * ROW + 1] = "", text[ROW + 1] = "";

	for (__u32 i = 0; i < len; i++) {
		sprintf(hex + 3 * i, " %02x", row[i]);
		text[i] = isprint(row[i]) ? row[i] : '.';
	}
	printf("%06x%-*s   %s\n", at, 3 * ROW, hex, text);
}

void dump_frame(const char *way, const struct slot *slot)
{
	__u8 frame[LEN_MAX];
	__u32 len = slot_copy(slot, frame);

	flockfile(stdout);
	printf("# %s %u bytes\n", way, len);
	for (__u32 at = 0; at < len; at += ROW)
		dump_row(frame + at, at, len - at < ROW ? len - at : ROW);
	funlockfile(stdout);
}
