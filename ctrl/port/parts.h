/* SPDX-License-Identifier: GPL-2.0 */
/* What a port owns beside its settings: policers, bindings, addresses, counters. Private to ctrl/. */
#pragma once

#include "ctrl/bpffs/handle.h"

/**
 * port_parts_clear() - remove all that a port owns, whatever state the port is in
 * @port: its number; the data path no longer refers to it
 */
void port_parts_clear(const struct xsw_switch_handle *sw, __u32 port);
