// SPDX-License-Identifier: GPL-2.0
/* Values of a YAML document, and what is wrong with them, by line and column. */
#include <errno.h>
#include <net/if.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ctrl/base/error.h"
#include "ctrl/base/mac.h"
#include "ctrl/base/name_list.h"
#include "ctrl/config/yaml.h"
#include "ctrl/kernel/link.h"

#define CFG_LIST_MAX (32 * 1024) /* every VID, written out: 20 KB */

bool cfg_parser_begin(yaml_parser_t *parser, const struct cfg_text *text)
{
	if (!yaml_parser_initialize(parser))
		return false;
	yaml_parser_set_encoding(parser, YAML_UTF8_ENCODING);
	yaml_parser_set_input_string(parser, (const unsigned char *)text->bytes, text->size);
	return true;
}

static int bad_at(const char *path, size_t line, size_t column, const char *fmt, va_list args)
{
	char text[256];

	vsnprintf(text, sizeof(text), fmt, args);
	return xsw_fail(EINVAL, "config", NULL, "%s:%zu:%zu: %s", path, line + 1, column + 1, text);
}

int cfg_bad_at(const char *path, size_t line, size_t column, const char *fmt, ...)
{
	va_list args;
	int err;

	va_start(args, fmt);
	err = bad_at(path, line, column, fmt, args);
	va_end(args);
	return err;
}

int cfg_bad(const struct cfg_reader *r, const yaml_node_t *node, const char *fmt, ...)
{
	va_list args;
	int err;

	va_start(args, fmt);
	err = bad_at(r->path, node->start_mark.line, node->start_mark.column, fmt, args);
	va_end(args);
	return err;
}

/* As cfg_bad(), for what the library has just said of the value at @node. */
int cfg_bad_value(const struct cfg_reader *r, const yaml_node_t *node)
{
	struct xsw_error why = *xsw_error_last();

	return cfg_bad(r, node, "%s", why.text);
}

yaml_node_t *cfg_node(struct cfg_reader *r, int index)
{
	return yaml_document_get_node(&r->doc, index);
}

const char *cfg_scalar(const yaml_node_t *node)
{
	return node->type == YAML_SCALAR_NODE ? (const char *)node->data.scalar.value : NULL;
}

static bool is_plain(const yaml_node_t *node)
{
	return node->type == YAML_SCALAR_NODE && node->data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
}

bool cfg_is_null(const yaml_node_t *node)
{
	static const char *const words[] = { "", "~", "null", "Null", "NULL" };

	for (size_t i = 0; is_plain(node) && i < sizeof(words) / sizeof(*words); i++)
		if (!strcmp(cfg_scalar(node), words[i]))
			return true;
	return false;
}

const char *cfg_on_off(const char *text)
{
	static const char *const words[] = { "off",  "Off",  "OFF",  "false", "False", "FALSE",
					     "no",   "No",   "NO",   "on",    "On",    "ON",
					     "true", "True", "TRUE", "yes",   "Yes",   "YES" };
	const size_t n = sizeof(words) / sizeof(*words);

	for (size_t i = 0; i < n; i++)
		if (!strcmp(text, words[i]))
			return i < n / 2 ? "off" : "on";
	return NULL;
}

/* Aliases make a small file large: nobody writes one that says so much. */
static int visit(struct cfg_reader *r, const yaml_node_t *node)
{
	size_t nodes = r->doc.nodes.top - r->doc.nodes.start;

	if (++r->visits <= nodes + 1000000)
		return 0;
	return cfg_bad(r, node, "too many values by aliases");
}

/* Call @each for the pairs of a mapping; keys are words and stand once. */
int cfg_for_pairs(struct cfg_reader *r, yaml_node_t *map, const char *what,
		  int (*each)(struct cfg_reader *, const char *, yaml_node_t *, yaml_node_t *,
			      void *),
		  void *arg)
{
	yaml_node_pair_t *p, *q;
	int err = 0;

	if (map->type != YAML_MAPPING_NODE)
		return cfg_bad(r, map, "%s: must be a mapping of words to values", what);
	for (p = map->data.mapping.pairs.start; !err && p < map->data.mapping.pairs.top; p++) {
		yaml_node_t *key = cfg_node(r, p->key);

		if (!cfg_scalar(key))
			return cfg_bad(r, key, "%s: a key must be a word", what);
		for (q = map->data.mapping.pairs.start; q < p; q++)
			if (!strcmp(cfg_scalar(cfg_node(r, q->key)), cfg_scalar(key)))
				return cfg_bad(r, key, "%s: '%s' stands here twice", what,
					       cfg_scalar(key));
		if (is_plain(key) && !strcmp(cfg_scalar(key), "<<"))
			return cfg_bad(r, key, "%s: mappings cannot be merged by '<<'", what);
		err = visit(r, key);
		if (err)
			return err;
		err = each(r, cfg_scalar(key), key, cfg_node(r, p->value), arg);
	}
	return err;
}

int cfg_for_items(struct cfg_reader *r, yaml_node_t *list, const char *what,
		  int (*each)(struct cfg_reader *, yaml_node_t *, void *), void *arg)
{
	yaml_node_item_t *i;
	int err = 0;

	if (cfg_is_null(list))
		return 0; /* "ports:" with nothing behind it */
	if (list->type != YAML_SEQUENCE_NODE)
		return cfg_bad(r, list, "%s: must be a list", what);
	for (i = list->data.sequence.items.start; !err && i < list->data.sequence.items.top; i++) {
		err = visit(r, cfg_node(r, *i));
		if (!err)
			err = each(r, cfg_node(r, *i), arg);
	}
	return err;
}

int cfg_read_u32(struct cfg_reader *r, const char *word, yaml_node_t *node, unsigned long min,
		 unsigned long max, __u32 *value)
{
	const char *text = cfg_scalar(node);
	unsigned long n;
	char *end;

	if (text && text[0] >= '0' && text[0] <= '9') {
		n = strtoul(text, &end, 10);
		if (!*end && n >= min && n <= max) {
			*value = n;
			return 0;
		}
	}
	return cfg_bad(r, node, "%s '%s': must be %lu to %lu", word, text ? text : "", min, max);
}

int cfg_read_name(struct cfg_reader *r, const char *what, yaml_node_t *node, char *name,
		  size_t size)
{
	const char *text = cfg_scalar(node);

	if (!text || !text[0] || strlen(text) >= size)
		return cfg_bad(r, node, "%s: must be a name of 1 to %zu characters", what,
			       size - 1);
	if (cfg_is_null(node) || (is_plain(node) && cfg_on_off(text)))
		return cfg_bad(r, node, "%s: a name like '%s' must stand in quotes", what, text);
	strcpy(name, text);
	return 0;
}

int cfg_read_dev(struct cfg_reader *r, const char *what, yaml_node_t *node, char *dev)
{
	char name[LINK_ALTNAME_MAX + 1], ifname[IF_NAMESIZE];
	int err = cfg_read_name(r, what, node, name, sizeof(name));
	__u32 ifindex = err ? 0 : link_index(name);

	if (err)
		return err;
	if (ifindex && if_indextoname(ifindex, ifname))
		strcpy(name, ifname); /* it may be an alternative name */
	if (strlen(name) >= XSW_NAME_LEN)
		return cfg_bad(
			r, node,
			"%s: must be a name of 1 to %d characters, or an alternative name of a "
			"device that is there",
			what, XSW_NAME_LEN - 1);
	strcpy(dev, name);
	return 0;
}

/* The items of a list, with commas between. */
static int list_text(struct cfg_reader *r, const yaml_node_t *node, char *text, size_t size)
{
	yaml_node_item_t *i;
	size_t used = 0;

	if (node->type != YAML_SEQUENCE_NODE)
		return cfg_bad(r, node, "must be a value or a list");
	text[0] = '\0';
	for (i = node->data.sequence.items.start; i < node->data.sequence.items.top; i++) {
		const char *item = cfg_scalar(cfg_node(r, *i));

		if (!item || !item[0])
			return cfg_bad(r, cfg_node(r, *i), "must be a VID or a range of VIDs");
		if (used + strlen(item) + 2 > size)
			return cfg_bad(r, cfg_node(r, *i), "list too long");
		used += sprintf(text + used, "%s%s", used ? "," : "", item);
	}
	return 0;
}

/* Names of devices as a list of YAML: a name may hold a comma. */
static int names_read(struct cfg_reader *r, const yaml_node_t *node, const struct opts *opts,
		      const struct opt *o, void *settings)
{
	struct name_list *list = (void *)((char *)settings + o->at);
	yaml_node_item_t *i;

	for (i = node->data.sequence.items.start; i < node->data.sequence.items.top; i++) {
		yaml_node_t *item = cfg_node(r, *i);
		char name[XSW_NAME_LEN];
		int err = cfg_read_name(r, o->word, item, name, sizeof(name));

		if (!err && name_list_add(list, name))
			err = cfg_bad(r, item, "%s: '%s' is no name of a device", o->word, name);
		if (err)
			return err;
	}
	*(__u64 *)settings |= 1ULL << (o - opts->row);
	return 0;
}

int cfg_read_opt(struct cfg_reader *r, const struct opts *opts, const struct opt *o,
		 yaml_node_t *node, const char *name, void *settings)
{
	const char *text = cfg_scalar(node) ? cfg_scalar(node) : "";
	char list[CFG_LIST_MAX];
	int err = 0;

	if (cfg_on_off(text) && opt_takes(o, cfg_on_off(text)))
		text = cfg_on_off(text);
	if (node->type == YAML_SEQUENCE_NODE && o->type == OPT_NAMES)
		return names_read(r, node, opts, o, settings);
	if (!cfg_scalar(node) && opt_is_list(o)) {
		err = list_text(r, node, list, sizeof(list));
		text = list;
	}
	if (err)
		return err;
	return opt_read(opts, o, text, name, settings) ? cfg_bad_value(r, node) : 0;
}

int cfg_read_mac(struct cfg_reader *r, yaml_node_t *node, __u8 *m)
{
	const char *text = cfg_scalar(node);

	if (mac_parse(text, m) && !(m[0] & 1))
		return 0;
	return cfg_bad(r, node, "mac '%s': not the address of a host", text ? text : "");
}
