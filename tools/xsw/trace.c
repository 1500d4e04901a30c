// SPDX-License-Identifier: GPL-2.0
/* xsw trace: what would become of a frame that came in at a port now. */
#include "tools/xsw/trace.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ctrl/base/error.h"
#include "ctrl/base/mac.h"
#include "ctrl/kernel/btf_facts.h"
#include "ctrl/punt/punt.h"
#include "ctrl/stats/port_stats.h"
#include "maps/drop.h"

static const char help_text[] =
	"Usage: xsw trace DEV [ src MAC ] [ dst MAC ] [ vlan [TPID:]VID[.PCP] ]...\n"
	"                 [ ethertype X ] [ payload HEX ] [ len N ] [ path xdp|skb ]\n"
	"       xsw trace DEV frame HEX [ path xdp|skb ]\n"
	"       xsw trace DEV pcap FILE [ nr N ] [ path xdp|skb ]\n";

static const char *const verdicts[] = {
	[TRACE_UNICAST] = "unicast", [TRACE_FLOODED] = "flooded", [TRACE_DROPPED] = "dropped",
	[TRACE_PUNTED] = "punted",   [TRACE_HOST] = "host",
};

#define DROP_TEXT(name, text) text,
static const char *const reasons[] = { XSW_DROP_REASONS(DROP_TEXT) };
#undef DROP_TEXT

/* What is traced, and what is known of the switch. */
struct tracing {
	struct xsw_switch_handle sw;
	struct xsw_port_info info;
	struct trace_port ports[XSW_MAX_PORTS];
	struct trace t;
	__u8 frame[TRACE_LEN_MAX];
	__u32 len;
};

void trace_ports(const struct xsw_switch_handle *sw, struct trace_port *ports)
{
	struct xsw_port_info info;

	for (__u32 p = xsw_port_next(sw, 0); p; p = xsw_port_next(sw, p)) {
		struct trace_port *port = &ports[p];

		if (xsw_port_info(sw, p, &info))
			continue; /* gone since */
		memcpy(port->ifname, info.ifname, sizeof(port->ifname));
		port->ifindex = info.record.ifindex;
		port->mtu = info.mtu;
		port->unable = info.unable;
	}
}

/* Where the frame enters. Return: 0 or -errno, the error set. */
static int port_look_up(const struct asked *a, struct tracing *tr)
{
	int port = xsw_port_find(a->ifname, &tr->sw), err;

	if (port < 0)
		return port;
	err = xsw_port_info(&tr->sw, port, &tr->info);
	if (!err && tr->sw.layout < XSW_LAYOUT) {
		err = xsw_fail(EOPNOTSUPP, "switch", tr->sw.name,
			       "runs an earlier version, whose tables this one cannot trace in");
		xsw_remedy("xsw switch upgrade %s", tr->sw.name);
	}
	if (!err && tr->info.state == XSW_PORT_STATE_ABSENT)
		err = xsw_fail(ENODEV, "port", a->ifname, "is absent: no frame can come in there");
	if (err)
		xsw_switch_close(&tr->sw);
	return err ? err : port;
}

/* ---- what came of it */

static void hex_show(const char *key, const __u8 *data, __u32 len)
{
	char *text = malloc(2 * (size_t)len + 1);

	if (!text)
		return;
	text[0] = '\0';
	for (__u32 i = 0; i < len; i++)
		sprintf(text + 2 * i, "%02x", data[i]);
	out_string(key, NULL, text);
	free(text);
}

static void learns_show(const struct tracing *tr)
{
	const struct trace *t = &tr->t;

	if (!t->learns) {
		out_null("learns");
		return;
	}
	out_object("learns");
	out_string("mac", NULL, mac_text(t->learned.mac));
	out_int("vlan", NULL, t->learned.vlan);
	out_string("ifname", NULL, tr->info.ifname);
	out_close();
}

static void steps_show(const struct trace *t)
{
	out_list("steps");
	for (__u32 i = 0; i < t->n_steps; i++) {
		out_object(NULL);
		out_text("    %-8s ", t->steps[i].step);
		out_string("step", NULL, t->steps[i].step);
		out_string("text", "", t->steps[i].text);
		out_text("\n");
		out_close();
	}
	out_close();
}

static void outs_show(const struct tracing *tr)
{
	const struct trace *t = &tr->t;

	out_list("out");
	for (__u32 i = 0; i < t->n_outs; i++) {
		out_object(NULL);
		out_string("ifname", i ? ", " : " to ", tr->ports[t->outs[i].port].ifname);
		out_string("path", NULL, xsw_path_text(t->finishes));
		hex_show("frame", t->outs[i].data, t->outs[i].len);
		out_close();
	}
	out_close();
}

static void answer_show(const struct tracing *tr)
{
	const struct trace *t = &tr->t;

	out_object(NULL);
	out_port(&tr->info);
	out_string("path", " path ", xsw_path_text(t->finishes));
	out_text("\n");
	hex_show("frame", tr->frame, tr->len);
	if (t->vlan >= 0)
		out_int("vlan", NULL, t->vlan);
	else
		out_null("vlan");
	steps_show(t);
	out_string("verdict", "    verdict: ", verdicts[t->verdict]);
	if (t->reason >= 0)
		out_string("reason", ", ", reasons[t->reason]);
	else
		out_null("reason");
	learns_show(tr);
	outs_show(tr);
	out_text("\n");
	out_close();
}

/* ---- */

/* Of a checksum that is full, as traces take it to be: see bpf/veth.h. */
bool trace_skb_tells(void)
{
	struct kernel_facts facts;

	kernel_facts_read(&facts);
	return facts.veth_skb;
}

/* Where its process reads, frames of a port with path afxdp go there. */
static __u32 path_of(const struct asked *a, const struct xsw_port_info *info)
{
	if (opt_given(&asked_opts, &asked_opts.row[ASKED_PATH], a))
		return a->path;
	return info->record.use_path;
}

static int tracing_run(struct tracing *tr)
{
	int err = trace_begin(&tr->sw, xsw_punt_readers(&tr->sw));

	if (!err)
		err = trace_run(&tr->t, tr->frame, tr->len);
	if (err == -EAGAIN)
		xsw_fail(EAGAIN, "port", tr->info.ifname,
			 "commands change the switch all the time");
	trace_end();
	return err;
}

static int trace(const struct asked *a, struct tracing *tr)
{
	int port, err = asked_frame(a, tr->frame, &tr->len);

	if (err)
		return err;
	port = port_look_up(a, tr);
	if (port < 0)
		return failed(port);
	trace_ports(&tr->sw, tr->ports);
	tr->t.port = port;
	tr->t.path = path_of(a, &tr->info);
	tr->t.ports = tr->ports;
	tr->t.skb_tells = trace_skb_tells;
	err = tracing_run(tr);
	out_begin();
	if (!err)
		answer_show(tr);
	trace_free(&tr->t);
	xsw_switch_close(&tr->sw);
	return out_end(err);
}

static int run(struct words *w)
{
	struct tracing *tr;
	struct asked asked;
	int err = asked_read(w, &asked);

	if (err)
		return err;
	tr = calloc(1, sizeof(*tr));
	if (!tr)
		return failed(-ENOMEM);
	err = trace(&asked, tr);
	free(tr);
	return err;
}

const struct object object_trace = { "trace", help_text, .run = run };
