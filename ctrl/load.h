/* SPDX-License-Identifier: GPL-2.0 */
/* The BPF object: load it, make its maps, pin all. Private to ctrl/. */
#pragma once

#include <linux/types.h>

/* A loaded object that is not yet, or no longer, what runs. */
struct load {
	void *skel;
	int xdp;    /* program descriptors */
	int tc;
	int egress;
};

/** load_new() - fill the empty folder @dir with maps, programs and links of a new switch */
int load_new(const char *name, const char *dir, __u32 fdb_max);

/**
 * load_upgrade() - load this version's programs on the maps pinned in @dir
 *
 * Changes nothing that runs. Return: 0 or -errno with the error set.
 */
int load_upgrade(const char *name, const char *dir, struct load *load);

/** load_commit() - pin the programs of @load as those of the switch; restart ageing and tracing */
int load_commit(const char *name, const char *dir, struct load *load);
void load_free(struct load *load);

/** load_fdb_shard() - make an inner map of xsw_fdb. Return: descriptor or -errno. */
int load_fdb_shard(__u32 fdb_max);
