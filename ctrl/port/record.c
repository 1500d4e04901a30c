// SPDX-License-Identifier: GPL-2.0
#include "ctrl/port/record.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "ctrl/bpffs/port_table.h"

void record_saved_note(const struct xsw_switch_handle *sw, __u32 port,
		       struct xsw_port_record *record, __u32 bits)
{
	record->saved |= bits;
	record_write(sw, port, record);
}

void record_saved_drop(const struct xsw_switch_handle *sw, __u32 port,
		       struct xsw_port_record *record, __u32 bits)
{
	record->saved &= ~bits;
	record_write(sw, port, record);
}

void record_reason_absent(struct xsw_port_record *record)
{
	record_reason(record, "the device is to come");
}

void record_reason(struct xsw_port_record *record, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	memset(record->reason, 0, sizeof(record->reason));
	vsnprintf(record->reason, sizeof(record->reason), fmt, ap);
	va_end(ap);
}
