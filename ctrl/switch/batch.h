/* SPDX-License-Identifier: GPL-2.0 */
/* Many commands of one process, as lines of a batch: one lock, one repair, switches opened once.
 *
 * The lock is given back when another process waits for it, at the latest after XSW_BATCH_HOLD_MS
 * and the line at work then, and before the process itself waits for more lines, or a line for its
 * user.
 */
#pragma once

#include <stdbool.h>

#include "ctrl/bpffs/handle.h"

#define XSW_BATCH_HOLD_MS 100

/* What a line does, for xsw_batch_line() */
enum xsw_batch_line {
	XSW_LINE_OTHER, /* any command: it opens what it needs itself */
	XSW_LINE_WAITS, /* may go on until the user ends it: others must not wait for it */
	XSW_LINE_KEEPS, /* changes what a switch holds: addresses, policers, bindings, rules */
	XSW_LINE_SETS,	/* changes settings of ports, which then may wait for each other */
};

/** xsw_batch_begin() - the commands that follow are lines of a batch */
void xsw_batch_begin(void);

/**
 * xsw_batch_line() - before each line, when it is known to be a command
 *
 * What earlier lines have put off is done now if @kind needs it, or has waited for long enough.
 * Return: 0 or -errno of what was put off; the error is set.
 */
int xsw_batch_line(enum xsw_batch_line kind);

/**
 * xsw_batch_pause() - finish what the lines so far have put off, and give the lock back
 *
 * Return: 0 or -errno of what was put off; the error is set.
 */
int xsw_batch_pause(void);

/** xsw_batch_first() - no line of this batch has asked this of @port of the open switch before */
bool xsw_batch_first(const struct xsw_switch_handle *sw, unsigned int port);
