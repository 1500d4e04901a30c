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

static void scalar_show(const yaml_node_t *node, const char *key)
{
	const char *text = (char *)node->data.scalar.value;

	if (node->data.scalar.style == YAML_PLAIN_SCALAR_STYLE &&
	    strspn(text, "0123456789") == node->data.scalar.length)
		out_int(key, NULL, atoll(text));
	else
		out_string(key, NULL, text);
}

static const char *text_of(yaml_document_t *doc, int index)
{
	return (char *)yaml_document_get_node(doc, index)->data.scalar.value;
}

/* As every object, each switch has its namespace. */
static void netns_show(const char *name)
{
	struct xsw_switch_handle sw;

	if (xsw_switch_open(name, &sw))
		return; /* gone since */
	out_netns(sw.netns);
	xsw_switch_close(&sw);
}

/* What stands in the file, word by word. @depth: of the list of switches 0 */
static void node_show(yaml_document_t *doc, int index, const char *key, int depth)
{
	const yaml_node_t *node = yaml_document_get_node(doc, index);
	const yaml_node_pair_t *pair = node->data.mapping.pairs.start;
	const yaml_node_item_t *item = node->data.sequence.items.start;

	if (node->type == YAML_SCALAR_NODE) {
		scalar_show(node, key);
	} else if (node->type == YAML_SEQUENCE_NODE) {
		if (depth)
			out_list(key);
		for (; item < node->data.sequence.items.top; item++)
			node_show(doc, *item, NULL, depth + 1);
		if (depth)
			out_close();
	} else {
		out_object(key);
		for (; pair < node->data.mapping.pairs.top; pair++)
			node_show(doc, pair->value, text_of(doc, pair->key), depth + 1);
		if (depth == 1)
			netns_show(text_of(doc, node->data.mapping.pairs.start->value));
		out_close();
	}
}

/* The switches of a dump, as JSON. */
static int dump_json(const char *text, size_t len)
{
	yaml_document_t doc;
	yaml_parser_t parser;
	int ok;

	yaml_parser_initialize(&parser);
	yaml_parser_set_input_string(&parser, (const unsigned char *)text, len);
	ok = yaml_parser_load(&parser, &doc);
	yaml_parser_delete(&parser);
	if (!ok)
		return xsw_fail(EIO, "config", NULL, "cannot read the dump back");
	out_begin();
	/* of the file's one member, `switches`; a switch begins with its name */
	node_show(&doc, yaml_document_get_root_node(&doc)->data.mapping.pairs.start->value, NULL,
		  0);
	yaml_document_delete(&doc);
	return out_end(0);
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
		return done(err, 0);
	}
	out = open_memstream(&text, &len);
	err = out ? xsw_config_dump(name, out) : xsw_fail(ENOMEM, NULL, NULL, "out of memory");
	if (out)
		fclose(out);
	if (!err)
		err = dump_json(text, len);
	free(text);
	return done(err, 0);
}

/* ---- apply ---- */

static void changed(const char *line, void *arg)
{
	out_item("", line);
	out_text("\n");
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
	out_begin();
	err = xsw_lock_and_repair();
	if (!err)
		err = xsw_config_apply(w->word, files, &how);
	if (err == files) /* told already, and nothing else to tell */
		return EXIT_REFUSED;
	return out_end(err < 0 ? err : 0) || err ? EXIT_REFUSED : EXIT_DONE;
}

static const struct command commands[] = {
	{ "dump", .run = config_dump },
	{ "apply", .run = config_apply },
	{},
};

const struct object object_config = { "config", help_text, .commands = commands };
