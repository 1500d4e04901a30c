// SPDX-License-Identifier: GPL-2.0
/* xsw config: the running configuration as a file, and back. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <yaml.h>

#include "ctrl/base/error.h"
#include "ctrl/config/config.h"
#include "ctrl/switch/lock.h"
#include "ctrl/switch/switch.h"
#include "tools/xsw/xsw.h"

static const char help_text[] = "Usage: xsw config dump [ NAME ]\n"
				"       xsw config apply FILE... [ --dry-run ] [ --prune ]\n";

static struct json_object *yaml_to_json(yaml_document_t *doc, int index)
{
	const yaml_node_t *node = yaml_document_get_node(doc, index);
	struct json_object *o;

	if (node->type == YAML_SEQUENCE_NODE) {
		yaml_node_item_t *i = node->data.sequence.items.start;

		for (o = json_object_new_array(); i < node->data.sequence.items.top; i++)
			json_object_array_add(o, yaml_to_json(doc, *i));
		return o;
	}
	if (node->type == YAML_MAPPING_NODE) {
		yaml_node_pair_t *i = node->data.mapping.pairs.start;

		for (o = json_object_new_object(); i < node->data.mapping.pairs.top; i++)
			json_object_object_add(
				o, (char *)yaml_document_get_node(doc, i->key)->data.scalar.value,
				yaml_to_json(doc, i->value));
		return o;
	}
	if (node->data.scalar.style == YAML_PLAIN_SCALAR_STYLE &&
	    strspn((char *)node->data.scalar.value, "0123456789") == node->data.scalar.length)
		return json_object_new_int64(atoll((char *)node->data.scalar.value));
	return json_object_new_string((char *)node->data.scalar.value);
}

/* As every object, each switch has its namespace. */
static void netns_add(struct json_object *switches)
{
	struct xsw_switch_handle sw;
	struct json_object *o, *name;

	for (size_t i = 0; i < json_object_array_length(switches); i++) {
		o = json_object_array_get_idx(switches, i);
		if (!json_object_object_get_ex(o, "name", &name) ||
		    xsw_switch_open(json_object_get_string(name), &sw))
			continue; /* gone since */
		json_add_string(o, "netns", sw.netns);
		xsw_switch_close(&sw);
	}
}

/* The switches of a dump, as JSON: what stands in the file, word by word. */
static int dump_json(const char *text, size_t len)
{
	struct json_object *root, *switches;
	yaml_document_t doc;
	yaml_parser_t parser;
	int ok;

	yaml_parser_initialize(&parser);
	yaml_parser_set_input_string(&parser, (const unsigned char *)text, len);
	ok = yaml_parser_load(&parser, &doc);
	yaml_parser_delete(&parser);
	if (!ok)
		return xsw_fail(EIO, "config", NULL, "cannot read the dump back");
	root = yaml_to_json(&doc, 1);
	yaml_document_delete(&doc);
	json_object_object_get_ex(root, "switches", &switches);
	netns_add(switches);
	out_json(json_object_get(switches));
	json_object_put(root);
	return 0;
}

static int config_dump(struct words *w)
{
	const char *name = words_next(w);
	int err = no_more(w, "config", name);
	char *text = NULL;
	size_t len;
	FILE *out;

	if (err)
		return err;
	if (!opt.json) {
		err = xsw_config_dump(name, stdout);
		return err ? failed(err) : EXIT_DONE;
	}
	out = open_memstream(&text, &len);
	err = out ? xsw_config_dump(name, out) : xsw_fail(ENOMEM, NULL, NULL, "out of memory");
	if (out)
		fclose(out);
	if (!err)
		err = dump_json(text, len);
	free(text);
	return err ? failed(err) : EXIT_DONE;
}

/* ---- apply ---- */

static void changed(const char *line, void *arg)
{
	if (opt.json)
		json_object_array_add(arg, json_object_new_string(line));
	else
		puts(line);
}

static void refused(int err, void *arg)
{
	failed(err);
}

static void stays(const char *name, const char *switch_name, bool ours, void *arg)
{
	const char *why = !ours	    ? "a command made it" :
			  opt.prune ? "a file was refused" :
				      "--prune would remove it";

	fprintf(stderr, "xsw: %s '%s': stays, no file names it", switch_name ? "port" : "switch",
		name);
	if (!switch_name)
		why = opt.prune ? "not all its ports go, or a file was refused" : why;
	else
		fprintf(stderr, " on switch '%s'", switch_name);
	fprintf(stderr, " (%s)\n", why);
}

static int config_apply(struct words *w)
{
	struct xsw_config_apply how = { .dry_run = opt.dry_run,
					.prune = opt.prune,
					.changed = changed,
					.refused = refused,
					.stays = stays };
	int err, files = w->n;

	if (!files)
		return usage("config", NULL, "FILE missing");
	if (opt.all_netns) {
		xsw_fail(EINVAL, "config", NULL, "files are applied to one network namespace");
		xsw_remedy("xsw -n NAME config apply FILE...");
		return failed_value();
	}
	how.arg = json_object_new_array();
	err = xsw_lock_and_repair();
	if (!err)
		err = xsw_config_apply(w->word, files, &how);
	if (err == files) { /* told already, and nothing else to tell */
		json_object_put(how.arg);
		return EXIT_REFUSED;
	}
	return out_array(how.arg, err < 0 ? err : 0) || err ? EXIT_REFUSED : EXIT_DONE;
}

static const struct command commands[] = {
	{ "dump", config_dump },
	{ "apply", config_apply },
	{ NULL, NULL },
};

const struct object object_config = { "config", help_text, .commands = commands };
