/* SPDX-License-Identifier: GPL-2.0 */
/* What a port has beside its options: policers, storm control, bindings. Private to
 * ctrl/config*.c.
 */
#pragma once

#include <stdio.h>

#include "ctrl/config/model.h"
#include "ctrl/config/yaml.h"

/** cfg_limits_load() - of the running port @port */
int cfg_limits_load(struct cfg_port *p, const struct xsw_switch_handle *sw, __u32 port);

/** cfg_limits_dump() - as the last keys of a port in a file */
void cfg_limits_dump(const struct cfg_port *p, FILE *out);

/** cfg_limits_read() - the value of key @word of a port. Return: 0, -EINVAL; -ENOENT: no such. */
int cfg_limits_read(struct cfg_reader *r, const char *word, yaml_node_t *value, struct cfg_port *p);

/** cfg_limits_apply() - from @now (NULL: a new port) to @want */
int cfg_limits_apply(struct change *ch, const struct cfg_port *now, const struct cfg_port *want);

void cfg_limits_free(struct cfg_port *p);
