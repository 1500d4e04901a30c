/* SPDX-License-Identifier: GPL-2.0 */
/* Notes in the record of a port: what was changed on its device, and why it has its path. */
#pragma once

#include "ctrl/bpffs/handle.h"
#include "maps/port_record.h"

/**
 * record_saved_note() - write down XSW_SAVED_* bits, before the settings are changed
 * record_saved_drop() - forget them, after the settings are as they were
 */
void record_saved_note(const struct xsw_switch_handle *sw, __u32 port,
		       struct xsw_port_record *record, __u32 bits);
void record_saved_drop(const struct xsw_switch_handle *sw, __u32 port,
		       struct xsw_port_record *record, __u32 bits);

/** record_reason() - why the port has its path, for path_reason; does not write the record */
void record_reason(struct xsw_port_record *record, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/** record_reason_absent() - the same for a port that has no device yet */
void record_reason_absent(struct xsw_port_record *record);
