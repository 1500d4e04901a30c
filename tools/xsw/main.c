// SPDX-License-Identifier: GPL-2.0
/* xsw: hands the words of a command to the object that they name. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ctrl/base/error.h"
#include "ctrl/base/version.h"
#include "ctrl/bpffs/load.h"
#include "ctrl/bpffs/pin.h"
#include "ctrl/bpffs/view.h"
#include "ctrl/kernel/netns.h"
#include "tools/xsw/xsw.h"

static const struct object *const objects[] = {
	&object_switch, &object_port,	 &object_fdb,	&object_stats,	&object_policer,
	&object_storm,	&object_bind,	 &object_check, &object_config, &object_monitor,
	&object_punt,	&object_lldp,	 &object_trace, &object_why,	&object_support,
	&object_mirror, &object_capture,
};

#define OBJECTS (sizeof(objects) / sizeof(*objects))
#define COMMANDS_MAX 16 /* of an object */

static void print_help(FILE *out)
{
	int indent, column;
	char text[32];

	fputs("Usage: xsw [ OPTIONS ] OBJECT { COMMAND | help }\n"
	      "       xsw [ OPTIONS ] -b FILE\n",
	      out);
	indent = column = fprintf(out, "OBJECT := { ");
	for (size_t i = 0; i < OBJECTS; i++) {
		snprintf(text, sizeof(text), "%s %c", objects[i]->name,
			 i + 1 < OBJECTS ? '|' : '}');
		column = help_item(out, indent, column, i ? " " : "", text);
	}
	fputc('\n', out);
	options_help(out);
}

static void print_object_help(const struct object *object)
{
	if (object->print_help) {
		object->print_help();
		return;
	}
	fputs(object->help, stdout);
	if (object->opts)
		opts_help(object->opts);
}

static int unknown_command(const struct object *object, const char *word)
{
	const char *names[COMMANDS_MAX + 3] = {};
	char hint[64];
	int n = 0;

	for (const struct command *c = object->commands; c && c->name && n < COMMANDS_MAX; c++)
		names[n++] = c->name;
	names[n++] = "help";
	if (object->show)
		names[n++] = "show";
	nearest_hint(word, names, sizeof(*names), hint, sizeof(hint));
	return usage(object->name, NULL, "unknown command '%s', see 'xsw %s help'%s", word,
		     object->name, hint);
}

static int run_as(enum xsw_batch_line line, int (*run)(struct words *w), struct words *w)
{
	int err = xsw_batch_line(line);

	return err ? failed(err) : run(w);
}

static int object_run(const struct object *object, struct words *w)
{
	const char *word = words_peek(w), *name = word ? word : "show";
	int err;

	if (word && !strcmp(word, "help")) {
		print_object_help(object);
		return EXIT_DONE;
	}
	if (opt.dry_run && object != &object_config)
		return usage("option", "--dry-run", "only 'xsw config apply' has it");
	if (object->run)
		return run_as(XSW_LINE_WAITS, object->run, w);
	words_next(w);
	for (const struct command *c = object->commands; c && c->name; c++)
		if (word_is(name, c->name))
			return run_as(c->line, c->run, w);
	if (object->show && (word_is(name, "show") || word_is(name, "list"))) {
		err = xsw_batch_line(XSW_LINE_OTHER);
		return err ? failed(err) : show_ports(w, object->name, object->show);
	}
	if (!word)
		return usage(object->name, NULL, "command missing, see 'xsw %s help'",
			     object->name);
	return unknown_command(object, word);
}

static int unknown_object(const char *name)
{
	const char *names[OBJECTS + 2] = { [OBJECTS] = "help" };
	char hint[64];

	for (size_t i = 0; i < OBJECTS; i++)
		names[i] = objects[i]->name;
	nearest_hint(name, names, sizeof(*names), hint, sizeof(hint));
	return usage("object", name, "unknown, see 'xsw help'%s", hint);
}

/* Run one command, as on a command line behind the options. */
static int run_line(struct words *w)
{
	const char *name = words_next(w);

	xsw_error_clear();
	if (!name && opt.json)
		return usage("object", NULL, "missing, see 'xsw help'");
	if (!name || !strcmp(name, "help")) {
		print_help(name ? stdout : stderr);
		return name ? EXIT_DONE : EXIT_USAGE;
	}
	for (size_t i = 0; i < OBJECTS; i++)
		if (word_is(name, objects[i]->name))
			return object_run(objects[i], w);
	return unknown_object(name);
}

/* What did not reach standard output was not done. */
static int finish(int status)
{
	if (!fflush(stdout) && !ferror(stdout))
		return status;
	return status ? status :
			failed(xsw_fail(EIO, "output", NULL, "cannot write to standard output"));
}

int main(int argc, char **argv)
{
	struct words w;
	int err = options_read(argv + (argc > 0), &w);

	if (err)
		return err;
	if (opt.version) {
		printf("xsw %s\n", xsw_version);
		return EXIT_DONE;
	}
	if (opt.help) {
		print_help(stdout);
		return EXIT_DONE;
	}
	xsw_log_verbose(opt.details);
	xsw_netns_all(opt.all_netns);
	err = opt.netns ? netns_enter(opt.netns) : 0;
	if (!err && opt.bpffs)
		err = xsw_bpffs_set(opt.bpffs);
	if (err)
		return failed(err);
	if (!opt.batch)
		return finish(run_line(&w));
	err = no_more(&w, "batch", opt.batch);
	return err ? err : finish(batch_run(opt.batch, run_line));
}
