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

/* ---- the nearest word ---- */

#define NEAR_MAX 24 /* letters of a word */

static int least(int a, int b, int c)
{
	int ab = a < b ? a : b;

	return ab < c ? ab : c;
}

/* How many letters are to be put in, left out, changed, or swapped with the next one, to make @b of
 * @a? (R. W. Hamming's problem as F. J. Damerau put it, Communications of the ACM 7(3), 1964, without
 * a second change of what was swapped)
 */
static int distance(const char *a, const char *b)
{
	int d[NEAR_MAX + 1][NEAR_MAX + 1], n = strlen(a), m = strlen(b);

	if (n > NEAR_MAX || m > NEAR_MAX)
		return NEAR_MAX;
	for (int i = 0; i <= n; i++)
		for (int j = 0; j <= m; j++) {
			if (!i || !j) {
				d[i][j] = i + j;
				continue;
			}
			d[i][j] = least(d[i - 1][j] + 1, d[i][j - 1] + 1,
					d[i - 1][j - 1] + (a[i - 1] != b[j - 1]));
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] &&
			    d[i][j] > d[i - 2][j - 2] + 1)
				d[i][j] = d[i - 2][j - 2] + 1;
		}
	return d[n][m];
}

/* A third of the letters may be wrong, of a short word one. */
void nearest_hint(const char *word, const void *words, size_t size, char *hint, size_t hint_size)
{
	int best = (strlen(word) + 2) / 3 + 1, d;
	const char *const *at = words, *found = NULL;

	for (; *at; at = (const void *)((const char *)at + size)) {
		d = distance(word, *at);
		if (d < best && d < (int)strlen(*at)) {
			best = d;
			found = *at;
		}
	}
	hint[0] = '\0';
	if (found)
		snprintf(hint, hint_size, "; did you mean '%s'?", found);
}

/* ---- reading ---- */

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

int word_name(const char *kind, const char *name, const char *word, struct words *w,
	      const char **to)
{
	if (*to)
		return usage(kind, name, "%s: given twice", word);
	*to = words_next(w);
	return *to ? 0 : usage(kind, name, "%s: name missing", word);
}

int word_where(const char *kind, const char *word, struct words *w, struct where *where)
{
	if (!strcmp(word, "switch"))
		return word_name(kind, NULL, word, w, &where->switch_name);
	if (!strcmp(word, "dev"))
		return word_name(kind, NULL, word, w, &where->ifname);
	if (where->ifname)
		return usage(kind, NULL, "unknown word '%s'", word);
	where->ifname = word;
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

int unknown_word(const char *kind, const char *name, const char *word, const char *const *words)
{
	char hint[64];

	nearest_hint(word, words, sizeof(*words), hint, sizeof(hint));
	return usage(kind, name, "unknown word '%s', see 'xsw %s help'%s", word, kind, hint);
}

int unknown_option(const struct opts *opts, const char *word, const char *name)
{
	struct opt end[65] = {}; /* as struct opts says, there are 64 at the most */
	char hint[64];

	memcpy(end, opts->row, opts->n * sizeof(*end));
	nearest_hint(word, end, sizeof(*end), hint, sizeof(hint));
	return usage(opts->object, name, "unknown word '%s', see 'xsw %s help'%s", word,
		     opts->object, hint);
}

int read_opt(const struct opts *opts, const char *word, const char *value, const char *name,
	     void *settings)
{
	const struct opt *o = opts_find(opts, word);

	if (!o)
		return unknown_option(opts, word, name);
	if (!value)
		return usage(opts->object, name, "%s: value missing", word);
	if (opt_given(opts, o, settings))
		return usage(opts->object, name, "%s: given twice", word);
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
	char values[512];

	printf("OPTIONS:\n");
	opts_for(o, opts) {
		opt_values(o, values, sizeof(values));
		printf("  %-16s %s\n", o->word, values);
	}
}
