// SPDX-License-Identifier: GPL-2.0
/* xsw -b FILE: each line a command, under one lock of writers and with switches that stay open; see
 * ctrl/switch/batch.h. A line is done whole or not at all: signals are looked at between lines.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ctrl/base/error.h"
#include "ctrl/base/signals.h"
#include "ctrl/switch/batch.h"
#include "tools/xsw/xsw.h"

#define BATCH_WORDS 256
#define LINE_BYTES (1024 * 1024) /* of a line at the most */
#define READ_BYTES (64 * 1024)
#define WAIT_MS 100 /* after which a signal is seen that came just before a wait */

/* ---- reading ---- */

struct reader {
	int fd;
	char *text; /* read, and not yet handed out from @begin on */
	size_t begin, end, room;
	bool ended;
	int line_number;
};

static bool can_read(const struct reader *r, int wait_ms)
{
	struct pollfd p = { .fd = r->fd, .events = POLLIN };

	return poll(&p, 1, wait_ms) > 0;
}

/* Nothing is held while another process is waited for. Return: 0 or -errno, error set. */
static int reader_wait(const struct reader *r)
{
	int err = can_read(r, 0) ? 0 : xsw_batch_pause();

	fflush(stdout);
	while (!err && !signals_number && !can_read(r, WAIT_MS))
		;
	return err;
}

static int reader_room(struct reader *r)
{
	size_t room = r->end - r->begin + READ_BYTES;
	char *more;

	memmove(r->text, r->text + r->begin, r->end - r->begin);
	r->end -= r->begin;
	r->begin = 0;
	if (r->room >= room)
		return 0;
	more = realloc(r->text, room);
	if (!more)
		return xsw_fail(ENOMEM, NULL, NULL, "out of memory");
	r->text = more;
	r->room = room;
	return 0;
}

static int reader_more(struct reader *r, const char *path)
{
	int err = reader_wait(r);
	ssize_t n;

	if (!err)
		err = reader_room(r);
	if (err || signals_number)
		return err;
	n = read(r->fd, r->text + r->end, READ_BYTES);
	if (n < 0 && errno != EINTR)
		return xsw_fail(errno, "batch", path, "cannot read: %s", strerror(errno));
	r->ended = !n;
	r->end += n > 0 ? n : 0;
	return 0;
}

/* The next line, without its end. @len: of it; more than LINE_BYTES: too long, and cut
 * Return: 1; 0 at the end or after a signal; -errno with the error set.
 */
static int reader_line(struct reader *r, const char *path, char **line, size_t *len)
{
	char *end = NULL;
	int err = 0;

	for (;;) {
		*line = r->text + r->begin;
		*len = r->end - r->begin;
		end = *len ? memchr(*line, '\n', *len) : NULL;
		if (end || r->ended || *len > LINE_BYTES || err || signals_number)
			break;
		err = reader_more(r, path);
	}
	if (err || signals_number || (!end && !*len))
		return err;
	if (end)
		*len = end - *line;
	r->begin += *len + !!end;
	r->line_number++;
	return 1;
}

/* ---- words ---- */

/* The next word of *@at, which begins with no blank; a quoted one may have blanks.
 * Return: it, NULL if its quote does not end.
 */
static char *word_cut(char **at)
{
	char quote = **at == '"' || **at == '\'' ? **at : 0, *word = *at + !!quote;
	size_t len = quote ? strcspn(word, (char[]){ quote, '\0' }) : strcspn(word, " \t\r#");

	*at = word + len;
	if (quote && !**at)
		return NULL;
	if (**at == '#')
		**at = '\0';
	else if (**at)
		*(*at)++ = '\0';
	return word;
}

/* Options may stand anywhere among the words of a line. */
static int words_split(char *line, struct words *w)
{
	char *word;

	w->n = 0;
	while (*(line += strspn(line, " \t\r")) && *line != '#') {
		word = word_cut(&line);
		if (!word)
			return usage("batch", NULL, "a quote is not closed");
		if (option_in_batch(word))
			continue;
		if (w->n == BATCH_WORDS)
			return usage("batch", NULL, "a line has at most %d words", BATCH_WORDS);
		w->word[w->n++] = word;
	}
	return 0;
}

/* @line: of @len bytes, with room for one more */
static int line_run(char *line, size_t len, run_line_fn run)
{
	char *word[BATCH_WORDS], last = line[len];
	struct words w = { .word = word };
	int err;

	if (len > LINE_BYTES)
		return usage("batch", NULL, "a line has at most %d bytes", LINE_BYTES);
	if (memchr(line, '\0', len))
		return usage("batch", NULL, "a NUL byte is in the line");
	line[len] = '\0';
	err = words_split(line, &w);
	if (!err && w.n)
		err = run(&w);
	line[len] = last;
	return err;
}

/* ---- running ---- */

static void line_failed(const char *path, int line_number)
{
	fprintf(stderr, "xsw: batch '%s': line %d failed\n", path, line_number);
}

/* Run lines up to the first that fails, with -force all. Return: exit status of the first that failed. */
static int lines_run(struct reader *r, const char *path, run_line_fn run)
{
	const struct options saved = opt;
	int ret = EXIT_DONE, one, got = 0;
	char *line;
	size_t len;

	while ((!ret || saved.force) && (got = reader_line(r, path, &line, &len)) > 0) {
		opt = saved;
		signals_stop = signals_number;
		one = line_run(line, len, run);
		if (!one)
			continue;
		line_failed(path, r->line_number);
		ret = ret ? ret : one;
		if (len > LINE_BYTES)
			break;
	}
	opt = saved;
	return got < 0 ? failed(got) : ret;
}

static void stop_as_told(const char *path, int line_number)
{
	fprintf(stderr, "xsw: batch '%s': stopped after line %d: %s\n", path, line_number,
		strsignal(signals_number));
	fflush(stdout);
	signal(signals_number, SIG_DFL);
	raise(signals_number);
}

int batch_run(const char *path, run_line_fn run)
{
	struct reader r = { .fd = strcmp(path, "-") ? open(path, O_RDONLY | O_CLOEXEC) :
						      STDIN_FILENO };
	int ret = r.fd < 0 ? xsw_fail(errno, "batch", path, "cannot open: %s", strerror(errno)) :
			     reader_room(&r);
	int err;

	if (ret)
		return failed(ret);
	signals_catch();
	xsw_batch_begin();
	ret = lines_run(&r, path, run);
	err = xsw_batch_pause();
	if (err)
		ret = failed(err);
	free(r.text);
	if (r.fd != STDIN_FILENO)
		close(r.fd);
	if (signals_number)
		stop_as_told(path, r.line_number);
	return ret;
}
