// SPDX-License-Identifier: GPL-2.0
/* From what a user asks of a port to what the data path reads. Bad input is
 * found here, before anything changes.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <string.h>

#include "ctrl/base/error.h"
#include "ctrl/bpffs/port_table.h"
#include "ctrl/port/work.h"

#define FLAGS_USER                                                                                 \
	(XSW_PORT_LEARNING | XSW_PORT_FLOOD | XSW_PORT_MCAST_FLOOD | XSW_PORT_BCAST_FLOOD |        \
	 XSW_PORT_ISOLATED | XSW_PORT_LOCKED | XSW_PORT_HAIRPIN | XSW_PORT_RX | XSW_PORT_TX |      \
	 XSW_PORT_ACCEPT_UNTAGGED | XSW_PORT_ACCEPT_TAGGED | XSW_PORT_HOST |                       \
	 XSW_PORT_UPLINK_ONLY | XSW_PORT_PROMISC | XSW_PORT_PEER | XSW_PORT_SPOOF_MAC |            \
	 XSW_PORT_SPOOF_VLAN | XSW_PORT_MAC_NO_LEARN | XSW_PORT_MAC_SHUT)
#define FLAGS_DEFAULT                                                                              \
	(XSW_PORT_LEARNING | XSW_PORT_FLOOD | XSW_PORT_MCAST_FLOOD | XSW_PORT_BCAST_FLOOD |        \
	 XSW_PORT_RX | XSW_PORT_TX | XSW_PORT_ACCEPT_UNTAGGED | XSW_PORT_ACCEPT_TAGGED)

static const char *const mode_words[] = {
#define TEXT(name, text) text,
	XSW_VLAN_MODES(TEXT)
};

/* An empty list is all VLANs. */
static void list_set(__u64 *bits, __u32 *flags, __u32 all, const struct vlan_set *set)
{
	if (vlan_set_empty(set)) {
		memset(bits, 0xff, sizeof(*set));
		*flags |= all;
	} else {
		memcpy(bits, set, sizeof(*set));
		*flags &= ~all;
	}
	bits[XSW_VLAN_WORDS - 1] &= ~(1ULL << 63); /* VID 4095 */
}

static void conf_defaults(struct xsw_port *conf)
{
	static const struct vlan_set all;

	conf->vlan_mode = XSW_MODE_TRUNK;
	conf->priority_tags = XSW_PRIO_NEVER;
	conf->flags = FLAGS_DEFAULT;
	conf->qinq_tpid = htons(0x88a8);
	list_set(conf->trunks, &conf->flags, XSW_PORT_TRUNKS_ALL, &all);
	list_set(conf->cvlans, &conf->flags, XSW_PORT_CVLANS_ALL, &all);
}

static int wish_check(const char *ifname, const struct xsw_port_conf *want)
{
	if (want->given & XSW_PORT_GIVEN_PATH && want->want_path > XSW_WANT_AFXDP)
		return xsw_fail(EINVAL, "port", ifname, "no such path");
	if (want->given & XSW_PORT_GIVEN_MODE && want->vlan_mode > XSW_MODE_DOT1Q_TUNNEL)
		return xsw_fail(EINVAL, "port", ifname, "no such vlan_mode");
	if (want->given & XSW_PORT_GIVEN_TAG && want->tag > XSW_VID_MAX &&
	    want->tag != XSW_TAG_NONE)
		return xsw_fail(EINVAL, "port", ifname, "tag is 0 to %d, or none", XSW_VID_MAX);
	if (want->given & XSW_PORT_GIVEN_QINQ && want->qinq_tpid != 0x8100 &&
	    want->qinq_tpid != 0x88a8)
		return xsw_fail(EINVAL, "port", ifname, "qinq_ethtype is 802.1q or 802.1ad");
	if (want->given & XSW_PORT_GIVEN_PRIO && want->priority_tags > XSW_PRIO_ALWAYS)
		return xsw_fail(EINVAL, "port", ifname, "no such priority_tags");
	return 0;
}

/* A tag makes an access port of one whose mode nobody named; 0 alone does not. */
static void mode_set(struct xsw_port *conf, struct xsw_port_record *record,
		     const struct xsw_port_conf *want)
{
	bool zero = !(want->given & XSW_PORT_GIVEN_TAG) || !want->tag;

	if (want->given & XSW_PORT_GIVEN_MODE) {
		conf->vlan_mode = want->vlan_mode;
		record->given |= XSW_GIVEN_VLAN_MODE;
	} else if (!(record->given & XSW_GIVEN_VLAN_MODE) &&
		   !(conf->vlan_mode == XSW_MODE_ACCESS && zero)) {
		conf->vlan_mode = conf->tag ? XSW_MODE_ACCESS : XSW_MODE_TRUNK;
	}
}

/* Every mode but trunk needs a tag. VLAN 0 can only be an access port's: an access port
 * always has a tag, and any other with tag 0 has none.
 * @had: the mode before
 */
static int tag_check(const char *ifname, const struct xsw_port *conf, __u32 had,
		     const struct xsw_port_conf *want)
{
	bool given = want->given & XSW_PORT_GIVEN_TAG;
	bool access = conf->vlan_mode == XSW_MODE_ACCESS;

	if (given && !want->tag && !access)
		return xsw_fail(EINVAL, "port", ifname, "tag 0 needs vlan_mode access");
	if (conf->tag || conf->vlan_mode == XSW_MODE_TRUNK)
		return 0;
	if (access && (given ? want->tag != XSW_TAG_NONE : had == XSW_MODE_ACCESS))
		return 0;
	return xsw_fail(EINVAL, "port", ifname, "vlan_mode %s needs a tag",
			mode_words[conf->vlan_mode]);
}

static void link_set(struct xsw_port_record *record, __u32 link)
{
	record->given &= ~(XSW_GIVEN_LINK_UP | XSW_GIVEN_LINK_DOWN);
	if (link == XSW_LINK_UP)
		record->given |= XSW_GIVEN_LINK_UP;
	if (link == XSW_LINK_DOWN)
		record->given |= XSW_GIVEN_LINK_DOWN;
}

static void owner_set(struct xsw_port_record *record, bool from_config)
{
	record->given = (record->given & ~XSW_GIVEN_CONFIG) | (from_config ? XSW_GIVEN_CONFIG : 0);
}

static int threaded_set(const char *ifname, struct xsw_port_record *record,
			const struct xsw_port_conf *want)
{
	if (want->given & XSW_PORT_GIVEN_THREADED)
		record->given = (record->given & ~XSW_GIVEN_THREADED) |
				(want->threaded ? XSW_GIVEN_THREADED : 0);
	if (want->given & XSW_PORT_GIVEN_NAPI_CPUS && !vlan_set_empty(&want->napi_cpus) &&
	    !(record->given & XSW_GIVEN_THREADED))
		return xsw_fail(EINVAL, "port", ifname, "napi_cpus needs threaded on");
	return 0;
}

int port_conf_make(const char *ifname, const struct xsw_port *now, struct xsw_port_record *record,
		   const struct xsw_port_conf *want, struct xsw_port *conf)
{
	__u32 given = want->flags_given & FLAGS_USER, had;
	int err;

	err = wish_check(ifname, want);
	if (err)
		return err;
	*conf = *now;
	if (!conf->port)
		conf_defaults(conf);
	had = conf->vlan_mode;
	if (want->given & XSW_PORT_GIVEN_TAG)
		conf->tag = want->tag == XSW_TAG_NONE ? 0 : want->tag;
	mode_set(conf, record, want);
	if (want->given & XSW_PORT_GIVEN_TRUNKS)
		list_set(conf->trunks, &conf->flags, XSW_PORT_TRUNKS_ALL, &want->trunks);
	if (want->given & XSW_PORT_GIVEN_CVLANS)
		list_set(conf->cvlans, &conf->flags, XSW_PORT_CVLANS_ALL, &want->cvlans);
	if (want->given & XSW_PORT_GIVEN_QINQ)
		conf->qinq_tpid = htons(want->qinq_tpid);
	if (want->given & XSW_PORT_GIVEN_PRIO)
		conf->priority_tags = want->priority_tags;
	if (now->port && given & XSW_PORT_HOST && (want->flags ^ now->flags) & XSW_PORT_HOST)
		return xsw_fail(EINVAL, "port", ifname, "host is decided when a port is added");
	conf->flags = (conf->flags & ~given) | (want->flags & given);
	if (want->given & XSW_PORT_GIVEN_MAC_LIMIT)
		conf->flags = (conf->flags & ~XSW_PORT_MAC_LIMIT) |
			      (want->mac_limit ? XSW_PORT_MAC_LIMIT : 0);
	if (want->given & XSW_PORT_GIVEN_PATH)
		conf->flags = (conf->flags & ~XSW_PORT_AFXDP) |
			      (want->want_path == XSW_WANT_AFXDP ? XSW_PORT_AFXDP : 0);
	if (want->given & XSW_PORT_GIVEN_LINK)
		link_set(record, want->link);
	if (want->given & XSW_PORT_GIVEN_OWNER)
		owner_set(record, want->from_config);
	err = threaded_set(ifname, record, want);
	if (err)
		return err;
	return tag_check(ifname, conf, had, want);
}
