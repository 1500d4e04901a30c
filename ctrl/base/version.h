/* SPDX-License-Identifier: GPL-2.0 */
/* Which xsw this is. The Makefile asks git for the newest tag, and NEWS where there is none. */
#pragma once

extern const char xsw_version[]; /* "0.1", "0.1-12-g1234567" */
