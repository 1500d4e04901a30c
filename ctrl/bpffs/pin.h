/* SPDX-License-Identifier: GPL-2.0 */
/* Pins in bpffs, and the folder that holds all switches. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#define PIN_PATH_MAX 4096
#define BPFFS "/sys/fs/bpf"
#define BPFFS_ROOT BPFFS "/xsw" /* unless $XSW_BPFFS or --bpffs say otherwise */

/**
 * pin_get() - open a pinned map, program or link; ctrl/bpffs/known_maps.h looks at what it is
 *
 * Return: descriptor; -EISDIR: a folder has that name; -errno.
 */
int pin_get(const char *dir, const char *name);

/** pin_get_read() - the same for what is only read: needs no write access */
int pin_get_read(const char *dir, const char *name);

/** pin_put() - pin a descriptor; what had the name before loses it */
int pin_put(int fd, const char *dir, const char *name);

bool pin_exists(const char *dir, const char *name);

/** pin_remove() - remove a pin, or the folder that has its name */
void pin_remove(const char *dir, const char *name);

/** pin_rename() - give a pin another name; atomic. A folder of that name goes. */
int pin_rename(const char *dir, const char *from, const char *to);

/** pin_exchange() - let two pins or folders change names; atomic. Return: 0 or -errno. */
int pin_exchange(const char *dir, const char *a, const char *b);

/** pin_remove_dir() - remove a folder, its folders and all pins in them; or a pin */
int pin_remove_dir(const char *path);

/** pin_fail() - explain why @err met us on the way to bpffs; sets the error */
int pin_fail(int err, const char *path);

/** pin_hidden() - is bpffs missing here because this mount namespace is a private one? */
bool pin_hidden(void);

/**
 * xsw_bpffs_root() - the folder that holds all switches
 * xsw_bpffs_set() - use another place (--bpffs)
 *
 * Default: $XSW_BPFFS, else /sys/fs/bpf/xsw.
 */
const char *xsw_bpffs_root(void);
int xsw_bpffs_set(const char *dir);

/**
 * switch_dir() - the folder of a switch's pins: <bpffs>/@folder/v<layout>
 * @dir: result, cut off at @size bytes: the root and the names have limits of their own
 *
 * Return: the layout, see layout_dir().
 */
int switch_dir(char *dir, size_t size, const char *folder);

/**
 * bpffs_root_make() - make the folder that holds all switches, mode 0700
 *
 * Mounts bpffs at /sys/fs/bpf if nothing is mounted there and this process is in the initial
 * mount namespace. Return: 0, -EPERM or another -errno; the error is set.
 */
int bpffs_root_make(void);
