/* SPDX-License-Identifier: GPL-2.0 */
/* What the process did in the last seconds, port by port, on stdout. */
#pragma once

#include <stdbool.h>

#include "ctrl/switch/switch.h"

/** report_begin() - of switch @sw; @json: one object a line, else text */
void report_begin(const struct xsw_switch_handle *sw, bool json);

/**
 * report() - what has changed since the last time, or since report_begin()
 *
 * Of the ports that are served, and of others if something was sent to them or lost there.
 * On a terminal it takes the place of the last one. Context: main thread.
 */
void report(void);
