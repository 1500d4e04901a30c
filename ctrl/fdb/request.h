/* SPDX-License-Identifier: GPL-2.0 */
/* Changes of the FDB, with the counts of learned entries. The programs write entries word by
 * word at any time, which no system call can: program xsw_user does it (maps/request.h). Programs
 * of an earlier version do not know such requests: then it is done by system calls, and what
 * moves at that moment is counted wrong until the switch is upgraded. Private to ctrl/.
 */
#pragma once

#include "ctrl/bpffs/handle.h"
#include "maps/request.h"

/**
 * fdb_forget() - delete @n entries that still are of the port and kind of their @old
 * @done: how many were
 *
 * Return: 0 or -errno.
 */
int fdb_forget(const struct xsw_switch_handle *sw, const struct xsw_request_fdb *ask, __u32 n,
	       __u32 *done);

/**
 * fdb_put() - make an entry another, or one where none is
 *
 * Return: 0, -EAGAIN if it is not @ask->old any more, -ENOSPC (fdb_max), -E2BIG, -errno.
 */
int fdb_put(const struct xsw_switch_handle *sw, const struct xsw_request_fdb *ask);

/**
 * fdb_merge() - have what was learned in another table in the table of program @prog, xsw_user
 *
 * What is newer there stays. Ports' numbers of learned entries are not counted: fdb_release() does.
 * Return: 0 or -errno.
 */
int fdb_merge(int prog, const struct xsw_request_fdb *ask, __u32 n);

/** fdb_fit() - have a table that is too large for its entries shrink, where programs do that */
void fdb_fit(const struct xsw_switch_handle *sw);

/** ports_look() - have the programs look at all ports now, after what they do not see has changed */
void ports_look(const struct xsw_switch_handle *sw);
