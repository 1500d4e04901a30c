// SPDX-License-Identifier: GPL-2.0
/* The sentence that goes with a failed call, one per thread. */
#include "ctrl/base/error.h"

#include <stdarg.h>
#include <stdio.h>

#include "ctrl/base/error_keep.h"

static _Thread_local struct xsw_error last;

int xsw_fail(int err, const char *kind, const char *name, const char *fmt, ...)
{
	struct xsw_error next = {}; /* the arguments may point into `last` */
	size_t room = sizeof(next.text);
	int used = 0;
	va_list ap;

	if (kind && name)
		used = snprintf(next.text, room, "%s '%s': ", kind, name);
	else if (kind)
		used = snprintf(next.text, room, "%s: ", kind);
	va_start(ap, fmt);
	if (used >= 0 && (size_t)used < room)
		vsnprintf(next.text + used, room - used, fmt, ap);
	va_end(ap);
	last = next;
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
