// SPDX-License-Identifier: GPL-2.0
/* The options of a mirror, and what is wrong with them by themselves. */
#include <ctype.h>
#include <errno.h>
#include <string.h>

#include "ctrl/base/error.h"
#include "ctrl/switch/mirror.h"

#define SNAPLEN_MIN 14 /* an Ethernet header */
#define SNAPLEN_MAX 65535

static const struct opt_word none[] = { { "none", 0 }, {} };

#define AT(member) OPT_AT(struct xsw_mirror_settings, member)
#define VLANS_HELP "VIDs such as 10,20,100-199, or none"
#define PORTS_HELP "devices such as p1,p2, or none"

static const struct opt rows[] = {
	{ "all", .type = OPT_ON_OFF, AT(all), .mask = 1 },
	{ "src-port", PORTS_HELP, "LIST|none", OPT_NAMES, AT(src_ports), .words = none },
	{ "dst-port", PORTS_HELP, "LIST|none", OPT_NAMES, AT(dst_ports), .words = none },
	{ "vlan", VLANS_HELP, "LIST|none", OPT_VIDS, AT(vlans), .words = none },
	{ "to-port", .meta = "DEV", .type = OPT_NAME, AT(output_port) },
	{ "to-vlan", .meta = "VID", .type = OPT_NUMBER, AT(output_vlan), .min = 1,
	  .max = XSW_VID_MAX },
	{ "snaplen", .meta = "N|none", .type = OPT_NUMBER, AT(snaplen), .words = none,
	  .min = SNAPLEN_MIN, .max = SNAPLEN_MAX },
};

const struct opts mirror_opts = OPTS("mirror", rows, struct xsw_mirror_settings);

/* ---- check ---- */

int xsw_mirror_name_check(const char *name)
{
	size_t len = strlen(name);
	bool good = len && len < XSW_MIRROR_NAME_LEN && isalnum((unsigned char)name[0]);

	for (size_t i = 0; i < len && good; i++)
		good = isalnum((unsigned char)name[i]) || strchr("_-.", name[i]);
	return good ? 0 :
		      xsw_fail(EINVAL, "mirror", name,
			       "a name has 1 to %d letters, digits, '_', '-', '.' and begins with "
			       "a letter or digit",
			       XSW_MIRROR_NAME_LEN - 1);
}

int mirror_settings_check(const char *name, const struct xsw_mirror_settings *s)
{
	if (s->output_port[0] && s->output_vlan)
		return xsw_fail(EINVAL, "mirror", name, "to-port and to-vlan: it has one output");
	return 0;
}

bool mirror_settings_name(const struct xsw_mirror_settings *s, const char *ifname)
{
	return name_list_has(&s->src_ports, ifname) || name_list_has(&s->dst_ports, ifname);
}
