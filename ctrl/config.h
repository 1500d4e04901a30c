/* SPDX-License-Identifier: GPL-2.0 */
/* The running configuration as a YAML file, and back. */
#pragma once

#include <stdbool.h>
#include <stdio.h>

/** xsw_config_dump() - write the configuration of one switch, or of all (@name NULL) */
int xsw_config_dump(const char *name, FILE *out);

/**
 * xsw_config_apply() - make the running state equal to a file with the fewest changes
 * @path: file to read, "-" for standard input
 * @dry_run: only report
 * @report: called with one line per change ("add port 'tap0' to switch 'sw0'"), may be NULL
 *
 * The file is read and checked whole before anything changes; errors carry "FILE:LINE:COLUMN".
 * A change that the kernel refuses half-way is undone. Context: under xsw_lock().
 * Return: number of changes, or -errno with the error set.
 */
int xsw_config_apply(const char *path, bool dry_run, void (*report)(const char *line, void *arg),
		     void *arg);
