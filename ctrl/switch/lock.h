/* SPDX-License-Identifier: GPL-2.0 */
/* The lock of writers: flock on the folder that holds all switches. */
#pragma once

/**
 * xsw_lock_and_repair() - become the one writer, and repair what a killed writer left
 *
 * Makes the root folder, mounting bpffs if need be: see bpffs_root_make(). Waits for another
 * writer up to 10 s. The lock goes with the process; locks of one process nest.
 * Return: 0, -EBUSY, -EPERM or another -errno; the error is set.
 */
int xsw_lock_and_repair(void);
void xsw_unlock(void);

/** xsw_lock_try() - the same without waiting. Return: -EBUSY if there is another writer. */
int xsw_lock_try(void);
