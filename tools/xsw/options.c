// SPDX-License-Identifier: GPL-2.0
/* The options of xsw itself, which stand anywhere among the words. The table below is what reads
 * them, and what `xsw help` says of them; completion asks `xsw help`. They are read as ip(8) reads
 * its own: one dash or two, and any beginning of a word that is no other's.
 */
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "tools/xsw/xsw.h"

enum row_type {
	ROW_FLAG,    /* bool at @at is set */
	ROW_TEXT,    /* const char * at @at points at the value */
	ROW_COLOR,   /* enum color_when at @at; the value stands behind '=', or there is none */
	ROW_METRICS, /* enum metrics_format at @at: the last one of the command line is meant */
};

static const struct row {
	char letter;	   /* 0: it has its word alone */
	const char *word;  /* behind two dashes, or one as with ip(8) */
	const char *value; /* what the help calls its value; NULL: it has none */
	void *at;
	bool in_batch; /* a line of a batch may have it, too */
	bool hidden;   /* another word of ip(8) for the same */
	enum row_type type;
	int set; /* of ROW_METRICS: what it sets */
} rows[] = {
	{ 'j', "json", .at = &opt.json },
	{ 'p', "pretty", .at = &opt.pretty },
	{ 's', "statistics", .at = &opt.statistics },
	{ 'd', "details", .at = &opt.details },
	{ 0, "brief", .at = &opt.brief },
	{ 'o', "oneline", .at = &opt.oneline },
	{ 'c', "color", "auto|always|never", &opt.color, .type = ROW_COLOR },
	{ 'b', "batch", "FILE", &opt.batch, .type = ROW_TEXT },
	{ 0, "force", .at = &opt.force },
	{ 'n', "netns", "NAME", &opt.netns, .type = ROW_TEXT },
	{ 0, "bpffs", "DIR", &opt.bpffs, .type = ROW_TEXT },
	{ 0, "all-netns", .at = &opt.all_netns },
	{ 0, "may-exist", .at = &opt.may_exist, .in_batch = true },
	{ 0, "if-exists", .at = &opt.if_exists, .in_batch = true },
	{ 0, "dry-run", .at = &opt.dry_run, .in_batch = true },
	{ 0, "prune", .at = &opt.prune, .in_batch = true },
	{ 0, "openmetrics", .at = &opt.metrics, .type = ROW_METRICS, .set = METRICS_OPENMETRICS },
	{ 0, "prometheus", .at = &opt.metrics, .type = ROW_METRICS, .set = METRICS_PROMETHEUS },
	{ 0, "link-follow", .at = &opt.link_follow },
	{ 'V', "version", .at = &opt.version },
	{ 'h', "help", .at = &opt.help },
	{ 0, "stats", .at = &opt.statistics, .hidden = true },
	{ 0, "Version", .at = &opt.version, .hidden = true },
};

#define ROWS (sizeof(rows) / sizeof(*rows))

/* ---- finding ---- */

static const struct row *row_of_letter(char letter)
{
	for (const struct row *row = rows; letter && row < rows + ROWS; row++)
		if (row->letter == letter)
			return row;
	return NULL;
}

/* The option whose word begins with the @len bytes of @text. @n: how many there are, 1 if whole */
static const struct row *row_of_word(const char *text, size_t len, int *n)
{
	const struct row *found = NULL;

	*n = 0;
	for (const struct row *row = rows; len && row < rows + ROWS; row++) {
		if (strncmp(row->word, text, len))
			continue;
		if (!row->word[len]) {
			*n = 1;
			return row;
		}
		*n += !found || found->at != row->at;
		found = row;
	}
	return found;
}

/* Is it letters of options without a value, or one letter of an option and its value? */
static bool are_letters(const char *text)
{
	const struct row *row = row_of_letter(*text);

	if (row && row->type == ROW_TEXT)
		return true;
	for (; row && row->type != ROW_TEXT && *++text; row = row_of_letter(*text))
		;
	return row && row->type != ROW_TEXT;
}

/* ---- reading ---- */

static int color_read(const char *word, const char *value)
{
	static const char *const words[] = { "never", "auto", "always" };

	opt.color = COLOR_ALWAYS;
	if (!value)
		return 0;
	for (opt.color = COLOR_NEVER; opt.color <= COLOR_ALWAYS; opt.color++)
		if (!strcmp(words[opt.color], value))
			return 0;
	opt.color = COLOR_NEVER;
	return usage("option", word, "must be auto, always or never");
}

/* @word: as it was given, for messages; @value: NULL if there is none */
static int row_set(const struct row *row, const char *word, const char *value)
{
	if (value && row->type != ROW_TEXT && row->type != ROW_COLOR)
		return usage("option", word, "has no value");
	switch (row->type) {
	case ROW_FLAG:
		*(bool *)row->at = true;
		break;
	case ROW_TEXT:
		if (!value)
			return usage("option", word, "%s missing", row->value);
		*(const char **)row->at = value;
		break;
	case ROW_COLOR:
		return color_read(word, value);
	case ROW_METRICS:
		*(int *)row->at = row->set;
		break;
	}
	opt.json |= opt.pretty;
	return 0;
}

static int unknown(const char *word, int n)
{
	const char *words[ROWS + 1] = {};
	char text[ROWS][24], as[24], hint[64];

	if (n > 1)
		return usage("option", word, "several begin so, see 'xsw help'");
	for (size_t i = 0; i < ROWS; i++) {
		snprintf(text[i], sizeof(text[i]), "--%s", rows[i].word);
		words[i] = text[i];
	}
	snprintf(as, sizeof(as), "-%.22s", word + (word[1] == '-'));
	nearest_hint(as, words, sizeof(*words), hint, sizeof(hint));
	return usage("option", word, "unknown, see 'xsw help'%s", hint);
}

/* Letters behind one dash: the last may have its value behind it, or as the next word */
static int letters_read(const char *word, char **argv)
{
	const struct row *row;
	int err = 0;

	for (const char *c = word + 1; *c && !err; c++) {
		row = row_of_letter(*c);
		if (row->type == ROW_TEXT)
			return row_set(row, word, c[1] ? c + 1 : *argv) ?: !c[1] ? -1 : 0;
		err = row_set(row, word, NULL);
	}
	return err;
}

/**
 * One option. @argv: the words behind it
 *
 * Return: 0; -1, and the next word was its value; EXIT_USAGE, printed.
 */
static int option_read(const char *word, char **argv)
{
	const char *text = word + 1 + (word[1] == '-'), *equals = strchr(text, '=');
	const char *value = equals ? equals + 1 : NULL;
	bool one_dash = word[1] != '-';
	const struct row *row;
	int n, err;

	if (one_dash && text[0] && !text[1] && row_of_letter(text[0]))
		return letters_read(word, argv);
	row = row_of_word(text, equals ? (size_t)(equals - text) : strlen(text), &n);
	if (one_dash && !row && equals == text + 1 && row_of_letter(text[0]))
		row = row_of_letter(text[0]); /* -c=always where another word begins with c */
	if (n != 1)
		return one_dash && are_letters(text) ? letters_read(word, argv) : unknown(word, n);
	if (row->type != ROW_TEXT || value)
		return row_set(row, word, value);
	err = row_set(row, word, *argv);
	return err ? err : -1;
}

/* Up to "--", options may stand anywhere. */
int options_read(char **argv, struct words *w)
{
	int err = 0;

	*w = (struct words){ .word = argv };
	for (char **to = argv; *argv && !opt.version && !opt.help; argv++) {
		if (!strcmp(*argv, "--")) {
			while (*++argv)
				to[w->n++] = *argv;
			return 0;
		}
		if ((*argv)[0] != '-' || !(*argv)[1]) {
			to[w->n++] = *argv;
			continue;
		}
		err = option_read(*argv, argv + 1);
		if (err > 0)
			return err;
		argv -= err;
	}
	return 0;
}

bool option_in_batch(const char *word)
{
	for (const struct row *row = rows; row < rows + ROWS; row++)
		if (row->in_batch && !strncmp(word, "--", 2) && !strcmp(word + 2, row->word)) {
			row_set(row, word, NULL);
			return true;
		}
	return false;
}

/* "-n|--netns NAME", "-br|--brief", "-c|--color[=auto|always|never]" */
static void row_text(const struct row *row, char *text, size_t size)
{
	char letters[] = { '-', row->letter, '|', '\0' };
	const char *begin = row->letter ? letters : !strcmp(row->word, "brief") ? "-br|" : "";

	if (row->type == ROW_COLOR)
		snprintf(text, size, "%s--%s[=%s]", begin, row->word, row->value);
	else
		snprintf(text, size, "%s--%s%s%s", begin, row->word, row->value ? " " : "",
			 row->value ? row->value : "");
}

void options_help(FILE *out)
{
	int indent = fprintf(out, "OPTIONS := "), column = indent;
	char text[64];

	for (const struct row *row = rows; row < rows + ROWS; row++) {
		if (row->hidden)
			continue;
		row_text(row, text, sizeof(text));
		column = help_item(out, indent, column, row == rows ? "" : "  ", text);
	}
	fputc('\n', out);
}
