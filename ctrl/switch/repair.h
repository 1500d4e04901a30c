/* SPDX-License-Identifier: GPL-2.0 */
/* Undo or finish what a killed writer left. Private to ctrl/. */
#pragma once

/** repair_all() - called by xsw_lock_and_repair() when it has the lock. What cannot be mended stays. */
void repair_all(void);
