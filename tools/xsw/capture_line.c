// SPDX-License-Identifier: GPL-2.0
/* A captured frame as a line, and what is told of it besides its bytes. */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "ctrl/base/clock.h"
#include "ctrl/base/mac.h"
#include "ctrl/stats/port_stats.h"
#include "maps/stats.h"
#include "tools/xsw/capture.h"

#define HEADER 14
#define TAG 4

const char *capture_dir(const struct xsw_capture_meta *m)
{
	return 1U << m->kind & XSW_CAPTURE_DROPS   ? "drop" :
	       1U << m->kind & XSW_CAPTURE_INBOUND ? "in" :
						     "out";
}

static const char *path_word(const struct xsw_capture_meta *m)
{
	static const char *const words[] = {
#define WORD(name, text) text,
		XSW_PATHS(WORD)
#undef WORD
	};

	return m->path < XSW_PATH_COUNT ? words[m->path] : "?";
}

static const char *reason_word(const struct xsw_capture_meta *m)
{
	const char *reason = xsw_drop_text(m->reason);

	return reason ? reason : "?";
}

static bool is_drop(const struct xsw_capture_meta *m)
{
	return 1U << m->kind & XSW_CAPTURE_DROPS;
}

/* Where a frame that came in leaves the switch, NULL: it does not. */
static const char *takes_word(const struct xsw_capture_meta *m)
{
	return m->kind == XSW_CAPTURE_PUNTED ? "punted" :
	       m->kind == XSW_CAPTURE_HOST   ? "host" :
					       NULL;
}

void capture_comment(const struct xsw_capture_meta *m, char *text, size_t size)
{
	char frames[32] = "", gso[32] = "";

	if (m->frames > 1)
		snprintf(frames, sizeof(frames), ", %u frames", m->frames);
	if (m->gso_size)
		snprintf(gso, sizeof(gso), ", gso %u", m->gso_size);
	if (is_drop(m))
		snprintf(text, size, "drop %s%s, path %s%s", reason_word(m), frames, path_word(m),
			 gso);
	else
		snprintf(text, size, "%s%spath %s%s", takes_word(m) ? takes_word(m) : "",
			 takes_word(m) ? ", " : "", path_word(m), gso);
}

static void time_tell(__u64 ns)
{
	time_t s = ns / NS_PER_S;
	char text[64];
	struct tm tm;

	localtime_r(&s, &tm);
	strftime(text, sizeof(text), "%FT%T", &tm);
	snprintf(text + strlen(text), sizeof(text) - strlen(text), ".%06llu", ns % NS_PER_S / 1000);
	strftime(text + strlen(text), sizeof(text) - strlen(text), "%z", &tm);
	out_string("time", "", text);
}

/* Addresses, and what the frame says it is behind its tags. */
static void header_tell(const struct capture_frame *f)
{
	__u32 at = HEADER - 2;
	char type[8];

	if (f->caught < HEADER)
		return;
	out_string("src", " ", mac_text(f->data + 6));
	out_string("dst", " > ", mac_text(f->data));
	while (at + TAG + 2 <= f->caught && ((f->data[at] == 0x81 && !f->data[at + 1]) ||
					     (f->data[at] == 0x88 && f->data[at + 1] == 0xa8)))
		at += TAG;
	snprintf(type, sizeof(type), "0x%02x%02x", f->data[at], f->data[at + 1]);
	out_string("ethertype", " ethertype ", type);
}

static void bytes_tell(const struct capture_frame *f)
{
	static char hex[2 * (XSW_CAPTURE_CAUGHT_MAX + TAG) + 1];
	static const char digit[] = "0123456789abcdef";

	for (__u32 i = 0; i < f->caught; i++) {
		hex[2 * i] = digit[f->data[i] >> 4];
		hex[2 * i + 1] = digit[f->data[i] & 15];
	}
	hex[2 * f->caught] = '\0';
	out_string("frame", NULL, hex);
}

void capture_line(const struct capture_frame *f)
{
	const struct xsw_capture_meta *m = f->meta;
	bool inbound = 1U << m->kind & XSW_CAPTURE_INBOUND;

	out_object(NULL);
	time_tell(f->time_ns);
	out_switch(" ", f->switch_name, f->netns);
	out_string("ifname", " ", f->ifname);
	out_string("dir", " ", capture_dir(m));
	if (is_drop(m)) {
		out_string("direction", " ", inbound ? "rx" : "tx");
		out_string("reason", " ", reason_word(m));
	}
	if (takes_word(m))
		out_string("to", " ", takes_word(m));
	header_tell(f);
	if (m->vlan != XSW_CAPTURE_ANY)
		out_int("vlan", " vlan ", m->vlan);
	out_int("len", " len ", f->len);
	out_int("caught", NULL, f->caught);
	if (m->gso_size)
		out_int("gso_size", " gso ", m->gso_size);
	if (m->frames > 1)
		out_int("frames", " frames ", m->frames);
	out_string("path", " path ", path_word(m));
	if (m->queue != XSW_CAPTURE_ANY)
		out_int("queue", " queue ", m->queue);
	if (opt.json)
		bytes_tell(f);
	out_text("\n");
	out_close();
}
