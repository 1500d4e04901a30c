// SPDX-License-Identifier: GPL-2.0
#include "ctrl/switch/check_mtu.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "ctrl/base/shell_word.h"
#include "ctrl/kernel/netns.h"
#include "ctrl/port/fit.h"

#define HEADER_AND_TAG 18 /* what a device takes beyond its MTU */

/* What a port's frames go through behind it: the device on which it stands, or a veth's other end */
struct beyond {
	struct link_info link;	   /* ifname "": there is none */
	char in[NETNS_PREFIX_LEN]; /* before commands about it */
	__u32 overhead;		   /* its MTU has to be larger by so much */
};

static void beyond_find(const struct link_info *dev, struct beyond *b)
{
	int overhead = fit_overhead(dev);

	if (overhead >= 0 && !link_brief(NULL, dev->lower, &b->link)) {
		b->overhead = overhead;
	} else if (!link_peer_brief(dev, &b->link)) {
		link_peer_prefix(dev, b->in);
	} else {
		memset(&b->link, 0, sizeof(b->link));
	}
}

/* The largest MTU that @dev can be given, all things considered */
static __u32 mtu_most(const struct link_info *dev, const struct beyond *b)
{
	__u32 most = dev->max_mtu ?: UINT_MAX;

	if (b->link.ifname[0] && b->link.max_mtu && b->link.max_mtu - b->overhead < most)
		most = b->link.max_mtu - b->overhead;
	return most;
}

/* The lower device first: it bounds the other. */
static void mtu_commands(const struct link_info *dev, const struct beyond *b, __u32 mtu, char *text,
			 size_t size)
{
	int n = 0;

	text[0] = '\0';
	if (b->link.ifname[0] && b->link.mtu < mtu + b->overhead)
		n = snprintf(text, size, "%sip link set %s mtu %u", b->in,
			     shell_word(b->link.ifname, XSW_NAME_LEN), mtu + b->overhead);
	if (dev->mtu < mtu)
		snprintf(text + n, size - n, "%sip link set %s mtu %u", n ? "; " : "", dev->ifname,
			 mtu);
}

/* The MTU of the path through the device */
static __u32 mtu_now(const struct link_info *dev, const struct beyond *b)
{
	if (b->link.ifname[0] && b->link.mtu - b->overhead < dev->mtu)
		return b->link.mtu - b->overhead;
	return dev->mtu;
}

void check_mtu(struct check_rows *rows, const struct link_info *dev, const struct check_need *need)
{
	__u32 most, now;
	char commands[512];
	struct beyond b;

	memset(&b, 0, sizeof(b));
	if (need->mtu)
		beyond_find(dev, &b);
	now = mtu_now(dev, &b);
	if (now >= need->mtu) {
		check_say(rows, "mtu", true, XSW_CHECK_OK,
			  "mtu %u: frames up to %u bytes, tags and all", now, now + HEADER_AND_TAG);
		return;
	}
	check_say(
		rows, "mtu", false, XSW_CHECK_WARN,
		"mtu %u: frames of %u bytes are lost, as tunnel port %s makes them of those with a tag",
		now, need->mtu + HEADER_AND_TAG, need->tunnel);
	most = mtu_most(dev, &b);
	mtu_commands(dev, &b, most < need->mtu ? now : need->mtu, commands, sizeof(commands));
	if (most < need->mtu)
		check_remedy(rows, "ip link set %s mtu %u # and behind it: %s takes %u at the most",
			     need->tunnel, now - (need->mtu - need->tunnel_mtu), dev->ifname, most);
	else
		check_remedy(rows, "%s", commands);
}
