/* SPDX-License-Identifier: GPL-2.0 */
/* Make, change, upgrade and remove switches. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <linux/types.h>

#include "ctrl/bpffs/handle.h"
#include "ctrl/switch/settings.h"

struct xsw_switch_info {
	struct xsw_switch_settings settings; /* none named */
	__u64 fdb_entries; /* alive ones: static, and learned that have not expired */
};

/**
 * xsw_switch_add() - make a switch, of the caller's network namespace. Context: under xsw_lock_and_repair().
 *
 * Return: 0; -EEXIST; -EXDEV: it exists in another network namespace; -EINVAL (name or value); or
 * what the kernel said.
 */
int xsw_switch_add(const char *name, const struct xsw_switch_settings *want);

/** xsw_switch_set() - change settings. All or nothing. Context: under xsw_lock_and_repair(). */
int xsw_switch_set(struct xsw_switch_handle *sw, const struct xsw_switch_settings *want);

/**
 * xsw_switch_del() - remove a switch and its ports; devices get their old settings back
 *
 * One whose network namespace is gone, too. Return: 0; -ENOENT; -EXDEV: it is not seen, see
 * xsw_netns_all(); -errno.
 */
int xsw_switch_del(const char *name);

/**
 * xsw_switch_progress() - from now on call @tell for each port that goes with its switch
 *
 * Each waits for the kernel: hundreds take seconds.
 */
void xsw_switch_progress(void (*tell)(const char *name, int done, int of));

/**
 * xsw_switch_upgrade() - run the programs of this version on the switch's maps
 *
 * Loads first, then swaps each attachment atomically; when one does not
 * load or swap, what was swapped is swapped back. No frame is lost.
 */
int xsw_switch_upgrade(const char *name);

int xsw_switch_info(const struct xsw_switch_handle *sw, struct xsw_switch_info *info);

/**
 * switch_remove() - take the ports out of the switch in @folder and remove it
 *
 * Also where pins are missing or others than xsw's: then whatever can be put right is.
 * Return: 0, or -EUCLEAN with the error set: removed, but devices may keep settings.
 */
int switch_remove(const char *name, const char *folder);
