/* SPDX-License-Identifier: GPL-2.0 */
/* The lock of writers: flock on the folder that holds all switches. */
#pragma once

#include <signal.h>
#include <stdbool.h>

/**
 * xsw_lock_and_repair() - become the one writer, and repair what a killed writer left
 *
 * Makes the root folder, mounting bpffs if need be: see bpffs_root_make(). Waits for another
 * writer up to 10 s (xsw_lock_wait()), and lets those go first that wait already. The lock goes with the process;
 * locks of one process nest.
 * Return: 0, -EBUSY, -EINTR (xsw_lock_until()), -EPERM or another -errno; the error is set.
 */
int xsw_lock_and_repair(void);
void xsw_unlock(void);

/** xsw_lock_try() - the same without waiting. Return: -EBUSY if there is another writer. */
int xsw_lock_try(void);

/** xsw_lock_wait() - from now on wait for the lock up to @seconds, 1 to 1000000 */
void xsw_lock_wait(int seconds);

/** xsw_lock_until() - from now on wait for the lock no longer than until *@stop is not 0 */
void xsw_lock_until(const volatile sig_atomic_t *stop);

/** xsw_lock_release() - give the lock back, however often this process has taken it */
void xsw_lock_release(void);

/** xsw_lock_is_held() - has this process the lock? */
bool xsw_lock_is_held(void);

/** xsw_lock_is_wanted() - has this process the lock, and another one waits for it? */
bool xsw_lock_is_wanted(void);
