// SPDX-License-Identifier: GPL-2.0
#include "ctrl/port/check_rows.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct xsw_check_row *row_add(struct check_rows *rows, const char *ifname, const char *check)
{
	struct xsw_check_row *row;

	row = realloc(rows->row, (rows->n + 1) * sizeof(*row));
	if (!row) {
		rows->no_memory = true;
		return NULL;
	}
	rows->row = row;
	row += rows->n++;
	memset(row, 0, sizeof(*row));
	snprintf(row->ifname, sizeof(row->ifname), "%s", ifname);
	snprintf(row->check, sizeof(row->check), "%s", check);
	memcpy(row->netns, rows->netns, sizeof(row->netns));
	return row;
}

void check_say(struct check_rows *rows, const char *ifname, const char *check, bool ok, int bad,
	       const char *remedy, const char *fmt, ...)
{
	struct xsw_check_row *row = row_add(rows, ifname, check);
	va_list args;

	if (!row)
		return;
	row->status = ok ? XSW_CHECK_OK : bad;
	va_start(args, fmt);
	vsnprintf(row->detail, sizeof(row->detail), fmt, args);
	va_end(args);
	if (!ok)
		snprintf(row->remedy, sizeof(row->remedy), "%s", remedy);
}
