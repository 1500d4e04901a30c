/* SPDX-License-Identifier: GPL-2.0 */
/* Signals as something to wait for, in programs that run until they are stopped. */
#pragma once

#include <signal.h>

/**
 * signals_open() - block these signals, and read them from a descriptor instead
 * @signals: ended by 0
 *
 * Context: before the first thread is started; threads inherit what is blocked.
 * Return: a descriptor for poll() that does not block, or -errno; sets no error text.
 */
int signals_open(const int *signals);

/**
 * signals_catch() - from now on SIGINT and SIGTERM only set signals_stop, and signals_number to
 * their number
 *
 * Whoever ends for another reason may set signals_stop too.
 */
void signals_catch(void);
extern volatile sig_atomic_t signals_stop, signals_number;
