// SPDX-License-Identifier: GPL-2.0
/* The words of `xsw capture`. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "maps/drop.h"
#include "tools/xsw/capture.h"

static const struct opt_word dirs[] = {
	{ "in", XSW_CAPTURE_INBOUND },
	{ "out", 1U << XSW_CAPTURE_OUT },
	{ "drop", XSW_CAPTURE_DROPS },
	{ "all", (1U << XSW_CAPTURE_KINDS) - 1 },
	{},
};

static const struct opt_word reasons[] = {
#define WORD(name, text) { text, XSW_DROP_##name },
	XSW_DROP_REASONS(WORD)
#undef WORD
		{}
};

#define AT(member) OPT_AT(struct capture_settings, member)
#define NUMBER(member, least, most) .type = OPT_NUMBER, AT(member), .min = least, .max = most

static const struct opt rows[] = {
	{ "dir", .type = OPT_CHOICE, AT(dir), .words = dirs,
	  .by_default = (1U << XSW_CAPTURE_KINDS) - 1 },
	{ "reason", .meta = "WORD", .type = OPT_CHOICE, AT(reason), .words = reasons },
	{ "vlan", .meta = "VID", NUMBER(vlan, 0, XSW_VID_MAX) },
	{ "queue", .meta = "N", NUMBER(queue, 0, XSW_CAPTURE_ANY - 1) },
	{ "count", .meta = "N", NUMBER(count, 1, 4294967295) },
	{ "snaplen", .meta = "N", NUMBER(snaplen, 14, SNAPLEN_DEFAULT),
	  .by_default = SNAPLEN_DEFAULT },
	{ "buffer", .meta = "SIZE", .type = OPT_SIZE, AT(buffer) },
	{ "rotate_size", .meta = "SIZE", .type = OPT_SIZE, AT(rotate_size) },
	{ "rotate_time", .meta = "S", NUMBER(rotate_time, 1, 31536000) },
	{ "rotate_files", .meta = "N", NUMBER(rotate_files, 1, 1000000) },
};

const struct opts capture_opts = OPTS("capture", rows, struct capture_settings);

#define BUFFER_MAX (1ULL << 30)

void capture_help(void)
{
	opts_usage("Usage: xsw ", "capture [ DEV... ] [ switch NAME ]", &capture_opts);
	printf("            [ duration S ] [ write FILE|- ] [ filter 'EXPRESSION' ]\n");
	opts_help(&capture_opts);
}

static bool given(const struct capture_words *w, const char *word)
{
	return opt_given(&capture_opts, opts_find(&capture_opts, word), &w->set);
}

static int text_once(const char *word, struct words *w, const char **to)
{
	if (*to)
		return usage("capture", NULL, "%s: given twice", word);
	*to = words_next(w);
	return *to && **to ? 0 : usage("capture", NULL, "%s: value missing", word);
}

static int duration_read(const char *text, double *seconds)
{
	char *end = "";

	if (*seconds)
		return usage("capture", NULL, "duration: given twice");
	*seconds = text ? strtod(text, &end) : 0;
	if (*end || !(*seconds >= 0.01) || *seconds > 31536000)
		return usage("capture", NULL, "duration '%s': must be 0.01 to 31536000 seconds",
			     text ? text : "");
	return 0;
}

static int dev_read(const char *word, struct capture_words *to)
{
	for (int i = 0; i < to->devs; i++)
		if (!strcmp(to->dev[i], word))
			return usage("capture", word, "given twice");
	if (to->devs == CAPTURE_DEVS_MAX)
		return usage("capture", word, "more than %d ports: name a switch instead",
			     CAPTURE_DEVS_MAX);
	to->dev[to->devs++] = word;
	return 0;
}

static int word_read(const char *word, struct words *w, struct capture_words *to)
{
	if (opts_find(&capture_opts, word))
		return read_opt(&capture_opts, word, words_next(w), NULL, &to->set);
	if (!strcmp(word, "switch"))
		return text_once(word, w, &to->switch_name);
	if (!strcmp(word, "write"))
		return text_once(word, w, &to->path);
	if (!strcmp(word, "filter"))
		return text_once(word, w, &to->filter);
	if (!strcmp(word, "duration"))
		return duration_read(words_next(w), &to->duration_s);
	if (!strcmp(word, "dev")) {
		word = words_next(w);
		if (!word)
			return usage("capture", NULL, "dev: DEV missing");
	}
	return dev_read(word, to);
}

/* What does not fit together, and what follows from it. */
static int words_check(struct capture_words *to)
{
	bool rotates = given(to, "rotate_size") || given(to, "rotate_time");

	if (given(to, "reason")) {
		if (given(to, "dir") && !(to->set.dir & XSW_CAPTURE_DROPS))
			return usage("capture", NULL, "reason: only of drops");
		to->set.dir &= XSW_CAPTURE_DROPS;
	}
	if (rotates && (!to->path || !strcmp(to->path, "-")))
		return usage("capture", NULL, "rotate_size, rotate_time: only with 'write FILE'");
	if (given(to, "rotate_files") && !rotates)
		return usage("capture", NULL, "rotate_files: only with rotate_size or rotate_time");
	if ((given(to, "rotate_size") && !to->set.rotate_size) || to->set.buffer > BUFFER_MAX)
		return usage("capture", NULL, "%s: must be 1 to %llu bytes",
			     to->set.buffer > BUFFER_MAX ? "buffer" : "rotate_size", BUFFER_MAX);
	if (to->path && !strcmp(to->path, "-") && isatty(STDOUT_FILENO))
		return usage("capture", NULL, "write -: standard output is a terminal");
	return 0;
}

int capture_words_read(struct words *w, struct capture_words *to)
{
	const char *word;
	int err = 0;

	*to = (struct capture_words){};
	opts_default(&capture_opts, &to->set);
	while (!err && (word = words_next(w)))
		err = word_read(word, w, to);
	return err ? err : words_check(to);
}
