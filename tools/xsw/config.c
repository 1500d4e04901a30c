// SPDX-License-Identifier: GPL-2.0
/* xsw config: the running configuration as a file, and back. */
#include <stdio.h>
#include <string.h>

#include "ctrl/config.h"
#include "ctrl/switch.h"
#include "tools/xsw/xsw.h"

static const char help_text[] = "Usage: xsw config dump [ NAME ]\n"
				"       xsw config apply FILE [ --dry-run ]\n";

static int config_dump(struct words *w)
{
	const char *name = words_next(w);
	int err = no_more(w, "config", name);

	if (err)
		return err;
	err = xsw_config_dump(name, stdout);
	return err ? failed(err) : EXIT_DONE;
}

static void report(const char *line, void *arg)
{
	if (opt.json)
		json_object_array_add(arg, json_object_new_string(line));
	else
		puts(line);
}

static int config_apply(struct words *w)
{
	const char *path = words_next(w);
	struct json_object *changes;
	int err;

	if (!path)
		return usage("config", NULL, "FILE missing");
	err = no_more(w, "config", path);
	if (err)
		return err;
	changes = json_object_new_array();
	err = xsw_lock();
	if (!err)
		err = xsw_config_apply(path, opt.dry_run, report, changes);
	if (err < 0) {
		json_object_put(changes);
		return failed(err);
	}
	if (opt.json)
		out_json(changes);
	else
		json_object_put(changes);
	return EXIT_DONE;
}

int object_config(struct words *w)
{
	static const struct command commands[] = {
		{ "dump", config_dump },
		{ "apply", config_apply },
		{ NULL, NULL },
	};

	return command_run("config", commands, NULL, help_text, w);
}
