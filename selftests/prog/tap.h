/* SPDX-License-Identifier: GPL-2.0 */
/* TAP of a test program: what is so and what is not, and how many there were. */
#pragma once

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

#include "ctrl/base/error.h"

static int tap_tests, tap_failures;

/** tap_report() - one test more */
static inline void tap_report(bool good, const char *name)
{
	tap_failures += !good;
	printf("%sok %d - %s\n", good ? "" : "not ", ++tap_tests, name);
	fflush(stdout);
}

/** tap_end() - the plan. Return: the program's exit status. */
static inline int tap_end(void)
{
	printf("1..%d\n", tap_tests);
	return !!tap_failures;
}

/** tap_need() - end the program where @err is negative, with the error that is set */
static inline void tap_need(int err, const char *what)
{
	if (err >= 0)
		return;
	fprintf(stderr, "%s: %s: %s\n", program_invocation_short_name, what,
		xsw_error_last()->text);
	exit(2);
}
