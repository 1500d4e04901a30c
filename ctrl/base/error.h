/* SPDX-License-Identifier: GPL-2.0 */
/* The sentence that goes with a failed call. Whoever knows the reason sets
 * it once, at the bottom; callers pass the errno up; only a tool prints it.
 */
#pragma once

#include <stdbool.h>

struct xsw_error {
	char text[384];	  /* "port 'tap0': cannot attach XDP: Operation not supported" */
	char remedy[384]; /* what the user can do, or "" */
};

/**
 * xsw_fail() - record why a call fails
 * @err: errno value, positive or negative
 * @kind: "port", "switch", "fdb", ... the word before the name
 * @name: the object's name, or NULL for none
 * @fmt: what failed and why, lower case, no full stop
 *
 * Replaces what was recorded before and clears the remedy.
 * Return: -|@err|, so that `return xsw_fail(...)` reads well.
 */
int xsw_fail(int err, const char *kind, const char *name, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));

/** xsw_remedy() - add to the recorded error what the user can do about it */
void xsw_remedy(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/** xsw_error_last() - the recorded error of this thread; never NULL */
const struct xsw_error *xsw_error_last(void);

/** xsw_error_clear() - forget the recorded error */
void xsw_error_clear(void);
