/* SPDX-License-Identifier: GPL-2.0 */
/* All that a user can set of a port, and the table of it. */
#pragma once

#include "ctrl/base/opt.h"
#include "ctrl/base/vlan_set.h"
#include "maps/port.h"
#include "maps/port_record.h"

#define XSW_OWNER_RUNTIME 1
#define XSW_OWNER_CONFIG 2

/* Whole when read of a port or begun by opts_default(); of a request, those that @given names.
 * @port is what the data path reads, but @port.tag may be OPT_VID_NONE, and @port.trunks and
 * @port.cvlans are empty for all VLANs.
 */
struct xsw_port_settings {
	__u64 given; /* bit N: row N of port_opts is named */
	struct xsw_port port;
	__u32 path;		   /* XSW_WANT_* */
	__u32 mac_limit;	   /* learned addresses at the most, 0: no limit */
	__u32 link;		   /* XSW_GIVEN_LINK_UP, XSW_GIVEN_LINK_DOWN, 0: auto */
	__u32 threaded;		   /* XSW_GIVEN_THREADED: NAPI in threads */
	struct vlan_set napi_cpus; /* where the threads may run; empty: anywhere */
	__u32 keep_addresses;	   /* XSW_GIVEN_KEEP_ADDRESSES: the device may have the host's */
	__u32 owner;		   /* XSW_OWNER_*; 0 of a request: stays, a new port is RUNTIME */
};

extern const struct opts port_opts;

/** port_given() - does @s name the option in @member, which is not @port.flags? */
#define port_given(s, member) opts_given(&port_opts, s, offsetof(struct xsw_port_settings, member))

/**
 * port_settings_read() - what @conf and @record say; of a zero @conf the defaults
 *
 * What stands elsewhere, @mac_limit and @napi_cpus, is left at the default.
 */
void port_settings_read(const struct xsw_port *conf, const struct xsw_port_record *record,
			struct xsw_port_settings *s);

/**
 * port_settings_vlan() - let the mode follow the tag, and check that they fit
 * @mode_named: the user named the mode before
 *
 * A mode that nobody named is access with a tag, trunk without. A tag 0 that @s does not name
 * becomes none where the mode is not access. Every mode but trunk needs a tag.
 * Return: 0, or -EINVAL with the error set.
 */
int port_settings_vlan(const char *ifname, bool mode_named, struct xsw_port_settings *s);

/**
 * port_settings_apply() - from @now (zero for a new port) and what @want names to @conf and @record
 *
 * record->want_path is the caller's. Return: 0; -EINVAL with the error set: they contradict.
 */
int port_settings_apply(const char *ifname, const struct xsw_port *now,
			struct xsw_port_record *record, const struct xsw_port_settings *want,
			struct xsw_port *conf);
