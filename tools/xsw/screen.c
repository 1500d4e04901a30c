// SPDX-License-Identifier: GPL-2.0
/* A terminal as a screen that is drawn over again and again, by `stats watch`. What was on it before
 * is back at the end, also while the process is stopped by ^Z.
 */
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "tools/xsw/xsw.h"

/* Control sequences of xterm and of all that come after it: the other screen, no cursor */
#define ENTER "\033[?1049h\033[?25l\033[H\033[J"
#define LEAVE "\033[?25h\033[?1049l"
#define HOME "\033[H"
#define LINE_END "\033[K"
#define BELOW "\033[J"

static volatile sig_atomic_t on;

static void tell(const char *sequence)
{
	ssize_t n = write(STDOUT_FILENO, sequence, strlen(sequence));

	(void)n; /* a terminal that is gone shows nothing */
}

static void on_stop(int sig)
{
	tell(LEAVE);
	raise(SIGSTOP);
	if (on)
		tell(ENTER);
}

static void on_size(int sig)
{
	/* ends a nap: then it is drawn anew */
}

bool screen_begin(void)
{
	struct sigaction stop = { .sa_handler = on_stop }, size = { .sa_handler = on_size };

	on = isatty(STDOUT_FILENO);
	if (!on)
		return false;
	sigaction(SIGTSTP, &stop, NULL);
	sigaction(SIGWINCH, &size, NULL);
	tell(ENTER);
	return true;
}

void screen_draw(const char *text)
{
	struct winsize size = { .ws_row = 24, .ws_col = 80 };
	int rows, columns, len;

	if (!on)
		return;
	ioctl(STDOUT_FILENO, TIOCGWINSZ, &size);
	rows = size.ws_row ? size.ws_row : 24;
	columns = size.ws_col ? size.ws_col : 80;
	fputs(HOME, stdout);
	for (int row = 0; row < rows && *text; row++) {
		len = strcspn(text, "\n");
		printf("%s%.*s" LINE_END, row ? "\r\n" : "", len < columns ? len : columns - 1,
		       text);
		text += len + !!text[len];
	}
	fputs(BELOW, stdout);
	fflush(stdout);
}

void screen_end(void)
{
	if (on)
		tell(LEAVE);
	on = 0;
	signal(SIGTSTP, SIG_DFL);
}
