/* SPDX-License-Identifier: GPL-2.0 */
/* Private to ctrl/. */
#pragma once

/** upgrade_repair() - finish or undo the killed upgrade of a switch to another layout */
void upgrade_repair(const char *name);
