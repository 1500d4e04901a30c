// SPDX-License-Identifier: GPL-2.0
/* The sentence that goes with a failed call, one per thread. */
#include "ctrl/error.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "ctrl/error_keep.h"

static _Thread_local struct xsw_error last;

int xsw_fail(int err, const char *kind, const char *name, const char *fmt, ...)
{
	int used, room = sizeof(last.text);
	char what[sizeof(last.text)];
	va_list ap;

	/* The arguments may point into the error that is replaced. */
	va_start(ap, fmt);
	vsnprintf(what, sizeof(what), fmt, ap);
	va_end(ap);

	if (name)
		used = snprintf(last.text, room, "%s '%s': ", kind, name);
	else
		used = snprintf(last.text, room, "%s: ", kind);
	if (used > 0 && used < room)
		strncat(last.text, what, room - used - 1);
	last.remedy[0] = '\0';
	return err < 0 ? err : -err;
}

void xsw_remedy(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(last.remedy, sizeof(last.remedy), fmt, ap);
	va_end(ap);
}

const struct xsw_error *xsw_error_last(void)
{
	return &last;
}

void xsw_error_clear(void)
{
	last.text[0] = '\0';
	last.remedy[0] = '\0';
}

void error_restore(const struct xsw_error *error)
{
	last = *error;
}
