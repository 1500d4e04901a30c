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
		value = NULL;
		if (!strcmp(word, "switch"))
			err = word_name("monitor", NULL, word, w, &f.switch_name);
		else if (!strcmp(word, "uplink") && f.uplinks_count < UPLINKS_MAX)
			err = word_name("monitor", NULL, word, w, &value);
		else
			err = usage("monitor", NULL,
				    "unknown word '%s' with --link-follow, see 'xsw monitor help'",
				    word);
		if (err)
			return err;
		if (value)
			uplinks[f.uplinks_count++] = value;
	}
	err = switch_check(f.switch_name);
	signals_catch();
	if (!err)
		err = xsw_link_follow(&f);
	return done(err, 0);
}
