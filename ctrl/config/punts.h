/* SPDX-License-Identifier: GPL-2.0 */
/* Punting rules of a port in the configuration. Private to ctrl/config*.c. */
#pragma once

#include <stdio.h>

#include "ctrl/config/model.h"
#include "ctrl/config/yaml.h"

/** cfg_punts_load() - of the running port @port */
int cfg_punts_load(struct cfg_port *p, const struct xsw_switch_handle *sw, __u32 port);

void cfg_punts_dump(const struct cfg_port *p, FILE *out);

/** cfg_punt_item() - one rule; @port: struct cfg_port */
int cfg_punt_item(struct cfg_reader *r, yaml_node_t *node, void *port);

/** cfg_punts_apply() - from @now (NULL: a new port) to @want, in its order */
int cfg_punts_apply(struct cfg_target *t, const struct cfg_port *now, const struct cfg_port *want);
