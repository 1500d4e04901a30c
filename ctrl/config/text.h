/* SPDX-License-Identifier: GPL-2.0 */
/* A configuration file as text. Private to ctrl/config*.c. */
#pragma once

#include <stddef.h>
#include <stdio.h>

/* The lines around a dump: a file that has the first and lacks the last was cut short. */
#define CFG_DUMP_BEGIN                                                                             \
	"# Written by xsw config dump; the file is whole if it has the line \"# end of dump\"."
#define CFG_DUMP_END "# end of dump"

struct cfg_text {
	char *bytes; /* UTF-8 without a byte order mark */
	size_t size;
	char *memory; /* what is to be freed */
};

/**
 * cfg_text_read() - read a file whole, and refuse what no document is to be composed of
 * @path: its name, for errors
 *
 * Refused are, by line and column: a file with nothing in it, a dump that was cut short, bytes
 * that are not UTF-8, NUL (written as an escape too), a second document, more than
 * CFG_DEPTH_MAX levels, more than CFG_ANCHORS_MAX anchors, tags of YAML that say that a value is
 * no text, number, boolean, list or mapping, and what is no YAML.
 * Return: 0, or -errno with the error set and nothing to free.
 */
int cfg_text_read(const char *path, FILE *in, struct cfg_text *text);

void cfg_text_free(struct cfg_text *text);
