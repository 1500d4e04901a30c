// SPDX-License-Identifier: GPL-2.0
/* xsw monitor --link-follow: links of guests follow those of the uplinks. */
#include <stdio.h>
#include <string.h>

#include "ctrl/base/signals.h"
#include "ctrl/switch/link_follow.h"
#include "tools/xsw/xsw.h"

#define UPLINKS_MAX 32

static void report(const struct xsw_switch_handle *sw, bool up, int ports, void *arg)
{
	const char *event = up ? "up" : "down";

	out_object(NULL);
	out_string("switch", "", sw->name);
	out_netns(sw->netns);
	out_string("object", NULL, "link");
	out_string("event", " link ", event);
	out_int("ports", ": ", ports);
	out_text(" ports follow\n");
	out_close();
	fflush(stdout);
}

int monitor_link_follow(struct words *w)
{
	const char *word, *value, *uplinks[UPLINKS_MAX];
	struct xsw_link_follow f = { .uplinks = uplinks, .stop = &signals_stop, .report = report };
	int err;

	while ((word = words_next(w))) {
		value = words_next(w);
		if (!value)
			return usage("monitor", NULL, "%s: value missing", word);
		if (!strcmp(word, "switch"))
			f.switch_name = value;
		else if (!strcmp(word, "uplink") && f.uplinks_count < UPLINKS_MAX)
			uplinks[f.uplinks_count++] = value;
		else
			return usage("monitor", NULL,
				     "unknown word '%s' with --link-follow, see 'xsw monitor help'",
				     word);
	}
	err = switch_check(f.switch_name);
	signals_catch();
	if (!err)
		err = xsw_link_follow(&f);
	return done(err, 0);
}
