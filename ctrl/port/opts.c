// SPDX-License-Identifier: GPL-2.0
/* The table of port options and what follows from it. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <arpa/inet.h>
#include <unistd.h>

#include "ctrl/base/error.h"
#include "ctrl/port/opts.h"
#include "maps/stats.h"

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

#define TEXT(name, text) text,
static const char *const paths[] = { "auto", XSW_PATHS(TEXT) NULL };
static const char *const modes[] = { XSW_VLAN_MODES(TEXT) NULL };
static const char *const tpids[] = { "802.1q", "802.1ad", NULL };
static const char *const prios[] = { "never", "if-nonzero", "always", NULL };
static const char *const spoof_checks[] = { "off", "mac", "vlan", "all", NULL };
static const char *const limit_actions[] = { "drop", "no-learn", "shutdown", NULL };
static const char *const off_on[] = { "off", "on", NULL };
static const char *const links[] = { "auto", "up", "down", NULL };

/* in the order of spoof_checks[], limit_actions[] */
static const __u32 spoof_flags[] = { 0, XSW_PORT_SPOOF_MAC, XSW_PORT_SPOOF_VLAN,
				     XSW_PORT_SPOOF_MAC | XSW_PORT_SPOOF_VLAN };
static const __u32 action_flags[] = { 0, XSW_PORT_MAC_NO_LEARN, XSW_PORT_MAC_SHUT };

#define SPOOF_ALL (XSW_PORT_SPOOF_MAC | XSW_PORT_SPOOF_VLAN)
#define ACTION_ALL (XSW_PORT_MAC_NO_LEARN | XSW_PORT_MAC_SHUT)
#define LIMIT_MAX 4194304

const struct port_opt port_opts[] = {
	{ "path", PORT_OPT_CHOICE, XSW_PORT_GIVEN_PATH, paths },
	{ "vlan_mode", PORT_OPT_CHOICE, XSW_PORT_GIVEN_MODE, modes },
	{ "tag", PORT_OPT_VID, XSW_PORT_GIVEN_TAG, NULL },
	{ "trunks", PORT_OPT_LIST, XSW_PORT_GIVEN_TRUNKS, NULL },
	{ "cvlans", PORT_OPT_LIST, XSW_PORT_GIVEN_CVLANS, NULL },
	{ "qinq_ethtype", PORT_OPT_CHOICE, XSW_PORT_GIVEN_QINQ, tpids },
	{ "priority_tags", PORT_OPT_CHOICE, XSW_PORT_GIVEN_PRIO, prios },
	{ "learning", PORT_OPT_FLAG, XSW_PORT_LEARNING, NULL },
	{ "flood", PORT_OPT_FLAG, XSW_PORT_FLOOD, NULL },
	{ "mcast_flood", PORT_OPT_FLAG, XSW_PORT_MCAST_FLOOD, NULL },
	{ "bcast_flood", PORT_OPT_FLAG, XSW_PORT_BCAST_FLOOD, NULL },
	{ "isolated", PORT_OPT_FLAG, XSW_PORT_ISOLATED, NULL },
	{ "locked", PORT_OPT_FLAG, XSW_PORT_LOCKED, NULL },
	{ "hairpin", PORT_OPT_FLAG, XSW_PORT_HAIRPIN, NULL },
	{ "rx", PORT_OPT_FLAG, XSW_PORT_RX, NULL },
	{ "tx", PORT_OPT_FLAG, XSW_PORT_TX, NULL },
	{ "accept_untagged", PORT_OPT_FLAG, XSW_PORT_ACCEPT_UNTAGGED, NULL },
	{ "accept_tagged", PORT_OPT_FLAG, XSW_PORT_ACCEPT_TAGGED, NULL },
	{ "host", PORT_OPT_FLAG, XSW_PORT_HOST, NULL },
	{ "local", PORT_OPT_FLAG_OFF, XSW_PORT_UPLINK_ONLY, NULL },
	{ "promisc", PORT_OPT_FLAG, XSW_PORT_PROMISC, NULL },
	{ "peer_redirect", PORT_OPT_FLAG, XSW_PORT_PEER, NULL },
	{ "spoof_check", PORT_OPT_CHOICE, XSW_PORT_GIVEN_SPOOF, spoof_checks },
	{ "mac_limit", PORT_OPT_LIMIT, XSW_PORT_GIVEN_MAC_LIMIT, NULL },
	{ "mac_limit_action", PORT_OPT_CHOICE, XSW_PORT_GIVEN_LIMIT_ACTION, limit_actions },
	{ "link", PORT_OPT_CHOICE, XSW_PORT_GIVEN_LINK, links },
	{ "threaded", PORT_OPT_CHOICE, XSW_PORT_GIVEN_THREADED, off_on },
	{ "napi_cpus", PORT_OPT_CPUS, XSW_PORT_GIVEN_NAPI_CPUS, NULL },
};

const size_t port_opts_count = ARRAY_SIZE(port_opts);

#define FLAGS_ON_BY_DEFAULT                                                                        \
	(XSW_PORT_LEARNING | XSW_PORT_FLOOD | XSW_PORT_MCAST_FLOOD | XSW_PORT_BCAST_FLOOD |        \
	 XSW_PORT_RX | XSW_PORT_TX | XSW_PORT_ACCEPT_UNTAGGED | XSW_PORT_ACCEPT_TAGGED)

const struct port_opt *port_opt_find(const char *word)
{
	for (size_t i = 0; i < port_opts_count; i++)
		if (!strcmp(port_opts[i].word, word))
			return &port_opts[i];
	return NULL;
}

void port_opt_values(const struct port_opt *opt, char *text, size_t size)
{
	size_t used = 0;

	switch (opt->kind) {
	case PORT_OPT_FLAG:
	case PORT_OPT_FLAG_OFF:
		snprintf(text, size, "on|off");
		return;
	case PORT_OPT_LIMIT:
		snprintf(text, size, "0 to %d", LIMIT_MAX);
		return;
	case PORT_OPT_VID:
		snprintf(text, size, "0 to %d, or none", XSW_VID_MAX);
		return;
	case PORT_OPT_LIST:
		snprintf(text, size, "VIDs such as 10,20,100-199, or all");
		return;
	case PORT_OPT_CPUS:
		snprintf(text, size, "CPUs such as 0,2-3, from 0 to %ld",
			 sysconf(_SC_NPROCESSORS_CONF) - 1);
		return;
	default:
		text[0] = '\0';
		for (int i = 0; opt->choices[i] && used < size; i++)
			used += snprintf(text + used, size - used, "%s%s", i ? "|" : "",
					 opt->choices[i]);
	}
}

static int choice_find(const char *const *choices, const char *value)
{
	for (int i = 0; choices[i]; i++)
		if (!strcmp(choices[i], value))
			return i;
	return -1;
}

static int bad_value(const struct port_opt *opt, const char *value, const char *ifname)
{
	char allowed[96];

	port_opt_values(opt, allowed, sizeof(allowed));
	return xsw_fail(EINVAL, "port", ifname, "%s '%s': must be %s", opt->word, value, allowed);
}

static void flags_set(struct xsw_port_conf *conf, __u32 of, __u32 set)
{
	conf->flags_given |= of;
	conf->flags = (conf->flags & ~of) | set;
}

static void choice_set(const struct port_opt *opt, int choice, struct xsw_port_conf *conf)
{
	switch (opt->bit) {
	case XSW_PORT_GIVEN_PATH:
		conf->want_path = choice; /* paths[] in the order of XSW_WANT_* */
		break;
	case XSW_PORT_GIVEN_MODE:
		conf->vlan_mode = choice; /* modes[] in the order of XSW_MODE_* */
		break;
	case XSW_PORT_GIVEN_QINQ:
		conf->qinq_tpid = choice ? 0x88a8 : 0x8100;
		break;
	case XSW_PORT_GIVEN_PRIO:
		conf->priority_tags = choice; /* prios[] in the order of XSW_PRIO_* */
		break;
	case XSW_PORT_GIVEN_SPOOF:
		flags_set(conf, SPOOF_ALL, spoof_flags[choice]);
		break;
	case XSW_PORT_GIVEN_LIMIT_ACTION:
		flags_set(conf, ACTION_ALL, action_flags[choice]);
		break;
	case XSW_PORT_GIVEN_THREADED:
		conf->threaded = choice;
		break;
	case XSW_PORT_GIVEN_LINK:
		conf->link = choice; /* links[] in the order of XSW_LINK_* */
		break;
	}
}

static bool cpus_parse(const char *text, struct vlan_set *cpus)
{
	if (vlan_set_parse(text, cpus))
		return false;
	for (int cpu = sysconf(_SC_NPROCESSORS_CONF); cpu <= XSW_VID_MAX; cpu++)
		if (vlan_set_has(cpus, cpu))
			return false;
	return true;
}

static bool tag_parse(const char *text, __u16 *tag)
{
	char *end;
	long n = strtol(text, &end, 10);

	if (!strcmp(text, "none")) {
		*tag = XSW_TAG_NONE;
		return true;
	}
	if (*end || text[0] < '0' || text[0] > '9' || n > XSW_VID_MAX)
		return false;
	*tag = n;
	return true;
}

/* An empty list is all VLANs, and so is the word. */
static bool list_parse(const char *text, struct vlan_set *list)
{
	return !vlan_set_parse(strcmp(text, "all") ? text : "", list);
}

int port_opt_set(const struct port_opt *opt, const char *value, const char *ifname,
		 struct xsw_port_conf *conf)
{
	char *end;
	long n;

	switch (opt->kind) {
	case PORT_OPT_FLAG:
	case PORT_OPT_FLAG_OFF:
		if (strcmp(value, "on") && strcmp(value, "off"))
			return bad_value(opt, value, ifname);
		flags_set(conf, opt->bit,
			  !strcmp(value, opt->kind == PORT_OPT_FLAG ? "on" : "off") ? opt->bit : 0);
		return 0;
	case PORT_OPT_LIMIT:
		n = strtol(value, &end, 10);
		if (*end || value[0] < '0' || value[0] > '9' || n < 0 || n > LIMIT_MAX)
			return bad_value(opt, value, ifname);
		conf->mac_limit = n;
		break;
	case PORT_OPT_CHOICE:
		n = choice_find(opt->choices, value);
		if (n < 0)
			return bad_value(opt, value, ifname);
		choice_set(opt, n, conf);
		break;
	case PORT_OPT_VID:
		if (!tag_parse(value, &conf->tag))
			return bad_value(opt, value, ifname);
		break;
	case PORT_OPT_LIST:
		if (!list_parse(value,
				opt->bit == XSW_PORT_GIVEN_TRUNKS ? &conf->trunks : &conf->cvlans))
			return bad_value(opt, value, ifname);
		break;
	case PORT_OPT_CPUS:
		if (!cpus_parse(value, &conf->napi_cpus))
			return bad_value(opt, value, ifname);
		break;
	}
	conf->given |= opt->bit;
	return 0;
}

static void list_get(const __u64 *bits, bool all, char *text, size_t size)
{
	struct vlan_set set;

	text[0] = '\0';
	if (all)
		return;
	memcpy(set.bits, bits, sizeof(set.bits));
	vlan_set_format(&set, text, size);
}

static int flags_find(const __u32 *choices, __u32 flags)
{
	int i = 0;

	while (choices[i] != flags)
		i++;
	return i;
}

static int link_get_choice(const struct xsw_port_record *record)
{
	if (record->given & XSW_GIVEN_LINK_UP)
		return XSW_LINK_UP;
	return record->given & XSW_GIVEN_LINK_DOWN ? XSW_LINK_DOWN : XSW_LINK_AUTO;
}

static int choice_get(const struct port_opt *opt, const struct xsw_port_info *info)
{
	switch (opt->bit) {
	case XSW_PORT_GIVEN_PATH:
		return info->record.want_path;
	case XSW_PORT_GIVEN_MODE:
		return info->conf.vlan_mode;
	case XSW_PORT_GIVEN_QINQ:
		return info->conf.qinq_tpid == htons(0x88a8);
	case XSW_PORT_GIVEN_SPOOF:
		return flags_find(spoof_flags, info->conf.flags & SPOOF_ALL);
	case XSW_PORT_GIVEN_LIMIT_ACTION: /* one of two bits, or none */
		return flags_find(action_flags, info->conf.flags & XSW_PORT_MAC_SHUT ?
							XSW_PORT_MAC_SHUT :
							info->conf.flags & ACTION_ALL);
	case XSW_PORT_GIVEN_LINK:
		return link_get_choice(&info->record);
	case XSW_PORT_GIVEN_THREADED:
		return !!(info->record.given & XSW_GIVEN_THREADED);
	default:
		return info->conf.priority_tags;
	}
}

void port_opt_get(const struct port_opt *opt, const struct xsw_port_info *info, char *text,
		  size_t size)
{
	const struct xsw_port *c = &info->conf;

	switch (opt->kind) {
	case PORT_OPT_FLAG:
		snprintf(text, size, "%s", c->flags & opt->bit ? "on" : "off");
		break;
	case PORT_OPT_FLAG_OFF:
		snprintf(text, size, "%s", c->flags & opt->bit ? "off" : "on");
		break;
	case PORT_OPT_CHOICE:
		snprintf(text, size, "%s", opt->choices[choice_get(opt, info)]);
		break;
	case PORT_OPT_VID:
		text[0] = '\0';
		if (!port_opt_default(opt, info))
			snprintf(text, size, "%u", c->tag);
		break;
	case PORT_OPT_LIST:
		if (opt->bit == XSW_PORT_GIVEN_TRUNKS)
			list_get(c->trunks, c->flags & XSW_PORT_TRUNKS_ALL, text, size);
		else
			list_get(c->cvlans, c->flags & XSW_PORT_CVLANS_ALL, text, size);
		break;
	case PORT_OPT_CPUS:
		vlan_set_format(&info->napi_cpus, text, size);
		break;
	case PORT_OPT_LIMIT:
		snprintf(text, size, "%u", info->guard.mac_limit);
		break;
	}
}

const char *port_opt_default_value(const struct port_opt *opt)
{
	switch (opt->kind) {
	case PORT_OPT_FLAG:
		return FLAGS_ON_BY_DEFAULT & opt->bit ? "on" : "off";
	case PORT_OPT_FLAG_OFF:
		return "on";
	case PORT_OPT_LIST:
	case PORT_OPT_CPUS:
		return "";
	case PORT_OPT_LIMIT:
		return "0";
	case PORT_OPT_CHOICE:
		if (opt->bit == XSW_PORT_GIVEN_QINQ)
			return "802.1ad";
		return opt->bit == XSW_PORT_GIVEN_MODE ? NULL : opt->choices[0];
	default:
		return NULL;
	}
}

bool port_opt_default(const struct port_opt *opt, const struct xsw_port_info *info)
{
	const char *value = port_opt_default_value(opt);
	const struct xsw_port *c = &info->conf;
	char now[16];

	if (opt->kind == PORT_OPT_VID)
		return !c->tag && c->vlan_mode != XSW_MODE_ACCESS;
	if (opt->kind == PORT_OPT_LIST)
		return c->flags & (opt->bit == XSW_PORT_GIVEN_TRUNKS ? XSW_PORT_TRUNKS_ALL :
								       XSW_PORT_CVLANS_ALL);
	if (opt->kind == PORT_OPT_CPUS)
		return vlan_set_empty(&info->napi_cpus);
	if (!value)
		return c->vlan_mode == (c->tag ? XSW_MODE_ACCESS : XSW_MODE_TRUNK);
	port_opt_get(opt, info, now, sizeof(now));
	return !strcmp(now, value);
}
