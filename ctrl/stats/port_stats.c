// SPDX-License-Identifier: GPL-2.0
/* Counters of a port: per-CPU values summed, less what was there at the last
 * reset. Only a new port's counters are written: the programs do not expect
 * another writer.
 */
#include "ctrl/stats/port_stats.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <string.h>

#include "ctrl/base/error.h"
#include "ctrl/stats/sum.h"

#define WORDS (sizeof(struct xsw_stats) / sizeof(__u64))

static int stats_fail(const struct xsw_switch_handle *sw, int err)
{
	return xsw_fail(err, "stats", sw->name, "%s", strerror(err < 0 ? -err : err));
}

int xsw_stats_read(const struct xsw_switch_handle *sw, __u32 port, struct xsw_stats *sum)
{
	__u64 base[WORDS], *to = (__u64 *)sum;
	int err = stats_sum(sw->map.stats, port, sizeof(*sum), sum);

	if (!err && bpf_map_lookup_elem(sw->map.stats_base, &port, base))
		err = -errno;
	if (err)
		return stats_fail(sw, err);
	for (size_t i = 0; i < WORDS; i++)
		to[i] -= base[i];
	return 0;
}

int xsw_stats_total(const struct xsw_switch_handle *sw, __u32 port, struct xsw_stats *sum)
{
	int err = stats_sum(sw->map.stats, port, sizeof(*sum), sum);

	return err ? stats_fail(sw, err) : 0;
}

int xsw_stats_reset(const struct xsw_switch_handle *sw, __u32 port)
{
	struct xsw_stats sum;
	int err = stats_sum(sw->map.stats, port, sizeof(sum), &sum);

	if (!err && bpf_map_update_elem(sw->map.stats_base, &port, &sum, BPF_ANY))
		err = -errno;
	if (!err)
		err = vlan_stats_reset(sw, port);
	return err ? stats_fail(sw, err) : 0;
}

int stats_clear(const struct xsw_switch_handle *sw, __u32 port)
{
	static const struct xsw_stats zero;
	int err = stats_zero(sw->map.stats, port, sizeof(zero));

	if (!err && bpf_map_update_elem(sw->map.stats_base, &port, &zero, BPF_ANY))
		err = -errno;
	return err ? err : vlan_stats_clear(sw, port);
}

__u64 xsw_stats_rx_packets(const struct xsw_stats *s)
{
	__u64 sum = 0;

	for (int i = 0; i < XSW_PATH_COUNT; i++)
		sum += s->rx_path[i];
	return sum;
}

static __u64 drops_sum(const __u64 *drops)
{
	__u64 sum = 0;

	for (int i = 0; i < XSW_DROP_MAX; i++)
		sum += drops[i];
	return sum;
}

__u64 xsw_stats_rx_dropped(const struct xsw_stats *s)
{
	return drops_sum(s->rx_drops);
}

static __u64 less(__u64 a, __u64 b)
{
	return a > b ? a - b : 0;
}

__u64 xsw_stats_tx_packets(const struct xsw_stats *s)
{
	return less(s->tx_packets, s->tx_lost_packets);
}

__u64 xsw_stats_tx_bytes(const struct xsw_stats *s)
{
	return less(s->tx_bytes, s->tx_lost_bytes);
}

__u64 xsw_stats_tx_dropped(const struct xsw_stats *s)
{
	return drops_sum(s->tx_drops);
}

#define AT(member) offsetof(struct xsw_stats, member)

const struct xsw_counter xsw_counters[] = {
	{ "rx_packets", .sum = xsw_stats_rx_packets },
	{ "rx_bytes", .at = AT(rx_bytes) },
	{ "tx_packets", .sum = xsw_stats_tx_packets },
	{ "tx_bytes", .sum = xsw_stats_tx_bytes },
	{ "rx_unicast", .at = AT(rx_unicast), .is_verdict = true },
	{ "rx_flooded", .at = AT(rx_flooded), .is_verdict = true },
	{ "rx_punted", .at = AT(rx_punted), .is_verdict = true },
	{ "rx_host", .at = AT(rx_host), .is_verdict = true },
	{ "rx_dropped", .sum = xsw_stats_rx_dropped },
	{ "tx_dropped", .sum = xsw_stats_tx_dropped },
	{ "fdb_moves", .at = AT(fdb_moves) },
	{ .word = NULL },
};

#define VLAN_AT(member) offsetof(struct xsw_vlan_stats, member)

const struct xsw_counter xsw_vlan_counters[] = {
	{ "rx_packets", .at = VLAN_AT(rx_packets) },
	{ "rx_bytes", .at = VLAN_AT(rx_bytes) },
	{ "tx_packets", .at = VLAN_AT(tx_packets) },
	{ "tx_bytes", .at = VLAN_AT(tx_bytes) },
	{ .word = NULL },
};

__u64 xsw_counter_get(const struct xsw_counter *counter, const void *values)
{
	if (counter->sum)
		return counter->sum(values);
	return *(const __u64 *)((const char *)values + counter->at);
}

static __u64 dropped(const struct xsw_stats *s)
{
	return xsw_stats_rx_dropped(s) + xsw_stats_tx_dropped(s);
}

const struct xsw_stats_rate xsw_stats_rates[XSW_RATES] = {
	[XSW_RATE_RX_PPS] = { "rx_pps", { .sum = xsw_stats_rx_packets }, 1 },
	[XSW_RATE_RX_BPS] = { "rx_bps", { .at = AT(rx_bytes) }, 8 },
	[XSW_RATE_AFXDP_PPS] = { "afxdp_pps", { .at = AT(rx_path[XSW_PATH_AFXDP]) }, 1 },
	[XSW_RATE_TX_PPS] = { "tx_pps", { .sum = xsw_stats_tx_packets }, 1 },
	[XSW_RATE_TX_BPS] = { "tx_bps", { .sum = xsw_stats_tx_bytes }, 8 },
	[XSW_RATE_DROPS_PS] = { "drops_ps", { .sum = dropped }, 1 },
};

double xsw_stats_rate(enum xsw_stats_rates which, const struct xsw_stats *then,
		      const struct xsw_stats *now, double s)
{
	const struct xsw_stats_rate *rate = &xsw_stats_rates[which];
	__u64 from = xsw_counter_get(&rate->of, then), to = xsw_counter_get(&rate->of, now);

	return to > from ? rate->factor * (to - from) / s : 0;
}

#define TEXT(name, text) text,

const char *xsw_path_text(unsigned int path)
{
	static const char *const texts[] = { XSW_PATHS(TEXT) };

	return path < XSW_PATH_COUNT ? texts[path] : "?";
}

const char *xsw_drop_text(unsigned int reason)
{
	static const char *const texts[] = { XSW_DROP_REASONS(TEXT) };

	return reason < XSW_DROP_COUNT ? texts[reason] : NULL;
}
