// SPDX-License-Identifier: GPL-2.0
/* Metrics: first everything is read, switch by switch, then written, metric by
 * metric, as the format wants it.
 */
#include "ctrl/stats/metrics.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ctrl/base/error.h"
#include "ctrl/bpffs/known_maps.h"
#include "ctrl/bpffs/pin.h"
#include "ctrl/bpffs/port_table.h"
#include "ctrl/bpffs/socket_owner.h"
#include "ctrl/bpffs/table_use.h"
#include "ctrl/bpffs/view.h"
#include "ctrl/kernel/netns.h"
#include "ctrl/stats/port_stats.h"
#include "ctrl/stats/sum.h"
#include "maps/able.h"
#include "maps/mac_limit.h"

/* switch="...",port="...",netns="..." with room for escaped characters */
#define LABELS_LEN (96 + 2 * XSW_NETNS_LEN)
#define LINE_LEN (LABELS_LEN + 160) /* with the longest name, key, reason and number */

/* What ports have besides counters. */
struct figures {
	__u64 learned, mac_limit, shut;
	__u64 forwarding; /* as the programs saw it last, which is not long ago: bpf/hook_age.c */
};

/* What was read of one switch. */
struct sample {
	struct xsw_switch conf;
	char netns[2 * XSW_NETNS_LEN]; /* what it is called, escaped */
	__u64 ports, learned, fdb_max;
	__u32 n;			 /* port numbers below this */
	struct xsw_port_record *records; /* by port number; XSW_RECORD_FREE: left out */
	struct xsw_stats *stats;
	struct figures *figures;
	char (*labels)[LABELS_LEN];
	struct xsw_vlan_row *vlans;
	int n_vlans;
};

struct samples {
	struct sample *sample;
	int n;
	bool broken; /* a switch that could not be read is not among them; the error is set */
};

/* ---- reading ---- */

/* Open what is needed, for reading. */
static int handle_open(struct xsw_switch_handle *sw, const char *name)
{
	const struct {
		const char *pin;
		int *fd;
	} maps[] = {
		{ "xsw_switch", &sw->map.sw },	 { "xsw_meta", &sw->map.record },
		{ "xsw_stats", &sw->map.stats }, { "xsw_fdb_count", &sw->map.fdb_count },
		{ "xsw_state", &sw->map.state },
	};

	switch_handle_init(name, name, sw);
	for (size_t i = 0; i < sizeof(maps) / sizeof(*maps); i++) {
		*maps[i].fd = map_get_read(sw->dir, maps[i].pin);
		if (*maps[i].fd < 0)
			return switch_pin_broken(sw, maps[i].pin, *maps[i].fd);
	}
	return 0;
}

/* Device names may hold any byte but '/' and white space; the format wants UTF-8. */
static void label_escape(char *to, const char *from)
{
	for (; *from; from++) {
		if (*from == '"' || *from == '\\')
			*to++ = '\\';
		*to++ = *from > ' ' && *from < 0x7f ? *from : '?';
	}
	*to = '\0';
}

/* Has a port with a lower number the same name (the device was renamed since)? */
static bool name_taken(const struct sample *s, __u32 port)
{
	for (__u32 i = 1; i < port; i++)
		if (s->records[i].state == XSW_RECORD_ACTIVE &&
		    !strncmp(s->records[i].ifname, s->records[port].ifname, XSW_NAME_LEN))
			return true;
	return false;
}

/* The next port of the sample behind @port, 0: no more */
static __u32 port_next(const struct sample *s, __u32 port)
{
	while (++port < s->n)
		if (s->records[port].state == XSW_RECORD_ACTIVE)
			return port;
	return 0;
}

static void labels_make(struct sample *s)
{
	char name[2 * XSW_NAME_LEN], number[16];

	for (__u32 port = 0; (port = port_next(s, port)); s->ports++) {
		label_escape(name, s->records[port].ifname);
		snprintf(number, sizeof(number), "#%u", port);
		snprintf(s->labels[port], LABELS_LEN, "switch=\"%s\",port=\"%s%s\",netns=\"%s\"",
			 s->conf.name, name, name_taken(s, port) ? number : "", s->netns);
	}
}

/* What map @name, an array by port number, holds of each port. */
static int of_ports_read(const struct xsw_switch_handle *sw, const struct sample *s,
			 const char *name, void *values, size_t size)
{
	int fd = table_use_get_read(sw->dir, name), err = 0;

	if (fd < 0)
		return fd == -ENOENT ? 0 : fd;
	for (__u32 port = 0; !err && (port = port_next(s, port));)
		if (bpf_map_lookup_elem(fd, &port, (char *)values + port * size))
			err = -errno;
	close(fd);
	return err;
}

/* A switch that an older version made has zeros. */
static int figures_read(const struct xsw_switch_handle *sw, struct sample *s)
{
	struct xsw_guard *guards = calloc(s->n, sizeof(*guards));
	struct xsw_able *ables = calloc(s->n, sizeof(*ables));
	int err = guards && ables ? 0 : -ENOMEM;

	if (!err)
		err = of_ports_read(sw, s, "xsw_guard", guards, sizeof(*guards));
	if (!err)
		err = of_ports_read(sw, s, "xsw_able", ables, sizeof(*ables));
	for (__u32 port = 0; !err && (port = port_next(s, port));) {
		s->figures[port] = (struct figures){
			.learned = guards[port].learned > 0 ? guards[port].learned : 0,
			.mac_limit = guards[port].mac_limit,
			.shut = !!guards[port].shut_ns,
			.forwarding = !(ables[port].flags & XSW_ABLE_NOT),
		};
		xsk_path(sw, port, &s->records[port]);
	}
	free(guards);
	free(ables);
	return err;
}

static int sample_read(const struct xsw_switch_handle *sw, struct sample *s)
{
	struct xsw_fdb_count count;
	char netns[XSW_NETNS_LEN];
	__u32 zero = 0;
	int n;

	if (switch_read(sw, &s->conf) || bpf_map_lookup_elem(sw->map.fdb_count, &zero, &count))
		return -errno;
	netns_text(s->conf.netns_ino, s->conf.netns_cookie, netns);
	label_escape(s->netns, netns);
	s->learned = count.learned > 0 ? count.learned : 0;
	s->fdb_max = s->conf.fdb_max;
	n = record_read_all(sw, &s->records);
	if (n < 0)
		return n;
	s->n = n;
	s->stats = calloc(n, sizeof(*s->stats));
	s->figures = calloc(n, sizeof(*s->figures));
	s->labels = calloc(n, sizeof(*s->labels));
	if (!s->stats || !s->figures || !s->labels)
		return -ENOMEM;
	n = stats_sums(sw->map.stats, s->n, sizeof(*s->stats), s->stats);
	if (!n)
		n = figures_read(sw, s);
	if (n < 0)
		return n;
	s->n_vlans = xsw_vlan_stats_list(sw, 0, true, &s->vlans);
	return s->n_vlans < 0 ? s->n_vlans : 0;
}

static void sample_free(struct sample *s)
{
	free(s->records);
	free(s->stats);
	free(s->figures);
	free(s->labels);
	free(s->vlans);
}

/* Leave out all ports but @ifname. Return: is it here? */
static bool sample_keep(struct sample *s, const char *ifname)
{
	bool found = false;

	for (__u32 port = 1; port < s->n; port++) {
		if (strncmp(s->records[port].ifname, ifname, XSW_NAME_LEN))
			s->records[port].state = XSW_RECORD_FREE;
		else
			found |= s->records[port].state == XSW_RECORD_ACTIVE;
	}
	return found;
}

/* Read switch @name as the next sample. */
static int samples_add(struct samples *all, const char *name, const char *ifname)
{
	struct sample *s = &all->sample[all->n];
	struct xsw_switch_handle sw;
	int err;

	err = handle_open(&sw, name);
	if (!err) {
		err = sample_read(&sw, s);
		if (err == -EISDIR || err == -EUCLEAN)
			err = xsw_fail(EUCLEAN, "switch", name,
				       "a pin of its is not what xsw pinned there");
	}
	xsw_switch_close(&sw);
	if (!err && ifname && !sample_keep(s, ifname))
		err = -ENOENT;
	if (err) {
		sample_free(s);
		memset(s, 0, sizeof(*s));
		return err;
	}
	labels_make(s);
	all->n++;
	return 0;
}

static void samples_free(struct samples *all)
{
	for (int i = 0; i < all->n; i++)
		sample_free(&all->sample[i]);
	free(all->sample);
}

static int samples_read(struct samples *all, const char *switch_name, const char *ifname)
{
	char(*names)[XSW_NAME_LEN] = NULL;
	int err = switch_name ? view_check_name(switch_name) : 0, n;

	if (err)
		return err;
	n = xsw_switch_list(&names);
	if (n < 0)
		return n;
	all->sample = calloc(n + 1, sizeof(*all->sample));
	if (!all->sample)
		err = xsw_fail(ENOMEM, NULL, NULL, "out of memory");
	for (int i = 0; i < n && !err; i++) {
		if (switch_name && strcmp(switch_name, names[i]))
			continue;
		err = samples_add(all, names[i], ifname);
		if (err == -EUCLEAN && !switch_name) {
			all->broken = true; /* the others are as good as before */
			err = 0;
		} else if (err == -ENOENT) { /* removed since, or of another layout */
			err = 0;
		} else if (err && err != -EUCLEAN) {
			pin_fail(err, xsw_bpffs_root());
		}
	}
	free(names);
	if (!err && !all->n && !all->broken && (ifname || switch_name))
		err = ifname ? xsw_fail(ENOENT, "port", ifname, "no such port") :
			       xsw_fail(ENOENT, "switch", switch_name, "no such switch");
	return err;
}

/* ---- writing ---- */

struct family {
	const char *name; /* without _total, _info */
	enum { GAUGE, COUNTER, INFO } type;
	const char *help;
	void (*write)(FILE *out, const struct family *f, const struct sample *s);
	size_t offset; /* of the figure, for those that write() tells it */
};

static const char *const suffix[] = { "", "_total", "_info" };

/* printf() takes thrice as long, and there may be 20000 lines. */
static char *add_number(char *to, __u64 n)
{
	char digits[20];
	int i = 0;

	do {
		digits[i++] = '0' + n % 10;
		n /= 10;
	} while (n);
	while (i)
		*to++ = digits[--i];
	return to;
}

/* name{labels,key="value"} n; @key may be NULL */
static void put_line(FILE *out, const struct family *f, const char *labels, const char *key,
		     const char *value, __u64 n)
{
	char line[LINE_LEN], *end = line;

	end = stpcpy(stpcpy(stpcpy(end, f->name), suffix[f->type]), "{");
	end = stpcpy(end, labels);
	if (key) {
		end = stpcpy(stpcpy(stpcpy(end, ","), key), "=\"");
		end = stpcpy(stpcpy(end, value), "\"");
	}
	end = add_number(stpcpy(end, "} "), n);
	*end++ = '\n';
	fwrite_unlocked(line, 1, end - line, out);
}

static void write_switch_info(FILE *out, const struct family *f, const struct sample *s)
{
	char labels[LABELS_LEN];

	snprintf(labels, sizeof(labels), "switch=\"%s\",netns=\"%s\",version=\"%s\",layout=\"%u\"",
		 s->conf.name, s->netns, s->conf.version, s->conf.layout);
	put_line(out, f, labels, NULL, NULL, 1);
}

static __u64 figure(const struct family *f, const void *base)
{
	return *(const __u64 *)((const char *)base + f->offset);
}

static void write_switch(FILE *out, const struct family *f, const struct sample *s)
{
	char labels[LABELS_LEN];

	snprintf(labels, LABELS_LEN, "switch=\"%s\",netns=\"%s\"", s->conf.name, s->netns);
	put_line(out, f, labels, NULL, NULL, figure(f, s));
}

static void write_port_info(FILE *out, const struct family *f, const struct sample *s)
{
	for (__u32 p = 0; (p = port_next(s, p));)
		put_line(out, f, s->labels[p], "path", xsw_path_text(s->records[p].use_path), 1);
}

static void write_figure(FILE *out, const struct family *f, const struct sample *s)
{
	for (__u32 p = 0; (p = port_next(s, p));)
		put_line(out, f, s->labels[p], NULL, NULL, figure(f, &s->figures[p]));
}

static void write_figure_if_any(FILE *out, const struct family *f, const struct sample *s)
{
	for (__u32 p = 0; (p = port_next(s, p));)
		if (figure(f, &s->figures[p]))
			put_line(out, f, s->labels[p], NULL, NULL, figure(f, &s->figures[p]));
}

static void write_rx_path(FILE *out, const struct family *f, const struct sample *s)
{
	for (__u32 p = 0; (p = port_next(s, p));)
		for (int i = 0; i < XSW_PATH_COUNT; i++)
			put_line(out, f, s->labels[p], "path", xsw_path_text(i),
				 s->stats[p].rx_path[i]);
}

static void write_verdicts(FILE *out, const struct family *f, const struct sample *s)
{
	for (__u32 p = 0; (p = port_next(s, p));)
		for (const struct xsw_counter *c = xsw_counters; c->word; c++)
			if (c->is_verdict)
				put_line(out, f, s->labels[p], "verdict", c->word + strlen("rx_"),
					 xsw_counter_get(c, &s->stats[p]));
}

static void write_port(FILE *out, const struct family *f, const struct sample *s)
{
	for (__u32 p = 0; (p = port_next(s, p));)
		put_line(out, f, s->labels[p], NULL, NULL, figure(f, &s->stats[p]));
}

static void write_drops(FILE *out, const struct family *f, const struct sample *s)
{
	for (__u32 p = 0; (p = port_next(s, p));) {
		const __u64 *drops = (const __u64 *)((const char *)&s->stats[p] + f->offset);

		for (int i = 0; i < XSW_DROP_COUNT; i++)
			put_line(out, f, s->labels[p], "reason", xsw_drop_text(i), drops[i]);
	}
}

static void write_vlans(FILE *out, const struct family *f, const struct sample *s)
{
	for (int i = 0; i < s->n_vlans; i++) {
		const struct xsw_vlan_row *row = &s->vlans[i];
		char vlan[8];

		if (row->port >= s->n || s->records[row->port].state != XSW_RECORD_ACTIVE)
			continue;
		snprintf(vlan, sizeof(vlan), "%u", row->vlan);
		put_line(out, f, s->labels[row->port], "vlan",
			 row->vlan == XSW_VLAN_OTHER ? "other" : vlan, figure(f, &row->s));
	}
}

#define SWITCH(member) write_switch, offsetof(struct sample, member)
#define FIGURE(member) write_figure, offsetof(struct figures, member)
#define PORT(member) write_port, offsetof(struct xsw_stats, member)
#define VLAN(member) write_vlans, offsetof(struct xsw_vlan_stats, member)

static const struct family families[] = {
	{ "xsw_switch", INFO, "A switch and the version of its programs.", write_switch_info, 0 },
	{ "xsw_switch_ports", GAUGE, "Ports of the switch.", SWITCH(ports) },
	{ "xsw_fdb_learned", GAUGE, "Learned addresses in the forwarding database.",
	  SWITCH(learned) },
	{ "xsw_fdb_max", GAUGE, "Learned addresses at the most.", SWITCH(fdb_max) },
	{ "xsw_port", INFO, "A port and the path that its frames take.", write_port_info, 0 },
	{ "xsw_port_fdb_learned", GAUGE, "Learned addresses behind the port.", FIGURE(learned) },
	{ "xsw_port_fdb_moves", COUNTER, "Addresses that moved to the port from another.",
	  PORT(fdb_moves) },
	{ "xsw_port_mac_limit", GAUGE,
	  "Learned addresses at the most; absent where there is no limit.", write_figure_if_any,
	  offsetof(struct figures, mac_limit) },
	{ "xsw_port_forwarding", GAUGE, "0: the port cannot forward.", FIGURE(forwarding) },
	{ "xsw_port_shut", GAUGE, "1: mac_limit_action has shut the port down.", FIGURE(shut) },
	{ "xsw_port_receive_packets", COUNTER,
	  "Frames that entered, by the path that handled them.", write_rx_path, 0 },
	{ "xsw_port_receive_bytes", COUNTER, "Bytes that entered.", PORT(rx_bytes) },
	{ "xsw_port_forwarded_packets", COUNTER,
	  "Frames that entered and were not dropped, by what became of them.", write_verdicts, 0 },
	{ "xsw_port_receive_dropped_packets", COUNTER, "Frames dropped where they entered.",
	  write_drops, offsetof(struct xsw_stats, rx_drops) },
	{ "xsw_port_transmit_packets", COUNTER, "Frames handed to the device.", PORT(tx_packets) },
	{ "xsw_port_transmit_bytes", COUNTER, "Bytes handed to the device.", PORT(tx_bytes) },
	{ "xsw_port_transmit_lost_packets", COUNTER,
	  "Frames handed to the device that the kernel then lost.", PORT(tx_lost_packets) },
	{ "xsw_port_transmit_dropped_packets", COUNTER,
	  "Frames that should have left here and did not, those lost by the kernel included.",
	  write_drops, offsetof(struct xsw_stats, tx_drops) },
	{ "xsw_vlan_receive_packets", COUNTER,
	  "Frames of the VLAN that entered and were forwarded.", VLAN(rx_packets) },
	{ "xsw_vlan_receive_bytes", COUNTER, "Bytes of the VLAN that entered and were forwarded.",
	  VLAN(rx_bytes) },
	{ "xsw_vlan_transmit_packets", COUNTER, "Frames of the VLAN handed to the device.",
	  VLAN(tx_packets) },
	{ "xsw_vlan_transmit_bytes", COUNTER, "Bytes of the VLAN handed to the device.",
	  VLAN(tx_bytes) },
};

/* The older format knows no info, and wants the name as it stands below. */
static void write_head(FILE *out, const struct family *f, enum xsw_metrics_format format)
{
	static const char *const types[] = { "gauge", "counter", "info" };
	bool old = format == XSW_METRICS_PROMETHEUS;
	const char *end = old ? suffix[f->type] : "";
	size_t len = strlen(f->name);

	fprintf(out, "# HELP %s%s %s\n# TYPE %s%s %s\n", f->name, end, f->help, f->name, end,
		old && f->type == INFO ? "gauge" : types[f->type]);
	if (!old && len > 6 && !strcmp(f->name + len - 6, "_bytes"))
		fprintf(out, "# UNIT %s bytes\n", f->name);
}

int xsw_metrics(FILE *out, enum xsw_metrics_format format, const char *switch_name,
		const char *ifname)
{
	struct samples all = {};
	int err = samples_read(&all, switch_name, ifname);

	for (size_t i = 0; !err && i < sizeof(families) / sizeof(*families); i++) {
		write_head(out, &families[i], format);
		for (int n = 0; n < all.n; n++)
			families[i].write(out, &families[i], &all.sample[n]);
	}
	if (!err && format == XSW_METRICS_OPENMETRICS)
		fputs("# EOF\n", out);
	if (!err && ferror(out))
		err = xsw_fail(EIO, "output", NULL, "cannot write");
	if (!err && all.broken)
		err = -EUCLEAN;
	samples_free(&all);
	return err;
}
