// SPDX-License-Identifier: GPL-2.0
#include "ctrl/base/signals.h"

#include <errno.h>
#include <string.h>
#include <sys/signalfd.h>

#include "ctrl/base/error.h"

int signals_open(void)
{
	struct sigaction hup = {};
	sigset_t set;
	int fd;

	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	sigaction(SIGHUP, NULL, &hup);
	if (hup.sa_handler != SIG_IGN)
		sigaddset(&set, SIGHUP);
	sigprocmask(SIG_BLOCK, &set, NULL);
	fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	if (fd < 0)
		return xsw_fail(errno, "signals", NULL, "cannot wait: %s", strerror(errno));
	return fd;
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
