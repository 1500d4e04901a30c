// SPDX-License-Identifier: GPL-2.0
/* Data on stdout, one line of error on stderr, with -j an error object too. */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <json-c/json.h>

#include "ctrl/base/error.h"
#include "tools/xsw/xsw.h"

struct options opt;

static void out_json(struct json_object *array)
{
	int flags = JSON_C_TO_STRING_NOSLASHESCAPE;

	if (opt.pretty)
		flags |= JSON_C_TO_STRING_PRETTY;
	puts(json_object_to_json_string_ext(array, flags));
	json_object_put(array);
	fflush(stdout);
}

/* @json: also as an object on stdout, with -j */
static void print_error(const char *text, const char *remedy, bool json)
{
	struct json_object *o, *e;

	fflush(stdout);
	fprintf(stderr, "xsw: %s\n", text);
	if (remedy[0])
		fprintf(stderr, "  remedy: %s\n", remedy);
	if (!opt.json || !json)
		return;
	o = json_object_new_object();
	e = json_object_new_object();
	json_object_object_add(e, "message", json_object_new_string(text));
	if (remedy[0])
		json_object_object_add(e, "remedy", json_object_new_string(remedy));
	json_object_object_add(o, "error", e);
	json_object_object_add(o, "remedy", json_object_new_string(remedy));
	out_json(o);
}

/* @json: see print_error() */
static int failed_with(int err, bool json)
{
	const struct xsw_error *e = xsw_error_last();
	char text[64];

	if (e->text[0]) {
		print_error(e->text, e->remedy, json);
	} else {
		snprintf(text, sizeof(text), "failed: %s", strerror(abs(err)));
		print_error(text, "", json);
	}
	return EXIT_REFUSED;
}

/* ---- what a command shows ---- */

#define LEVELS 16 /* the deepest are the addresses of `config dump`: 7 */

static struct json_object *level[LEVELS]; /* with -j: what is open, the outermost first */
static int depth;

static void member_add(const char *key, struct json_object *value)
{
	struct json_object *in = level[depth - 1];

	if (json_object_is_type(in, json_type_array))
		json_object_array_add(in, value);
	else
		json_object_object_add(in, key, value);
}

static void level_open(const char *key, struct json_object *value)
{
	if (depth)
		member_add(key, value);
	level[depth++] = value;
}

/* The text of an object that is being told, with -o: its lines become one. */
static FILE *record;
static char *record_text;
static size_t record_size;
static int nesting;  /* of objects and lists in the text */
static FILE *target; /* NULL: standard output */

void out_redirect(FILE *to)
{
	target = to;
}

static FILE *text_end(void)
{
	return target ? target : stdout;
}

static FILE *text_out(void)
{
	return record ? record : text_end();
}

static void record_open(void)
{
	if (!nesting++ && opt.oneline)
		record = open_memstream(&record_text, &record_size);
}

/* As ip(8) has it: "\\" stands where a line ended. */
static void record_close(void)
{
	size_t end;

	if (--nesting || !record)
		return;
	fclose(record);
	record = NULL;
	for (end = record_size; end && record_text[end - 1] == '\n'; end--)
		;
	for (size_t i = 0; i < end; i++)
		putc(record_text[i] == '\n' ? '\\' : record_text[i], text_end());
	if (end < record_size)
		putc('\n', text_end());
	free(record_text);
}

void out_begin(void)
{
	if (depth) /* a command that ended before its out_end() */
		json_object_put(level[0]);
	depth = nesting = 0;
	if (opt.json)
		level_open(NULL, json_object_new_array());
}

void out_object(const char *key)
{
	if (opt.json)
		level_open(key, json_object_new_object());
	else
		record_open();
}

void out_list(const char *key)
{
	if (opt.json)
		level_open(key, json_object_new_array());
	else
		record_open();
}

void out_close(void)
{
	if (!opt.json)
		record_close();
	if (!opt.json || --depth)
		return;
	puts(json_object_to_json_string_ext(level[0], JSON_C_TO_STRING_NOSLASHESCAPE));
	json_object_put(level[0]);
}

int out_end(int err)
{
	/* of several switches, one is broken: the answer for the others */
	bool partial = err == -EUCLEAN && depth && json_object_array_length(level[0]);

	if (depth && (!err || partial))
		out_json(level[0]);
	else if (depth)
		json_object_put(level[0]);
	depth = 0;
	return err ? failed_with(err, !partial) : EXIT_DONE;
}

/* ---- colours ---- */

/* Those of ip(8), lib/color.c: on a dark background, as COLORFGBG says, the bold ones. */
static const struct {
	const char *key, *value; /* the value alone where it is not NULL */
	int color;
} colors[] = {
	{ "ifname", NULL, 36 }, { "name", NULL, 36 },	  { "mac", NULL, 33 },
	{ "state", "up", 32 },	{ "state", "down", 31 },  { "state", "absent", 31 },
	{ "status", "ok", 32 }, { "status", "warn", 33 }, { "status", "fail", 31 },
	{ "event", "up", 32 },	{ "event", "down", 31 },  { "event", "absent", 31 },
};

static bool background_is_dark(void)
{
	const char *p = getenv("COLORFGBG");

	p = p ? strrchr(p, ';') : NULL;
	return p && ((p[1] >= '0' && p[1] <= '6') || p[1] == '8') && !p[2];
}

/* As ip(8) does, and "auto" leaves colours out for https://no-color.org, too. */
static bool color_is_wanted(void)
{
	const char *none = getenv("NO_COLOR");

	if (opt.json || opt.color == COLOR_NEVER)
		return false;
	return opt.color == COLOR_ALWAYS || (isatty(STDOUT_FILENO) && !(none && *none));
}

static int color_of(const char *key, const char *value)
{
	if (!key || !color_is_wanted())
		return 0;
	if (!strcmp(key, "ip"))
		return strchr(value, ':') ? 34 : 35;
	for (size_t i = 0; i < sizeof(colors) / sizeof(*colors); i++)
		if (!strcmp(colors[i].key, key) &&
		    (!colors[i].value || !strcmp(colors[i].value, value)))
			return colors[i].color;
	return 0;
}

static void value_put(const char *key, int width, const char *value)
{
	int color = color_of(key, value);

	if (color)
		fprintf(text_out(), "\033[%s%dm%-*s\033[0m", background_is_dark() ? "1;" : "",
			color, width, value);
	else
		fprintf(text_out(), "%-*s", width, value);
}

/* ---- values ---- */

void out_text(const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	if (!opt.json)
		vfprintf(text_out(), fmt, args);
	va_end(args);
}

void out_word(const char *key, const char *text, const char *value)
{
	if (opt.json)
		return;
	fputs(text, text_out());
	value_put(key, 0, value);
}

void out_string(const char *key, const char *text, const char *value)
{
	if (opt.json)
		member_add(key, json_object_new_string(value));
	else if (text)
		out_word(key, text, value);
}

void out_item(const char *text, const char *value)
{
	out_string(NULL, text, value);
}

void out_int(const char *key, const char *text, long long value)
{
	if (opt.json)
		member_add(key, json_object_new_int64(value));
	else if (text)
		out_text("%s%lld", text, value);
}

void out_bool(const char *key, const char *text, bool value)
{
	if (opt.json)
		member_add(key, json_object_new_boolean(value));
	else if (text)
		out_text("%s%s", text, value ? "on" : "off");
}

void out_null(const char *key)
{
	if (opt.json)
		member_add(key, NULL);
}

bool out_brief(void)
{
	return opt.brief && !opt.json;
}

void out_column(const char *key, int width, const char *value)
{
	value_put(key, width, value[0] ? value : "-");
	out_text(" ");
}

void out_column_int(int width, long long value)
{
	out_text("%-*lld ", width, value);
}

void out_row_end(const char *netns)
{
	if (opt.all_netns)
		out_column(NULL, 0, netns);
	out_text("\n");
}

static void list_add(const char *key, const struct opt *o, const void *settings)
{
	struct vlan_set list;

	opt_list(o, settings, &list);
	out_list(key);
	for (int n = 0; n <= XSW_VID_MAX; n++)
		if (vlan_set_has(&list, n))
			out_int(NULL, NULL, n);
	out_close();
}

static void opt_add(const struct opt *o, const void *settings)
{
	char text[64], key[32];

	snprintf(key, sizeof(key), "%s", o->word);
	for (char *c = key; *c; c++)
		*c = *c == '-' ? '_' : *c;
	switch (o->type) {
	case OPT_ON_OFF:
		out_bool(key, NULL, opt_number(o, settings));
		break;
	case OPT_NUMBER:
	case OPT_CODE:
	case OPT_RATE:
	case OPT_SIZE:
		out_int(key, NULL, opt_number(o, settings));
		break;
	case OPT_VID:
		out_int(key, NULL, opt_number(o, settings) % OPT_VID_NONE);
		break;
	case OPT_VIDS:
	case OPT_CPUS:
	case OPT_BITS:
		list_add(key, o, settings);
		break;
	default:
		opt_text(o, settings, text, sizeof(text));
		out_string(key, NULL, text);
	}
}

void out_opt(const struct opt *o, const void *settings, bool in_text)
{
	char value[OPT_TEXT_MAX];

	if (opt.json) {
		opt_add(o, settings);
	} else if (in_text) {
		opt_text(o, settings, value, sizeof(value));
		out_text(" %s %s", o->word, value[0] ? value : "-");
	}
}

void out_netns(const char *netns)
{
	if (opt.json)
		member_add("netns", json_object_new_string(netns));
	else if (opt.all_netns)
		out_text(" netns %s", *netns ? netns : "-");
}

void out_switch(const char *text, const char *name, const char *netns)
{
	out_string("switch", text, name);
	out_netns(netns);
}

void out_port(const struct xsw_port_info *info)
{
	out_string("ifname", "", info->ifname);
	out_switch(": switch ", info->switch_name, info->netns);
}

/* ---- */

int usage(const char *kind, const char *name, const char *fmt, ...)
{
	char text[320], line[400];
	va_list args;

	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	if (name)
		snprintf(line, sizeof(line), "%s '%s': %s", kind, name, text);
	else
		snprintf(line, sizeof(line), "%s: %s", kind, text);
	print_error(line, "", true);
	return EXIT_USAGE;
}

void warn(const char *kind, const char *name, const char *fmt, ...)
{
	char text[640];
	va_list args;

	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	fprintf(stderr, "xsw: %s '%s': warning: %s\n", kind, name, text);
}

int failed(int err)
{
	return failed_with(err, true);
}

int failed_value(void)
{
	failed(-EINVAL);
	return EXIT_USAGE;
}

int done(int err, int forgiven)
{
	return err && err != forgiven ? failed(err) : EXIT_DONE;
}
