// SPDX-License-Identifier: GPL-2.0
/* What each drop reason means to a user, and what helps. */
#include <stdio.h>
#include <string.h>

#include "ctrl/base/shell_word.h"
#include "ctrl/stats/port_stats.h"
#include "tools/xsw/why.h"

/* DEV and SWITCH stand for their names. */
static const struct drop_words {
	const char *means, *remedy;
} drop_words[XSW_DROP_COUNT] = {
	[XSW_DROP_RUNT] = { "cut short in the Ethernet header or first tag: the sender or its driver is at fault",
			    "xsw trace DEV frame HEX   # of one of them" },
	[XSW_DROP_RESERVED] = { "to 01:80:c2:00:00:00 to 0f, which a switch keeps to the link (STP, LACP, LLDP)",
				"xsw switch set SWITCH forward_reserved N   # or forward_bpdu on for all" },
	[XSW_DROP_SRC] = { "from a group address or an address of zeros, which no host may have",
			   "" },
	[XSW_DROP_VID] = { "with VLAN 4095, which no frame may have", "" },
	[XSW_DROP_VLAN] = { "in a VLAN, or with a tag, that the port does not admit: DEV has MODE",
			    "xsw port set DEV trunks LIST   # or vlan_mode, tag, accept_tagged, accept_untagged" },
	[XSW_DROP_LOCKED] = { "from addresses that have no entry on this locked port",
			      "xsw fdb add MAC dev DEV vlan VID static" },
	[XSW_DROP_SPOOF] = { "from addresses, or with tags, that are not allowed here (spoof_check)",
			     "xsw bind add DEV mac MAC" },
	[XSW_DROP_ISOLATED] = { "from here to another port, where both are isolated or have local off",
				"xsw port set DEV isolated off   # or local on" },
	[XSW_DROP_SAME_PORT] = { "to addresses that are known on this very port: its hosts reach each other without the switch, or an address was learned from a loop",
				 "xsw fdb show dev DEV   # is it there? hairpin on sends such frames back" },
	[XSW_DROP_NO_MEMBER] = { "to known addresses behind ports that are no member of the frame's VLAN",
				 "xsw trace DEV dst MAC vlan VID   # says which port" },
	[XSW_DROP_MTU] = { "longer than the device where they leave takes (its MTU and 18 bytes)",
			   "ip link set DEV mtu 1504   # here if counted here, else lower it at the sender" },
	[XSW_DROP_POLICER] = { "over a rate of a policer or a rule of punting",
			       "xsw policer show DEV" },
	[XSW_DROP_STORM] = { "over the rate of storm control: a loop, or a host that floods",
			     "xsw storm show DEV" },
	[XSW_DROP_MAC_LIMIT] = { "from more addresses than mac_limit allows",
				 "xsw port set DEV mac_limit N   # if it was shut: xsw port reopen DEV" },
	[XSW_DROP_PORT_DOWN] = { "while the port could not forward", "ip link set DEV up" },
	[XSW_DROP_XMIT] = { "which the device did not take: its queue is full, or nobody reads the tap",
			    "xsw check DEV" },
	[XSW_DROP_RX_OFF] = { "because the port has rx off", "xsw port set DEV rx on" },
	[XSW_DROP_TX_OFF] = { "to a port that has tx off",
			      "xsw port set DEV tx on   # of the port where they leave" },
	[XSW_DROP_NO_MEMORY] = { "for want of memory, or of room in front of a frame for a tag",
				 "xsw check DEV" },
	[XSW_DROP_RING_FULL] = { "because the program that they are punted to reads too slowly",
				 "xsw punt show DEV" },
	[XSW_DROP_DHCP] = { "of a DHCP server, which dhcp_guard keeps out",
			    "xsw port set DEV dhcp_guard off   # if the server is meant to be here" },
	[XSW_DROP_RA] = { "of a router of IPv6, which ra_guard keeps out",
			  "xsw port set DEV ra_guard off   # if the router is meant to be here" },
	[XSW_DROP_MIRROR] = { "from the output port of a mirror, or for a static address behind one: it carries copies alone",
			      "xsw mirror show switch SWITCH" },
};

const char *why_mode(const struct xsw_port_settings *settings)
{
	static const char *const words[] = { "vlan_mode", "tag", "trunks", "cvlans" };
	static char text[192];
	char value[OPT_TEXT_MAX];
	size_t used = 0;

	text[0] = '\0';
	for (size_t i = 0; i < sizeof(words) / sizeof(*words) && used < sizeof(text); i++) {
		const struct opt *o = opts_find(&port_opts, words[i]);

		if (!o)
			continue;
		opt_text(o, settings, value, sizeof(value));
		if (value[0] && strcmp(value, "none"))
			used += snprintf(text + used, sizeof(text) - used, "%s%s %.64s",
					 used ? " " : "", words[i], value);
	}
	return text;
}

/* @text with the names that it is about. */
static void words_fill(char *to, size_t size, const char *text, const struct xsw_port_info *info)
{
	const struct {
		const char *word, *value;
	} names[] = { { "DEV", shell_word(info->ifname, XSW_NAME_LEN) },
		      { "SWITCH", info->switch_name },
		      { "MODE", why_mode(&info->settings) } };
	size_t used = 0;

	while (*text && used + 1 < size) {
		size_t len = 0;

		for (size_t i = 0; i < sizeof(names) / sizeof(*names) && !len; i++) {
			len = strlen(names[i].word);
			if (strncmp(text, names[i].word, len)) {
				len = 0;
				continue;
			}
			used += snprintf(to + used, size - used, "%s", names[i].value);
			used = used < size ? used : size - 1;
		}
		if (!len)
			to[used++] = *text;
		text += len ? len : 1;
	}
	to[used] = '\0';
}

/* Frames of one reason: @then and @now, where the port took them in or was to send them. */
static void find_drop(struct findings *f, const struct xsw_port_info *info, int why, bool out,
		      __u64 then, __u64 now)
{
	static const struct drop_words unknown = { "see COUNTERS in xsw(8)", "" };
	const struct drop_words *words = drop_words[why].means ? &drop_words[why] : &unknown;
	__u64 moved = now >= then ? now - then : now;
	struct finding *row;
	char means[256], lately[24];

	if (!now)
		return;
	words_fill(means, sizeof(means), words->means, info);
	snprintf(lately, sizeof(lately), moved ? "%llu" : "none", (unsigned long long)moved);
	row = finding_add(f, info, moved ? XSW_CHECK_FAIL : XSW_CHECK_WARN, "drop",
			  "%llu frames that %s here were dropped, %s of them now: %s",
			  (unsigned long long)now, out ? "were to leave" : "came in", lately,
			  means);
	if (!row)
		return;
	row->reason = xsw_drop_text(why);
	row->frames = moved;
	row->total = now;
	words_fill(row->remedy, sizeof(row->remedy), words->remedy, info);
}

void find_drops(struct findings *f, const struct xsw_port_info *info, const struct xsw_stats *then,
		const struct xsw_stats *now)
{
	for (int why = 0; why < XSW_DROP_COUNT; why++) {
		find_drop(f, info, why, false, then->rx_drops[why], now->rx_drops[why]);
		find_drop(f, info, why, true, then->tx_drops[why], now->tx_drops[why]);
	}
}
