/* SPDX-License-Identifier: GPL-2.0 */
/* -i SWITCH:NAME: a port on the fly, whose guest this process plays. */
#pragma once

#include "tools/pktgen/config.h"

/** swport_check() - before the tap is made: is there such a switch, and no such device? */
int swport_check(const struct config *conf);

/** swport_add() - make the tap a port; swport_del() - take it out, before the tap goes */
int swport_add(const struct config *conf);
int swport_del(const struct config *conf);
