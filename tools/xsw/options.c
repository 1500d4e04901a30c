// SPDX-License-Identifier: GPL-2.0
/* The options of xsw itself, which stand before the object. The table below is what reads them,
 * and what `xsw help` says of them; completion asks `xsw help`.
 */
#include <getopt.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "tools/xsw/xsw.h"

static const struct row {
	char letter;	   /* 0: it has its word alone */
	const char *word;  /* behind two dashes, or one as with ip(8) */
	const char *value; /* what the help calls its value; NULL: it has none */
	void *at;	   /* bool to set, or const char * to point at the value */
	bool in_batch;	   /* a line of a batch may have it, too */
} rows[] = {
	{ 'j', "json", .at = &opt.json },
	{ 'p', "pretty", .at = &opt.pretty },
	{ 's', "statistics", .at = &opt.statistics },
	{ 'd', "details", .at = &opt.details },
	{ 'b', "batch", "FILE", .at = &opt.batch },
	{ 0, "force", .at = &opt.force },
	{ 'n', "netns", "NAME", .at = &opt.netns },
	{ 0, "bpffs", "DIR", .at = &opt.bpffs },
	{ 0, "all-netns", .at = &opt.all_netns },
	{ 0, "may-exist", .at = &opt.may_exist, .in_batch = true },
	{ 0, "if-exists", .at = &opt.if_exists, .in_batch = true },
	{ 0, "dry-run", .at = &opt.dry_run, .in_batch = true },
	{ 0, "prune", .at = &opt.prune, .in_batch = true },
	{ 0, "openmetrics", .at = &opt.openmetrics },
	{ 0, "prometheus", .at = &opt.prometheus },
	{ 0, "link-follow", .at = &opt.link_follow },
	{ 'V', "version", .at = &opt.version },
	{ 'h', "help", .at = &opt.help },
};

#define ROWS (sizeof(rows) / sizeof(*rows))
#define ROW_0 256 /* getopt's number of the first row, above all letters */

static void row_set(const struct row *row, const char *value)
{
	if (row->value)
		*(const char **)row->at = value;
	else
		*(bool *)row->at = true;
	opt.json |= opt.pretty;
}

static const struct row *row_found(int c)
{
	for (const struct row *row = rows; row < rows + ROWS; row++)
		if (c == ROW_0 + (row - rows) || (row->letter && c == row->letter))
			return row;
	return NULL;
}

/* The table as getopt(3) wants it. */
static void getopt_tables(struct option *words, char *letters)
{
	for (size_t i = 0; i < ROWS; i++) {
		words[i] = (struct option){ .name = rows[i].word,
					    .has_arg = !!rows[i].value,
					    .val = ROW_0 + i };
		if (!rows[i].letter)
			continue;
		*letters++ = rows[i].letter;
		if (rows[i].value)
			*letters++ = ':';
	}
}

int options_read(int argc, char **argv)
{
	struct option words[ROWS + 1] = {};
	char letters[2 * ROWS + 1] = "";
	const struct row *row;
	int c;

	getopt_tables(words, letters);
	opterr = 0;
	while (!opt.version && !opt.help &&
	       (c = getopt_long_only(argc, argv, letters, words, NULL)) != -1) {
		row = row_found(c);
		if (!row)
			return usage("option", argv[optind - 1],
				     "unknown, or its value is missing");
		row_set(row, optarg);
	}
	return 0;
}

bool option_in_batch(const char *word)
{
	for (const struct row *row = rows; row < rows + ROWS; row++)
		if (row->in_batch && !strncmp(word, "--", 2) && !strcmp(word + 2, row->word)) {
			row_set(row, NULL);
			return true;
		}
	return false;
}

void options_help(FILE *out)
{
	int indent = fprintf(out, "OPTIONS := "), column = indent;
	char text[64];

	for (const struct row *row = rows; row < rows + ROWS; row++) {
		char letter[] = { '-', row->letter, '|', '\0' };

		snprintf(text, sizeof(text), "%s--%s%s%s", row->letter ? letter : "", row->word,
			 row->value ? " " : "", row->value ? row->value : "");
		column = help_item(out, indent, column, row == rows ? "" : "  ", text);
	}
	fputc('\n', out);
}
