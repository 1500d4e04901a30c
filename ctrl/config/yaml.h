/* SPDX-License-Identifier: GPL-2.0 */
/* Values of a YAML document. Private to ctrl/config*.c. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <linux/types.h>
#include <yaml.h>

#include "ctrl/base/opt.h"
#include "ctrl/config/text.h"

struct cfg_reader {
	const char *path;
	yaml_document_t doc;
	size_t visits; /* of values: with aliases more than the document has */
};

/** cfg_parser_begin() - a parser for @text, which stays as long. Return: false: no memory. */
bool cfg_parser_begin(yaml_parser_t *parser, const struct cfg_text *text);

/** cfg_bad_at() - set the error "FILE:LINE:COLUMN: ..."; both count from 0. Return: -EINVAL. */
int cfg_bad_at(const char *path, size_t line, size_t column, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));

/** cfg_bad() - set the error "FILE:LINE:COLUMN: ..." of the value at @node. Return: -EINVAL. */
int cfg_bad(const struct cfg_reader *r, const yaml_node_t *node, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/** cfg_bad_value() - the same for what the library has just said of it */
int cfg_bad_value(const struct cfg_reader *r, const yaml_node_t *node);

yaml_node_t *cfg_node(struct cfg_reader *r, int index);

/** cfg_scalar() - a value as text, NULL if it is a list or a mapping */
const char *cfg_scalar(const yaml_node_t *node);

/** cfg_is_null() - is there no value: nothing behind a key, "~" or "null" without quotes? */
bool cfg_is_null(const yaml_node_t *node);

/**
 * cfg_on_off() - the word that @text means where "on" or "off" may stand
 *
 * Programs that read YAML 1.1 take on, off, yes and no for booleans, and write true or false.
 * Return: "on", "off"; NULL: @text is none of YAML's words for a boolean (YAML 1.1, type bool).
 */
const char *cfg_on_off(const char *text);

/** cfg_for_pairs() - call @each for the pairs of a mapping; keys are words and stand once */
int cfg_for_pairs(struct cfg_reader *r, yaml_node_t *map, const char *what,
		  int (*each)(struct cfg_reader *, const char *, yaml_node_t *, yaml_node_t *,
			      void *),
		  void *arg);

/** cfg_read_dev() - the name, or an alternative one, of a device. @dev: its name, XSW_NAME_LEN bytes */
int cfg_read_dev(struct cfg_reader *r, const char *what, yaml_node_t *node, char *dev);

/** cfg_for_items() - call @each for the items of a list, which may be empty */
int cfg_for_items(struct cfg_reader *r, yaml_node_t *list, const char *what,
		  int (*each)(struct cfg_reader *, yaml_node_t *, void *), void *arg);

int cfg_read_u32(struct cfg_reader *r, const char *word, yaml_node_t *node, unsigned long min,
		 unsigned long max, __u32 *value);

/**
 * cfg_read_name() - the name of a device or switch
 * @what: the key, for errors
 *
 * A word without quotes that programs take for a boolean or for nothing is refused.
 */
int cfg_read_name(struct cfg_reader *r, const char *what, yaml_node_t *node, char *name,
		  size_t size);

/**
 * cfg_read_opt() - the value of an option; VIDs, CPUs and names may be a list of YAML, too
 * @name: of the object, for errors; NULL: they tell the option alone
 */
int cfg_read_opt(struct cfg_reader *r, const struct opts *opts, const struct opt *o,
		 yaml_node_t *node, const char *name, void *settings);

/** cfg_read_mac() - the address of a host */
int cfg_read_mac(struct cfg_reader *r, yaml_node_t *node, __u8 *mac);
