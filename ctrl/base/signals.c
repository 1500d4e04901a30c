// SPDX-License-Identifier: GPL-2.0
#include "ctrl/base/signals.h"

#include <errno.h>
#include <sys/signalfd.h>

int signals_open(const int *signals)
{
	sigset_t set;
	int fd;

	sigemptyset(&set);
	while (*signals)
		sigaddset(&set, *signals++);
	sigprocmask(SIG_BLOCK, &set, NULL);
	fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	return fd < 0 ? -errno : fd;
}

volatile sig_atomic_t signals_stop, signals_number;

static void on_signal(int sig)
{
	signals_stop = 1;
	signals_number = sig;
}

void signals_catch(void)
{
	signal(SIGINT, on_signal);
	signal(SIGTERM, on_signal);
}
