/* SPDX-License-Identifier: GPL-2.0 */
/* The BPF object: load it, make its maps, pin all. Private to ctrl/. */
#pragma once

#include <stdbool.h>
#include <linux/types.h>

/* A loaded object that is not yet what runs. */
struct load {
	void *skel;
	__u32 tracer; /* its set of loss programs */
	int xdp;      /* program descriptors */
	int tc;
	int egress;
	int members; /* map xsw_members */
	int user;
};

/** load_new() - fill the empty folder @dir with maps, programs and links of a new switch */
int load_new(const char *name, const char *dir, __u32 fdb_max);

/**
 * load_upgrade() - load this version's programs on the maps pinned in @from
 * @to: where programs, links and new maps are pinned: @from, or the empty folder of a switch
 * that has another layout than the one in @from, whose tables are then copied
 * @entries: that the FDB must have room for, if there is to be a new one
 * @tracer: the set of loss programs that counts now; the other is attached
 *
 * Forwards no frame yet, counts no loss. Ageing is in the hands of the new
 * program, which does the same on the same tables. Whatever can fail for lack
 * of something is done here. Return: 0 or -errno with the error set.
 */
int load_upgrade(const char *name, const char *from, const char *to, __u32 entries, __u32 tracer,
		 struct load *load);

/** load_commit() - the ports run the programs loaded last: let these be the switch's,
 * and pin in @dir the maps that are new there
 */
int load_commit(const char *name, const char *dir, const struct load *load);

/** load_abort() - instead: ageing goes back to the program pinned in @from, what was loaded goes */
void load_abort(const char *from, const char *to, struct load *load);

/** load_timer_restart() - let the program pinned in @dir do the ageing */
void load_timer_restart(const char *dir);
void load_free(struct load *load);

/** load_tracers_there() - is set @tracer of the loss programs pinned in @dir? */
bool load_tracers_there(const char *dir, __u32 tracer);

/** load_tracers_remove() - detach the set @tracer of loss programs, if it is there */
void load_tracers_remove(const char *dir, __u32 tracer);

/** xsw_log_verbose() - print libbpf's and the verifier's log to stderr (-d) */
void xsw_log_verbose(bool on);
