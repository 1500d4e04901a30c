// SPDX-License-Identifier: GPL-2.0
/* The options of a switch, and how they stand in its map. */
#include "ctrl/switch/settings.h"

#include "ctrl/base/clock.h"

static const struct opt_word full_words[] = { { "reject", 0 },
					      { "evict", XSW_SWITCH_FDB_EVICT },
					      {} };

#define AT(member) OPT_AT(struct xsw_switch_settings, member)

/* In the order of help and output. */
static const struct opt rows[] = {
	{ "ageing_time", .type = OPT_NUMBER, AT(conf.ageing_s), .meta = "SECONDS", .min = 1,
	  .max = 1000000, .by_default = 300 },
	{ "fdb_max", .type = OPT_NUMBER, AT(conf.fdb_max), .meta = "N", .min = 1, .max = 4194304,
	  .by_default = 65536 },
	{ "fdb_full", .type = OPT_CHOICE, AT(conf.flags), .mask = XSW_SWITCH_FDB_EVICT,
	  .words = full_words },
	{ "forward_bpdu", .type = OPT_ON_OFF, AT(conf.flags), .mask = XSW_SWITCH_FORWARD_BPDU },
	{ "forward_reserved", .type = OPT_BITS, AT(conf.forward_reserved), .meta = "LIST|none",
	  .mask = 0xfffd }, /* not PAUSE: 802.1Q-2018 table 8-1 keeps it on its link */
	{ "vlan_stats", .type = OPT_ON_OFF, AT(conf.flags), .mask = XSW_SWITCH_VLAN_STATS },
};

const struct opts switch_opts = OPTS("switch", rows, struct xsw_switch_settings);

void switch_settings_apply(const struct xsw_switch_settings *want, struct xsw_switch *conf)
{
	struct xsw_switch_settings s = { .conf = *conf };

	opts_copy(&switch_opts, &s, want);
	*conf = s.conf;
	conf->ageing_ticks = (conf->ageing_s * NS_PER_S) >> XSW_TICK_SHIFT;
}
