/* SPDX-License-Identifier: GPL-2.0 */
/* Mirrors as a user sees them. */
#pragma once

#include <stdbool.h>
#include <linux/types.h>

#include "ctrl/base/name_list.h"
#include "ctrl/base/opt.h"
#include "ctrl/base/vlan_set.h"
#include "ctrl/bpffs/handle.h"
#include "maps/mirror.h"

/* @given: bit N is row N of mirror_opts. Of to_port and to_vlan one is named at the most. */
struct xsw_mirror_settings {
	__u64 given;
	__u32 all;			/* 1: on */
	__u32 snaplen;			/* 14 to 65535; 0: whole frames */
	__u16 output_vlan;		/* 1 to 4094; 0: none */
	char output_port[XSW_NAME_LEN]; /* "": none */
	struct vlan_set vlans;		/* empty: all */
	struct name_list src_ports;
	struct name_list dst_ports;
};

extern const struct opts mirror_opts;

struct xsw_mirror_row {
	struct xsw_mirror_settings settings; /* named is what a file has to name */
	char name[XSW_MIRROR_NAME_LEN];
	struct xsw_mirror_sums sums;
};

/** xsw_mirror_name_check() - can a mirror be called so? Return: 0 or -EINVAL, error set. */
int xsw_mirror_name_check(const char *name);

/** mirror_settings_check() - do the options that @s names agree? Return: 0 or -EINVAL, error set. */
int mirror_settings_check(const char *name, const struct xsw_mirror_settings *s);

/** mirror_settings_name() - is the device in one of the lists? */
bool mirror_settings_name(const struct xsw_mirror_settings *s, const char *ifname);

/**
 * xsw_mirror_add() - one more mirror, behind all others
 * xsw_mirror_set() - change it from one frame to the next; its counters go on
 * xsw_mirror_del() - remove it
 *
 * Context: under xsw_lock_and_repair(). Return: 0; -EEXIST; -ENOENT: there is no such mirror or port;
 * -EBUSY: an output port would be in another mirror; -ENOSPC: too many; -EOPNOTSUPP: the switch runs
 * an earlier version; -errno. The error is set.
 */
int xsw_mirror_add(const struct xsw_switch_handle *sw, const char *name,
		   const struct xsw_mirror_settings *want);
int xsw_mirror_set(const struct xsw_switch_handle *sw, const char *name,
		   const struct xsw_mirror_settings *want);
int xsw_mirror_del(const struct xsw_switch_handle *sw, const char *name);

/**
 * xsw_mirrors_replace() - let these @n be all mirrors of the switch, in this order, from one frame to
 * the next; what a row does not name is default. One that was there goes on counting.
 */
int xsw_mirrors_replace(const struct xsw_switch_handle *sw, const struct xsw_mirror_row *rows,
			size_t n);

/**
 * xsw_mirror_list() - all mirrors, in their order
 * @rows: freed by the caller with free()
 *
 * Return: how many, or -errno with the error set.
 */
int xsw_mirror_list(const struct xsw_switch_handle *sw, struct xsw_mirror_row **rows);

/** xsw_mirror_of_output() - the mirror whose output @port is. Return: is there one? */
bool xsw_mirror_of_output(const struct xsw_switch_handle *sw, __u32 port,
			  char name[XSW_MIRROR_NAME_LEN]);
