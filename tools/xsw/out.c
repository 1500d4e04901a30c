// SPDX-License-Identifier: GPL-2.0
/* Data on stdout, one line of error on stderr, with -j an error object too. */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ctrl/base/error.h"
#include "tools/xsw/xsw.h"

struct options opt;

void json_add_string(struct json_object *o, const char *key, const char *value)
{
	json_object_object_add(o, key, json_object_new_string(value));
}

void json_add_int(struct json_object *o, const char *key, long long value)
{
	json_object_object_add(o, key, json_object_new_int64(value));
}

void json_add_port(struct json_object *o, const struct xsw_port_info *info)
{
	json_add_string(o, "ifname", info->ifname);
	json_add_string(o, "switch", info->switch_name);
	json_add_string(o, "netns", info->netns);
}

static struct json_object *set_json(const struct vlan_set *set)
{
	struct json_object *a = json_object_new_array();

	for (int n = 0; n <= XSW_VID_MAX; n++)
		if (vlan_set_has(set, n))
			json_object_array_add(a, json_object_new_int(n));
	return a;
}

void json_add_opt(struct json_object *o, const struct opt *row, const void *settings)
{
	char text[64];

	switch (row->type) {
	case OPT_ON_OFF:
		json_add_bool(o, row->word, opt_number(row, settings));
		break;
	case OPT_NUMBER:
	case OPT_CODE:
	case OPT_RATE:
	case OPT_SIZE:
		json_add_int(o, row->word, opt_number(row, settings));
		break;
	case OPT_VID:
		json_add_int(o, row->word, opt_number(row, settings) % OPT_VID_NONE);
		break;
	case OPT_VIDS:
	case OPT_CPUS:
		json_object_object_add(o, row->word, set_json(opt_set(row, settings)));
		break;
	default:
		opt_text(row, settings, text, sizeof(text));
		json_add_string(o, row->word, text);
	}
}

const char *netns_words(const char *netns)
{
	static char words[sizeof(" netns ") + XSW_NETNS_LEN];

	if (!opt.all_netns)
		return "";
	snprintf(words, sizeof(words), " netns %s", *netns ? netns : "-");
	return words;
}

void json_add_bool(struct json_object *o, const char *key, bool value)
{
	json_object_object_add(o, key, json_object_new_boolean(value));
}

void out_json(struct json_object *array)
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

	fprintf(stderr, "xsw: %s\n", text);
	if (remedy[0])
		fprintf(stderr, "  remedy: %s\n", remedy);
	if (!opt.json || !json)
		return;
	o = json_object_new_object();
	e = json_object_new_object();
	json_add_string(e, "message", text);
	if (remedy[0])
		json_add_string(e, "remedy", remedy);
	json_object_object_add(o, "error", e);
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

int out_array(struct json_object *array, int err)
{
	/* of several switches, one is broken: the answer for the others */
	bool partial = err == -EUCLEAN && json_object_array_length(array);

	if (opt.json && (!err || partial))
		out_json(array);
	else
		json_object_put(array);
	return err ? failed_with(err, !partial) : EXIT_DONE;
}

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
	char text[512];
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
