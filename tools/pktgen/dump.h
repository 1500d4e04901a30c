/* SPDX-License-Identifier: GPL-2.0 */
/* Frames as text, for -X. */
#pragma once

#include "tools/pktgen/dev.h"

/**
 * dump_frame() - print a frame to stdout, as text2pcap(1) reads it
 * @way: what has become of it: "sent" or "received"
 * @slot: the frame
 *
 * Context: any thread; the lines of a frame stand together.
 */
void dump_frame(const char *way, const struct slot *slot);
