// SPDX-License-Identifier: GPL-2.0
/* What all changes of the running configuration share: the report, and the port under way. */
#include "ctrl/config/change.h"

#include <stdarg.h>
#include <stdio.h>

#include "ctrl/port/port.h"

void change_told(struct change *ch, const char *fmt, ...)
{
	char line[256];
	va_list args;

	if (!ch->report)
		return;
	va_start(args, fmt);
	vsnprintf(line, sizeof(line), fmt, args);
	va_end(args);
	ch->report(line, ch->arg);
}

int cfg_target_open(struct cfg_target *t)
{
	int port;

	if (t->ch->dry_run || t->port)
		return 0;
	port = xsw_port_find(t->dev, &t->sw);
	if (port < 0)
		return port;
	t->port = port;
	return 0;
}

void cfg_target_close(struct cfg_target *t)
{
	if (t->port)
		xsw_switch_close(&t->sw);
}
