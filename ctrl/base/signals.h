/* SPDX-License-Identifier: GPL-2.0 */
/* Signals as something to wait for, in programs that run until they are stopped. */
#pragma once

#include <signal.h>

/**
 * signals_open() - block SIGINT, SIGTERM and SIGHUP, and read them from a descriptor instead
 *
 * SIGHUP that is ignored, as under nohup(1), stays so: once blocked it would be read all the same
 * (kernel/signal.c, sig_ignored()).
 * Context: before the first thread is started; threads inherit what is blocked.
 * Return: a descriptor for poll() that does not block; -errno with the error set.
 */
int signals_open(void);

/**
 * signals_catch() - from now on SIGINT and SIGTERM only set signals_stop, and signals_number to
 * their number
 *
 * Whoever ends for another reason may set signals_stop too.
 */
void signals_catch(void);
extern volatile sig_atomic_t signals_stop, signals_number;
