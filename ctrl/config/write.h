/* SPDX-License-Identifier: GPL-2.0 */
/* Keys and values of a configuration file, written. Private to ctrl/config/. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "ctrl/base/opt.h"

struct cfg_writer {
	FILE *out;
	int indent;  /* of keys, characters */
	bool begins; /* the next key is the first of an item */
};

/** cfg_list_begin() - a key, for a list of @n items; cfg_list_end() ends it */
void cfg_list_begin(struct cfg_writer *w, const char *key, size_t n);
void cfg_list_end(struct cfg_writer *w);

/** cfg_item_begin() - the keys that follow belong to the next item of the list */
void cfg_item_begin(struct cfg_writer *w);

/** cfg_key() - a key alone, its value is to follow */
void cfg_key(struct cfg_writer *w, const char *key);

/** cfg_put() - a key and its value, which must be one of YAML as it is */
void cfg_put(struct cfg_writer *w, const char *key, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/** cfg_put_name() - a key and the name of a device or switch, of which cfg_name_check() is 0 */
void cfg_put_name(struct cfg_writer *w, const char *key, const char *name);

/** cfg_put_opts() - the options that @settings name; @hidden: bits of rows that are no keys */
void cfg_put_opts(struct cfg_writer *w, const struct opts *opts, const void *settings,
		  __u64 hidden);

/** cfg_name_check() - can a file hold the name? Is it UTF-8? Return: 0 or -EILSEQ, no error set. */
int cfg_name_check(const char *name);
