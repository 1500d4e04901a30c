// SPDX-License-Identifier: GPL-2.0
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tools/xsw/why.h"

struct finding *finding_add(struct findings *f, const struct xsw_port_info *info, int status,
			    const char *finding, const char *fmt, ...)
{
	struct finding *row = realloc(f->row, (f->n + 1) * sizeof(*row));
	va_list args;

	if (!row) {
		f->no_memory = true;
		return NULL;
	}
	f->row = row;
	row += f->n++;
	memset(row, 0, sizeof(*row));
	row->status = status;
	row->finding = finding;
	memcpy(row->ifname, info->ifname, sizeof(row->ifname));
	memcpy(row->netns, info->netns, sizeof(row->netns));
	va_start(args, fmt);
	vsnprintf(row->detail, sizeof(row->detail), fmt, args);
	va_end(args);
	return row;
}

void finding_remedy(struct findings *f, const char *fmt, ...)
{
	va_list args;

	if (!f->n)
		return;
	va_start(args, fmt);
	vsnprintf(f->row[f->n - 1].remedy, sizeof(f->row->remedy), fmt, args);
	va_end(args);
}
