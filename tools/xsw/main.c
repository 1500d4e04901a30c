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

#define BATCH_WORDS 256

static const struct object *const objects[] = {
	&object_switch,	 &object_port,	  &object_fdb,	&object_stats,
	&object_policer, &object_storm,	  &object_bind, &object_check,
	&object_config,	 &object_monitor, &object_punt, &object_lldp,
};

#define OBJECTS (sizeof(objects) / sizeof(*objects))

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

static int object_run(const struct object *object, struct words *w)
{
	const char *word = words_peek(w), *name = word ? word : "show";

	if (word && !strcmp(word, "help")) {
		print_object_help(object);
		return EXIT_DONE;
	}
	if (opt.dry_run && object != &object_config)
		return usage("option", "--dry-run", "only 'xsw config apply' has it");
	if (object->run)
		return object->run(w);
	words_next(w);
	for (const struct command *c = object->commands; c && c->name; c++)
		if (word_is(name, c->name))
			return c->run(w);
	if (object->show && (word_is(name, "show") || word_is(name, "list")))
		return show_ports(w, object->name, object->show);
	if (!word)
		return usage(object->name, NULL, "command missing, see 'xsw %s help'",
			     object->name);
	return usage(object->name, NULL, "unknown command '%s', see 'xsw %s help'", word,
		     object->name);
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
	return usage("object", name, "unknown, see 'xsw help'");
}

/* Run one line of a batch: a command, in which options may stand anywhere. */
static int run_batch_line(char *line)
{
	char *word[BATCH_WORDS], *save = NULL;
	struct words w = { .word = word };

	line[strcspn(line, "#\n")] = '\0';
	for (char *t = strtok_r(line, " \t", &save); t; t = strtok_r(NULL, " \t", &save)) {
		if (option_in_batch(t))
			continue;
		if (w.n == BATCH_WORDS)
			return usage("batch", NULL, "a line has at most %d words", BATCH_WORDS);
		word[w.n++] = t;
	}
	return w.n ? run_line(&w) : EXIT_DONE;
}

/* Run the lines of a file, up to the first that fails. */
static int run_batch(const char *path)
{
	FILE *f = strcmp(path, "-") ? fopen(path, "r") : stdin;
	int ret = EXIT_DONE, line_number = 0;
	struct options saved = opt;
	char *line = NULL;
	size_t room = 0;

	if (!f) {
		xsw_fail(errno, "batch", path, "cannot open: %s", strerror(errno));
		return failed(-errno);
	}
	while (!ret && getline(&line, &room, f) > 0) {
		line_number++;
		opt = saved;
		ret = run_batch_line(line);
		if (ret)
			fprintf(stderr, "xsw: batch '%s': line %d failed\n", path, line_number);
	}
	if (ferror(f))
		ret = failed(xsw_fail(errno, "batch", path, "cannot read: %s", strerror(errno)));
	free(line);
	if (f != stdin)
		fclose(f);
	return ret;
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
	int err = options_read(argc, argv);
	struct words w = { .word = argv + optind, .n = argc - optind };

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
	return finish(opt.batch ? run_batch(opt.batch) : run_line(&w));
}
