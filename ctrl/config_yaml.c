// SPDX-License-Identifier: GPL-2.0
/* Values of a YAML document, and what is wrong with them, by line and column. */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ctrl/config_yaml.h"
#include "ctrl/error.h"

int cfg_bad(const struct cfg_reader *r, const yaml_node_t *node, const char *fmt, ...)
{
	char text[256];
	va_list args;

	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	return xsw_fail(EINVAL, "config", NULL, "%s:%zu:%zu: %s", r->path,
			node->start_mark.line + 1, node->start_mark.column + 1, text);
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
		err = each(r, cfg_scalar(key), key, cfg_node(r, p->value), arg);
	}
	return err;
}

int cfg_for_items(struct cfg_reader *r, yaml_node_t *list, const char *what,
		  int (*each)(struct cfg_reader *, yaml_node_t *, void *), void *arg)
{
	yaml_node_item_t *i;
	int err = 0;

	if (list->type == YAML_SCALAR_NODE && !cfg_scalar(list)[0])
		return 0; /* "ports:" with nothing behind it */
	if (list->type != YAML_SEQUENCE_NODE)
		return cfg_bad(r, list, "%s: must be a list", what);
	for (i = list->data.sequence.items.start; !err && i < list->data.sequence.items.top; i++)
		err = each(r, cfg_node(r, *i), arg);
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

int cfg_read_choice(struct cfg_reader *r, const char *word, yaml_node_t *node, const char *no,
		    const char *yes, bool *value)
{
	const char *text = cfg_scalar(node);

	if (!text || (strcmp(text, no) && strcmp(text, yes)))
		return cfg_bad(r, node, "%s '%s': must be %s|%s", word, text ? text : "", no, yes);
	*value = !strcmp(text, yes);
	return 0;
}

/* A VLAN list may be one string or a YAML list. */
int cfg_read_value(struct cfg_reader *r, yaml_node_t *node, char *value, size_t size)
{
	yaml_node_item_t *i;
	size_t used = 0;

	value[0] = '\0';
	if (node->type == YAML_SCALAR_NODE) {
		if (strlen(cfg_scalar(node)) >= size)
			return cfg_bad(r, node, "value too long");
		strcpy(value, cfg_scalar(node));
		return 0;
	}
	if (node->type != YAML_SEQUENCE_NODE)
		return cfg_bad(r, node, "must be a value or a list");
	for (i = node->data.sequence.items.start; i < node->data.sequence.items.top; i++) {
		const char *text = cfg_scalar(cfg_node(r, *i));

		if (!text || used + strlen(text) + 2 > size)
			return cfg_bad(r, cfg_node(r, *i), "must be a VID or a range of VIDs");
		used += sprintf(value + used, "%s%s", used ? "," : "", text);
	}
	return 0;
}

int cfg_read_mac(struct cfg_reader *r, yaml_node_t *node, __u8 *m)
{
	const char *text = cfg_scalar(node);
	int used = 0;

	if (text &&
	    sscanf(text, "%2hhx:%2hhx:%2hhx:%2hhx:%2hhx:%2hhx%n", &m[0], &m[1], &m[2], &m[3], &m[4],
		   &m[5], &used) == 6 &&
	    !text[used] && !(m[0] & 1))
		return 0;
	return cfg_bad(r, node, "mac '%s': not the address of a host", text ? text : "");
}
