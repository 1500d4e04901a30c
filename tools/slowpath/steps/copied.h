/* SPDX-License-Identifier: GPL-2.0 */
/* The maps of a live switch for steps that must change nothing: what a step looks up is copied into
 * this process's memory at its first look, and what the step writes, it writes there. The kernel's
 * maps are opened for reading alone.
 */
#pragma once

#include <stdbool.h>

#include "ctrl/switch/switch.h"

struct umap_decl;

/**
 * umap_copied_begin() - all maps of @sw
 * @decls: trace_maps()
 * @readers: sockets of punted frames that a program reads, a bit each
 *
 * Call umap_copied_end() also if it fails. Return: 0, or -errno with the error set.
 */
int umap_copied_begin(const struct umap_decl *decls, const struct xsw_switch_handle *sw,
		      __u32 readers);
void umap_copied_end(void);

/** umap_copied_again() - forget all copies: what is looked up is copied anew */
void umap_copied_again(void);

/** umap_copied_now() - the first element of @name as it is in the kernel. Return: is there one? */
bool umap_copied_now(const char *name, void *value);

/** umap_copied_differs() - is an element of array @name another one now than its copy? */
bool umap_copied_differs(const char *name);
