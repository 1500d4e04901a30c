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
	{ "ageing_time", .type = OPT_NUMBER, AT(ageing_s), .meta = "SECONDS", .min = 1,
	  .max = 1000000, .by_default = 300 },
	{ "fdb_max", .type = OPT_NUMBER, AT(fdb_max), .meta = "N", .min = 1, .max = 4194304,
	  .by_default = 65536 },
	{ "fdb_full", .type = OPT_CHOICE, AT(flags), .mask = XSW_SWITCH_FDB_EVICT,
	  .words = full_words },
	{ "forward_bpdu", .type = OPT_ON_OFF, AT(flags), .mask = XSW_SWITCH_FORWARD_BPDU },
	{ "vlan_stats", .type = OPT_ON_OFF, AT(flags), .mask = XSW_SWITCH_VLAN_STATS },
};

const struct opts switch_opts = { "switch", rows, sizeof(rows) / sizeof(*rows),
				  sizeof(struct xsw_switch_settings) };

static __u32 option_flags(void)
{
	return opts_bits(&switch_opts, offsetof(struct xsw_switch_settings, flags));
}

void switch_settings_read(const struct xsw_switch *conf, struct xsw_switch_settings *s)
{
	*s = (struct xsw_switch_settings){
		.ageing_s = conf->ageing_s,
		.fdb_max = conf->fdb_max,
		.flags = conf->flags & option_flags(),
	};
}

void switch_settings_apply(const struct xsw_switch_settings *want, struct xsw_switch *conf)
{
	struct xsw_switch_settings s;

	switch_settings_read(conf, &s);
	opts_copy(&switch_opts, &s, want);
	conf->ageing_s = s.ageing_s;
	conf->ageing_ticks = (s.ageing_s * NS_PER_S) >> XSW_TICK_SHIFT;
	conf->fdb_max = s.fdb_max;
	conf->flags = (conf->flags & ~option_flags()) | s.flags;
}
