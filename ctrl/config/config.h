/* SPDX-License-Identifier: GPL-2.0 */
/* The running configuration as a YAML file, and files as the running configuration. */
#pragma once

#include <stdbool.h>
#include <stdio.h>

/** xsw_config_dump() - write the configuration of one switch, or of all (@name NULL) */
int xsw_config_dump(const char *name, FILE *out);

/* What applying files tells while it runs; @arg is the caller's. */
struct xsw_config_apply {
	bool dry_run; /* only report */
	bool prune;   /* remove what no file names, but for ports that a command made */
	void (*changed)(const char *line, void *arg); /* "add port 'tap0' to switch 'sw0'" */
	void (*refused)(int err, void *arg);	      /* a file changes nothing; the error is set */
	/* A port or a switch (@switch_name NULL) that no file names stays; @ours: files named it
	 * before, so that --prune would remove it.
	 */
	void (*stays)(const char *name, const char *switch_name, bool ours, void *arg);
	void *arg;
};

/**
 * xsw_config_apply() - make what files name equal to them with the fewest changes
 * @path: @n files to read, "-" for standard input
 *
 * Each file is read and checked whole before anything changes; errors carry
 * "FILE:LINE:COLUMN". A change that the kernel refuses takes back what its file has changed.
 * With a file that is refused nothing is pruned: it may name what would go.
 * Context: under xsw_lock_and_repair().
 * Return: number of files that were refused, or -errno with the error set.
 */
int xsw_config_apply(char *const *path, int n, const struct xsw_config_apply *how);
