// SPDX-License-Identifier: GPL-2.0
#include "ctrl/port/check_rows.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct xsw_check_row *row_add(struct check_rows *rows)
{
	struct xsw_check_row *row = realloc(rows->row, (rows->n + 1) * sizeof(*row));

	if (!row) {
		rows->no_memory = true;
		return NULL;
	}
	rows->row = row;
	row += rows->n++;
	memset(row, 0, sizeof(*row));
	snprintf(row->ifname, sizeof(row->ifname), "%s", rows->ifname);
	memcpy(row->netns, rows->netns, sizeof(row->netns));
	return row;
}

void check_say(struct check_rows *rows, const char *check, bool ok, int bad, const char *fmt, ...)
{
	struct xsw_check_row *row = row_add(rows);
	va_list args;

	if (!row)
		return;
	snprintf(row->check, sizeof(row->check), "%s", check);
	row->status = ok ? XSW_CHECK_OK : bad;
	va_start(args, fmt);
	vsnprintf(row->detail, sizeof(row->detail), fmt, args);
	va_end(args);
}

void check_remedy(struct check_rows *rows, const char *fmt, ...)
{
	struct xsw_check_row *row = rows->row + rows->n - 1;
	va_list args;

	if (rows->no_memory || row->status == XSW_CHECK_OK)
		return;
	va_start(args, fmt);
	vsnprintf(row->remedy, sizeof(row->remedy), fmt, args);
	va_end(args);
}
