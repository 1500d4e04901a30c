// SPDX-License-Identifier: GPL-2.0
/* The options of a port, and how they stand in the maps. Bad input is found here, before
 * anything changes.
 */
#include "ctrl/port/settings.h"

#include <asm/byteorder.h>
#include <errno.h>
#include <string.h>

#include "ctrl/base/error.h"
#include "maps/stats.h"

#define LIMIT_MAX 4194304
#define TPID_8021Q __constant_htons(0x8100)
#define TPID_8021AD __constant_htons(0x88a8)
#define LINK_BITS (XSW_GIVEN_LINK_UP | XSW_GIVEN_LINK_DOWN)

#define PATH(name, text) { text, XSW_WANT_##name },
static const struct opt_word paths[] = { { "auto", XSW_WANT_AUTO }, XSW_PATHS(PATH){} };
#define MODE(name, text) { text, XSW_MODE_##name },
static const struct opt_word modes[] = { XSW_VLAN_MODES(MODE){} };
static const struct opt_word tpids[] = { { "802.1q", TPID_8021Q }, { "802.1ad", TPID_8021AD }, {} };
static const struct opt_word prios[] = { { "never", XSW_PRIO_NEVER },
					 { "if-nonzero", XSW_PRIO_IF_NONZERO },
					 { "always", XSW_PRIO_ALWAYS },
					 {} };
static const struct opt_word local_words[] = { { "on", 0 }, { "off", XSW_PORT_UPLINK_ONLY }, {} };
static const struct opt_word spoof_checks[] = { { "off", 0 },
						{ "mac", XSW_PORT_SPOOF_MAC },
						{ "vlan", XSW_PORT_SPOOF_VLAN },
						{ "all", XSW_PORT_SPOOF_MAC | XSW_PORT_SPOOF_VLAN },
						{} };
static const struct opt_word limit_actions[] = {
	{ "drop", 0 }, { "no-learn", XSW_PORT_MAC_NO_LEARN }, { "shutdown", XSW_PORT_MAC_SHUT }, {}
};
static const struct opt_word links[] = {
	{ "auto", 0 }, { "up", XSW_GIVEN_LINK_UP }, { "down", XSW_GIVEN_LINK_DOWN }, {}
};
static const struct opt_word off_on[] = { { "off", 0 }, { "on", XSW_GIVEN_THREADED }, {} };
static const struct opt_word keeps[] = { { "off", 0 }, { "on", XSW_GIVEN_KEEP_ADDRESSES }, {} };

#define AT(member) OPT_AT(struct xsw_port_settings, member)
#define ON(flag)                                                                                   \
	.type = OPT_ON_OFF, AT(port.flags), .mask = XSW_PORT_##flag, .by_default = XSW_PORT_##flag
#define OFF(flag) .type = OPT_ON_OFF, AT(port.flags), .mask = XSW_PORT_##flag
#define RARE(flag) .type = OPT_ON_OFF, AT(port.rare), .mask = XSW_RARE_##flag

/* In the order of help and output. ON(), OFF(): a bit of the flags, by default on or off.
 * RARE(): one that few ports have, by default off.
 */
static const struct opt rows[] = {
	{ "path", .type = OPT_CHOICE, AT(path), .words = paths },
	{ "vlan_mode", .type = OPT_CHOICE, AT(port.vlan_mode), .words = modes,
	  .by_default = XSW_MODE_TRUNK },
	{ "tag", .type = OPT_VID, AT(port.tag), .by_default = OPT_VID_NONE },
	{ "trunks", .type = OPT_VIDS, AT(port.trunks) },
	{ "cvlans", .type = OPT_VIDS, AT(port.cvlans) },
	{ "qinq_ethtype", .type = OPT_CHOICE, AT(port.qinq_tpid), .words = tpids,
	  .by_default = TPID_8021AD },
	{ "priority_tags", .type = OPT_CHOICE, AT(port.priority_tags), .words = prios },
	{ "default_pcp", .type = OPT_NUMBER, AT(port.default_pcp), .max = 7 },
	{ "learning", ON(LEARNING) },
	{ "flood", ON(FLOOD) },
	{ "mcast_flood", ON(MCAST_FLOOD) },
	{ "bcast_flood", ON(BCAST_FLOOD) },
	{ "isolated", OFF(ISOLATED) },
	{ "locked", OFF(LOCKED) },
	{ "hairpin", OFF(HAIRPIN) },
	{ "rx", ON(RX) },
	{ "tx", ON(TX) },
	{ "accept_untagged", ON(ACCEPT_UNTAGGED) },
	{ "accept_tagged", ON(ACCEPT_TAGGED) },
	{ "host", OFF(HOST) },
	{ "local", OFF(UPLINK_ONLY), .words = local_words },
	{ "promisc", OFF(PROMISC) },
	{ "peer_redirect", OFF(PEER) },
	{ "spoof_check", .type = OPT_CHOICE, AT(port.flags), .words = spoof_checks,
	  .mask = XSW_PORT_SPOOF_MAC | XSW_PORT_SPOOF_VLAN },
	{ "ra_guard", RARE(RA_GUARD) },
	{ "dhcp_guard", RARE(DHCP_GUARD) },
	{ "mac_limit", .type = OPT_NUMBER, AT(mac_limit), .max = LIMIT_MAX },
	{ "mac_limit_action", .type = OPT_CHOICE, AT(port.flags), .words = limit_actions,
	  .mask = XSW_PORT_MAC_NO_LEARN | XSW_PORT_MAC_SHUT },
	{ "link", .type = OPT_CHOICE, AT(link), .words = links },
	{ "threaded", .type = OPT_ON_OFF, AT(threaded), .mask = XSW_GIVEN_THREADED,
	  .words = off_on },
	{ "napi_cpus", .type = OPT_CPUS, AT(napi_cpus) },
	{ "keep_addresses", .type = OPT_ON_OFF, AT(keep_addresses),
	  .mask = XSW_GIVEN_KEEP_ADDRESSES, .words = keeps },
};

const struct opts port_opts = OPTS("port", rows, struct xsw_port_settings);

/* ---- read ---- */

void port_settings_read(const struct xsw_port *conf, const struct xsw_port_record *record,
			struct xsw_port_settings *s)
{
	opts_default(&port_opts, s);
	s->path = record->want_path;
	s->link = record->given & LINK_BITS;
	s->threaded = record->given & XSW_GIVEN_THREADED;
	s->keep_addresses = record->given & XSW_GIVEN_KEEP_ADDRESSES;
	s->owner = record->given & XSW_GIVEN_CONFIG ? XSW_OWNER_CONFIG : XSW_OWNER_RUNTIME;
	if (!conf->port)
		return;
	s->port = *conf;
	if (!conf->tag && conf->vlan_mode != XSW_MODE_ACCESS)
		s->port.tag = OPT_VID_NONE;
	if (conf->flags & XSW_PORT_TRUNKS_ALL)
		memset(s->port.trunks, 0, sizeof(s->port.trunks));
	if (conf->flags & XSW_PORT_CVLANS_ALL)
		memset(s->port.cvlans, 0, sizeof(s->port.cvlans));
}

/* ---- check ---- */

int port_settings_vlan(const char *ifname, bool mode_named, struct xsw_port_settings *s)
{
	struct xsw_port *p = &s->port;
	char mode[20];

	if (!mode_named && !port_given(s, port.vlan_mode) && port_given(s, port.tag) && p->tag)
		p->vlan_mode = p->tag == OPT_VID_NONE ? XSW_MODE_TRUNK : XSW_MODE_ACCESS;
	if (!p->tag && p->vlan_mode != XSW_MODE_ACCESS) {
		if (port_given(s, port.tag))
			return xsw_fail(EINVAL, "port", ifname, "tag 0 needs vlan_mode access");
		p->tag = OPT_VID_NONE;
	}
	if (p->tag != OPT_VID_NONE || p->vlan_mode == XSW_MODE_TRUNK)
		return 0;
	opt_text(opts_find(&port_opts, "vlan_mode"), s, mode, sizeof(mode));
	return xsw_fail(EINVAL, "port", ifname, "vlan_mode %s needs a tag", mode);
}

/* ---- write ---- */

static void flag_write(__u32 flag, bool on, __u32 *flags)
{
	*flags = on ? *flags | flag : *flags & ~flag;
}

/* An empty list is all VLANs. */
static void list_write(__u64 *bits, __u32 all, __u32 *flags)
{
	struct vlan_set set;

	memcpy(&set, bits, sizeof(set));
	flag_write(all, vlan_set_empty(&set), flags);
	if (*flags & all)
		memset(bits, 0xff, sizeof(set));
	bits[XSW_VLAN_WORDS - 1] &= ~(1ULL << 63); /* VID 4095 */
}

/* Has the port an option that few ports have? See XSW_PORT_RARE. */
static bool has_rare(const struct xsw_port *p)
{
	static const struct xsw_port none;
	const size_t size = offsetof(struct xsw_port, trunks) - offsetof(struct xsw_port, rare);

	return memcmp(&p->rare, &none.rare, size);
}

static void conf_write(const struct xsw_port_settings *s, struct xsw_port *conf)
{
	*conf = s->port;
	if (conf->tag == OPT_VID_NONE)
		conf->tag = 0;
	list_write(conf->trunks, XSW_PORT_TRUNKS_ALL, &conf->flags);
	list_write(conf->cvlans, XSW_PORT_CVLANS_ALL, &conf->flags);
	flag_write(XSW_PORT_RARE, has_rare(conf), &conf->flags);
	flag_write(XSW_PORT_AFXDP, s->path == XSW_WANT_AFXDP, &conf->flags);
	if (port_given(s, mac_limit))
		flag_write(XSW_PORT_MAC_LIMIT, s->mac_limit, &conf->flags);
}

static bool mode_follows_tag(const struct xsw_port *p)
{
	return p->vlan_mode == (p->tag == OPT_VID_NONE ? XSW_MODE_TRUNK : XSW_MODE_ACCESS) &&
	       p->tag;
}

/* @by_file: a configuration file names every mode; one that follows the tag is not the user's word */
static void record_write(const struct xsw_port_settings *s, bool by_file,
			 struct xsw_port_record *record)
{
	record->given &=
		~(LINK_BITS | XSW_GIVEN_THREADED | XSW_GIVEN_CONFIG | XSW_GIVEN_KEEP_ADDRESSES);
	record->given |= s->link | s->threaded | s->keep_addresses;
	flag_write(XSW_GIVEN_CONFIG, s->owner == XSW_OWNER_CONFIG, &record->given);
	if (port_given(s, port.vlan_mode))
		flag_write(XSW_GIVEN_VLAN_MODE, !by_file || !mode_follows_tag(&s->port),
			   &record->given);
}

int port_settings_apply(const char *ifname, const struct xsw_port *now,
			struct xsw_port_record *record, const struct xsw_port_settings *want,
			struct xsw_port *conf)
{
	struct xsw_port_settings s;
	int err;

	port_settings_read(now, record, &s);
	opts_copy(&port_opts, &s, want);
	if (want->owner)
		s.owner = want->owner;
	if (now->port && (s.port.flags ^ now->flags) & XSW_PORT_HOST)
		return xsw_fail(EINVAL, "port", ifname, "host is decided when a port is added");
	if (!vlan_set_empty(&s.napi_cpus) && !s.threaded)
		return xsw_fail(EINVAL, "port", ifname, "napi_cpus needs threaded on");
	err = port_settings_vlan(ifname, record->given & XSW_GIVEN_VLAN_MODE, &s);
	if (err)
		return err;
	conf_write(&s, conf);
	record_write(&s, want->owner == XSW_OWNER_CONFIG, record);
	return 0;
}
