/* SPDX-License-Identifier: GPL-2.0 */
/* The links of guests follow those of the uplinks: what `link auto` of a port means while
 * this runs.
 */
#pragma once

#include <signal.h>
#include <stdbool.h>

#include "ctrl/switch/switch.h"

struct xsw_link_follow {
	const char *switch_name;    /* NULL: all that are seen, see xsw_netns_all() */
	const char *const *uplinks; /* devices; none: see link_follow.c */
	int uplinks_count;
	const volatile sig_atomic_t *stop; /* end when this is not 0 */
	void (*report)(const struct xsw_switch_handle *sw, bool up, int ports,
		       void *arg); /* or NULL */
	void *arg;
};

/**
 * xsw_link_follow() - keep links of `link auto` ports as those of the uplinks, until told to stop
 *
 * A port follows if its device is a tap or a veth; the host's interfaces do not. When this
 * ends, what it has taken down is up again. Takes xsw_lock_and_repair() for each change.
 * Return: 0 or -errno with the error set.
 */
int xsw_link_follow(const struct xsw_link_follow *f);
