// SPDX-License-Identifier: GPL-2.0
/* Keys and values of a configuration file, written so that any YAML parser reads them as meant. */
#include "ctrl/config/write.h"

#include <errno.h>
#include <stdarg.h>
#include <string.h>

#include "ctrl/base/name_list.h"
#include "ctrl/config/yaml.h"

void cfg_key(struct cfg_writer *w, const char *key)
{
	fprintf(w->out, "%*s%s%s:", w->begins ? w->indent - 2 : w->indent, "",
		w->begins ? "- " : "", key);
	w->begins = false;
}

void cfg_list_begin(struct cfg_writer *w, const char *key, size_t n)
{
	cfg_key(w, key);
	fputs(n ? "\n" : " []\n", w->out);
	w->indent += 4;
}

void cfg_list_end(struct cfg_writer *w)
{
	w->indent -= 4;
}

void cfg_item_begin(struct cfg_writer *w)
{
	w->begins = true;
}

void cfg_put(struct cfg_writer *w, const char *key, const char *fmt, ...)
{
	va_list args;

	cfg_key(w, key);
	fputc(' ', w->out);
	va_start(args, fmt);
	vfprintf(w->out, fmt, args);
	va_end(args);
	fputc('\n', w->out);
}

static void put_name(struct cfg_writer *w, const char *name);

/* Names of devices, "none" if there is none: a file may say so. */
static void put_names(struct cfg_writer *w, const char *key, const struct name_list *list)
{
	cfg_key(w, key);
	fputs(" [", w->out);
	for (__u32 i = 0; i < list->n; i++) {
		if (i)
			fputs(", ", w->out);
		put_name(w, list->name[i]);
	}
	fputs("]\n", w->out);
}

/* Lists, and addresses with colons, stand in quotes. */
void cfg_put_opts(struct cfg_writer *w, const struct opts *opts, const void *settings, __u64 hidden)
{
	char text[OPT_TEXT_MAX];

	opts_for(o, opts) {
		if (!opt_given(opts, o, settings) || hidden >> (o - opts->row) & 1)
			continue;
		opt_text(o, settings, text, sizeof(text));
		if (o->type == OPT_NAMES)
			put_names(w, o->word, (const void *)((const char *)settings + o->at));
		else if (o->type == OPT_NAME)
			cfg_put_name(w, o->word, text);
		else if (opt_is_list(o) || strchr(text, ':'))
			cfg_put(w, o->word, "\"%s\"", text);
		else
			cfg_put(w, o->word, "%s", text);
	}
}

/* ---- names ---- */

/* Devices can have names that mean something else in YAML: '#1', '&a', '-'; the name 007 is no
 * number, and y, no and null are neither booleans nor nothing.
 */
static bool name_is_word(const char *name)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
	static const char others[] = "0123456789._@-";
	size_t n = strspn(name, letters);

	while (n && name[n] && (strchr(letters, name[n]) || strchr(others, name[n])))
		n++;
	return n > 1 && !name[n] && !cfg_on_off(name) && strcasecmp(name, "null");
}

/* Read a character of UTF-8 and step over it. Return: it, or -EINVAL. */
static long utf8_next(const char **text)
{
	const unsigned char *s = (const unsigned char *)*text;
	int more = s[0] < 0x80 ? 0 : (s[0] >= 0xc2) + (s[0] >= 0xe0) + (s[0] >= 0xf0);
	long c = more ? s[0] & (0x3f >> more) : s[0];

	if ((s[0] >= 0x80 && !more) || s[0] > 0xf4)
		return -EINVAL;
	for (int i = 1; i <= more; i++) {
		if ((s[i] & 0xc0) != 0x80)
			return -EINVAL;
		c = c << 6 | (s[i] & 0x3f);
	}
	if ((more == 2 && (c < 0x800 || (c & 0xf800) == 0xd800)) ||
	    (more == 3 && (c < 0x10000 || c > 0x10ffff)))
		return -EINVAL;
	*text += more + 1;
	return c;
}

int cfg_name_check(const char *name)
{
	while (*name)
		if (utf8_next(&name) < 0)
			return -EILSEQ;
	return 0;
}

static void put_name(struct cfg_writer *w, const char *name)
{
	if (name_is_word(name)) {
		fputs(name, w->out);
		return;
	}
	fputc('"', w->out);
	while (*name) {
		long c = utf8_next(&name);

		if (c == '"' || c == '\\')
			fprintf(w->out, "\\%c", (char)c);
		else if (c >= ' ' && c < 127)
			fputc(c, w->out);
		else
			fprintf(w->out, "\\U%08lx", c);
	}
	fputc('"', w->out);
}

void cfg_put_name(struct cfg_writer *w, const char *key, const char *name)
{
	cfg_key(w, key);
	fputc(' ', w->out);
	put_name(w, name);
	fputc('\n', w->out);
}
