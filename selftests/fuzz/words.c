// SPDX-License-Identifier: GPL-2.0
/* Words of the command line: rates, sizes, lists, addresses, options. The first byte
 * says which; what is accepted and written again must be read as the same.
 */
#include "selftests/fuzz/fuzz.h"

#include <errno.h>

#include "ctrl/base/ip_text.h"
#include "ctrl/base/rate_text.h"
#include "ctrl/base/vlan_set.h"
#include "ctrl/limits/bind.h"
#include "ctrl/limits/policer_opts.h"
#include "ctrl/port/settings.h"
#include "ctrl/punt/punt_opts.h"
#include "ctrl/switch/switch.h"
#include "tools/pktgen/range.h"

static void rate(const char *text)
{
	__u64 bps, again;
	char word[32];
	int err = unit_rate_parse(text, &bps);

	must(!err || err == -EINVAL || err == -ERANGE);
	if (err)
		return;
	must(bps < 1ULL << 53);
	unit_rate_format(bps, word, sizeof(word));
	must(!unit_rate_parse(word, &again) && again == bps);
}

static void size(const char *text)
{
	__u64 bytes, again;
	char word[32];

	if (unit_size_parse(text, &bytes))
		return;
	unit_size_format(bytes, word, sizeof(word));
	must(!unit_size_parse(word, &again) && again == bytes);
}

static void vlans(const char *text)
{
	struct vlan_set set, again;
	char list[16384];

	if (vlan_set_parse(text, &set))
		return;
	must(!vlan_set_has(&set, 4095));
	vlan_set_format(&set, list, sizeof(list));
	must(!vlan_set_parse(list, &again) && !memcmp(&set, &again, sizeof(set)));
}

static void ip(const char *text)
{
	char word[INET6_ADDRSTRLEN];
	struct in6_addr ip, again;

	if (ip_parse(text, &ip))
		return;
	ip_format(&ip, word);
	must(!ip_parse(word, &again) && !memcmp(&ip, &again, sizeof(ip)));
}

static void pktgen(const char *text)
{
	struct end_range end = { .port_first = 9, .port_last = 9 };
	struct mac_range mac;
	struct rate rate;
	double seconds;
	__u64 number;

	if (!number_read("-n", text, 3, 70000, &number))
		must(number >= 3 && number <= 70000);
	if (!seconds_read("-T", text, &seconds))
		must(seconds > 0);
	if (!mac_range_read("-D", text, &mac))
		must(mac.first <= mac.last && mac.last < 1ULL << 48);
	if (!end_range_read("-d", text, &end))
		must(end.family && end.first <= end.last && end.port_first <= end.port_last);
	if (!rate_read("-R", text, &rate))
		must(rate.pps >= 0 && rate.bps >= 0);
}

#define SETTINGS_MAX 4096 /* bytes */

/* What is read of a value is read again of its text. */
static void option(const char *text, const struct opts *opts, unsigned int which)
{
	const struct opt *o = &opts->row[which % opts->n];
	__u64 want[SETTINGS_MAX / 8] = {}, again[SETTINGS_MAX / 8] = {};
	char word[OPT_TEXT_MAX];

	if (opt_read(opts, o, text, "p1", want))
		return;
	opt_text(o, want, word, sizeof(word));
	if (o->type == OPT_VID && !word[0])
		strcpy(word, "none");
	must(!opt_read(opts, o, word, "p1", again));
	must(!opts_differ(opts, want, again));
}

static void switch_name(const char *text)
{
	if (!xsw_switch_name_check(text)) /* it becomes the name of a folder */
		must(*text && !strchr(text, '/') && strcmp(text, ".") && strcmp(text, "..") &&
		     strlen(text) < XSW_NAME_LEN);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t length)
{
	struct draw d = { data, data + length };
	unsigned int what = draw8(&d), which = draw8(&d);
	char *text = strndup((const char *)d.p, d.end - d.p);

	must(text);
	switch (what % 9) {
	case 0:
		rate(text);
		break;
	case 1:
		size(text);
		break;
	case 2:
		vlans(text);
		break;
	case 3:
		ip(text);
		break;
	case 4:
		pktgen(text);
		break;
	case 5:
		option(text, &port_opts, which);
		break;
	case 6:
		option(text, &policer_opts, which);
		break;
	case 7:
		option(text, &punt_opts, which);
		break;
	default:
		switch_name(text);
		option(text, &switch_opts, which);
	}
	free(text);
	return 0;
}
