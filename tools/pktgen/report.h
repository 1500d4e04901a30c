/* SPDX-License-Identifier: GPL-2.0 */
/* What was measured: a line on stderr while it goes on, the result on stdout. */
#pragma once

#include "tools/pktgen/run.h"

/** report_begin() - a line on stderr: all is set up, and how */
void report_begin(const struct run *run);

/** report_live() - the line of the last interval */
void report_live(const struct run *run);

/** report_result() - the end: text, or an object with -j */
void report_result(const struct run *run);

/** report_error() - the recorded error, and a JSON object with -j */
void report_error(const struct config *conf);
