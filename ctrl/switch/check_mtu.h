/* SPDX-License-Identifier: GPL-2.0 */
/* A row of 'xsw check': do frames with two tags fit through a port? Private to ctrl/switch/. */
#pragma once

#include "ctrl/kernel/link.h"
#include "ctrl/port/check_rows.h"

/** check_mtu() - ok where no port makes such frames; runs in the network namespace of the device */
void check_mtu(struct check_rows *rows, const struct link_info *dev, const struct check_need *need);
