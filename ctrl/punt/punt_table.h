/* SPDX-License-Identifier: GPL-2.0 */
/* Private to ctrl/. */
#pragma once

#include "ctrl/punt/punt.h"

/** punts_clear() - remove all rules of a port that is gone */
void punts_clear(const struct xsw_switch_handle *sw, __u32 port);

/** punt_rule_make() - what the data path reads of a rule */
void punt_rule_make(struct xsw_punt_rule *rule, const struct xsw_punt_conf *conf);

/** punt_conf_make() - the inverse */
void punt_conf_make(struct xsw_punt_conf *conf, const struct xsw_punt_rule *rule);
