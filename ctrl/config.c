// SPDX-License-Identifier: GPL-2.0
/* Stub of apply until the parser is in. */
#include <errno.h>
#include "ctrl/config.h"
#include "ctrl/error.h"
int xsw_config_dump(const char *name, FILE *out) { (void)name; (void)out; return xsw_fail(ENOSYS, "config", NULL, "not built"); }
int xsw_config_apply(const char *p, bool d, void (*r)(const char *, void *), void *a) { (void)p;(void)d;(void)r;(void)a; return xsw_fail(ENOSYS, "config", NULL, "not built"); }
