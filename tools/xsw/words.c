// SPDX-License-Identifier: GPL-2.0
/* The words of a command, one after the other, and what they may be. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tools/xsw/xsw.h"

char *words_next(struct words *w)
{
	if (!w->n)
		return NULL;
	w->n--;
	return *w->word++;
}

const char *words_peek(const struct words *w)
{
	return w->n ? w->word[0] : NULL;
}

bool word_is(const char *word, const char *name)
{
	return word[0] && !strncmp(word, name, strlen(word));
}

int no_more(struct words *w, const char *kind, const char *name)
{
	return w->n ? usage(kind, name, "unknown word '%s'", w->word[0]) : 0;
}

int word_u32(const char *kind, const char *name, const char *what, const char *text,
	     unsigned long min, unsigned long max, __u32 *value)
{
	unsigned long n;
	char *end;

	if (!text)
		return usage(kind, name, "%s: value missing", what);
	errno = 0;
	n = strtoul(text, &end, 10);
	if (errno || *end || text[0] < '0' || text[0] > '9' || n < min || n > max)
		return usage(kind, name, "%s '%s': must be %lu to %lu", what, text, min, max);
	*value = n;
	return 0;
}

int word_where(const char *kind, const char *word, struct words *w, struct where *where)
{
	if (!strcmp(word, "switch")) {
		where->switch_name = words_next(w);
		return where->switch_name ? 0 : usage(kind, NULL, "switch: NAME missing");
	}
	if (where->ifname)
		return usage(kind, NULL, "unknown word '%s'", word);
	where->ifname = strcmp(word, "dev") ? word : words_next(w);
	return 0;
}

int word_interval(const char *kind, const char *text, double *seconds)
{
	char *end = "";

	*seconds = text ? strtod(text, &end) : 0;
	if (*end || !(*seconds >= 0.01) || *seconds > 86400)
		return usage(kind, NULL, "interval '%s': must be 0.01 to 86400 seconds",
			     text ? text : "");
	return 0;
}

int read_opt(const struct opts *opts, const char *word, const char *value, const char *name,
	     void *settings)
{
	const struct opt *o = opts_find(opts, word);

	if (!o)
		return usage(opts->object, name, "unknown word '%s', see 'xsw %s help'", word,
			     opts->object);
	if (!value)
		return usage(opts->object, name, "%s: value missing", word);
	return opt_read(opts, o, value, name, settings) ? failed_value() : 0;
}

#define HELP_COLUMNS 79

int help_item(FILE *out, int indent, int column, const char *between, const char *text)
{
	if (column + strlen(between) + strlen(text) > HELP_COLUMNS)
		column = fprintf(out, "\n%*s", indent, "") - 1;
	else
		column += fprintf(out, "%s", between);
	return column + fprintf(out, "%s", text);
}

void opts_usage(const char *begin, const char *command, const struct opts *opts)
{
	int column = printf("%s%s", begin, command);
	char values[128], item[160];

	opts_for(o, opts) {
		opt_values(o, values, sizeof(values));
		snprintf(item, sizeof(item), "[ %s %s ]", o->word, o->meta ? o->meta : values);
		column = help_item(stdout, strlen(begin) + 1, column, " ", item);
	}
	printf("\n");
}

void opts_help(const struct opts *opts)
{
	char values[128];

	printf("OPTIONS:\n");
	opts_for(o, opts) {
		opt_values(o, values, sizeof(values));
		printf("  %-16s %s\n", o->word, values);
	}
}
