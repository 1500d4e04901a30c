// SPDX-License-Identifier: GPL-2.0
/* The options of policers and storm control: which there are, and which fit together. */
#include "ctrl/limits/policer_opts.h"

#include <errno.h>
#include <stdio.h>

#include "ctrl/base/error.h"
#include "ctrl/base/rate.h"

#define RATE_MIN 8ULL
#define RATE_MAX 1000000000000ULL
#define FRAMES_MAX 1000000000
#define TIME_MAX (1ULL << 62) /* so that two of them do not overflow the sign */
#define FRAME_OVERHEAD 18     /* above the MTU: Ethernet header and a tag */

static const struct opt_word yellows[] = { { "remark", XSW_YELLOW_REMARK },
					   { "drop", XSW_YELLOW_DROP },
					   {} };
static const struct opt_word off_on[] = { { "off", 0 }, { "on", 1 }, {} };

const char *const policer_kinds[XSW_POLICE_KINDS] = { "ingress", "egress", "broadcast", "multicast",
						      "unknown" };

#define AT(member) OPT_AT(struct xsw_policer_conf, member)
#define FRAMES .type = OPT_NUMBER, .min = 1, .max = FRAMES_MAX

static const struct opt rows[] = {
	[POLICER_RATE] = { "rate", .type = OPT_RATE, AT(rate_bps) },
	[POLICER_BURST] = { "burst", .type = OPT_SIZE, AT(burst_bytes) },
	[POLICER_PPS] = { "pps", FRAMES, AT(pps) },
	[POLICER_BURST_PACKETS] = { "burst_packets", FRAMES, AT(burst_packets) },
	[POLICER_PEAK_RATE] = { "peak_rate", .type = OPT_RATE, AT(peak_bps) },
	[POLICER_PEAK_BURST] = { "peak_burst", .type = OPT_SIZE, AT(peak_burst_bytes) },
	[POLICER_EXCESS_BURST] = { "excess_burst", .type = OPT_SIZE, AT(excess_burst_bytes) },
	[POLICER_YELLOW] = { "yellow", .type = OPT_CHOICE, AT(yellow), .words = yellows },
	[POLICER_YELLOW_PCP] = { "yellow_pcp", "0|1|2|3|4|5|6|7", .type = OPT_NUMBER,
				 AT(yellow_pcp), .max = 7 },
	[POLICER_YELLOW_DEI] = { "yellow_dei", .type = OPT_ON_OFF, AT(yellow_dei), .mask = 1,
				 .words = off_on },
};

const struct opts policer_opts = { "policer", rows, POLICER_OPTS, sizeof(struct xsw_policer_conf) };
const struct opts storm_opts = { "storm", rows, STORM_OPTS, sizeof(struct xsw_policer_conf) };

const struct opts *policer_opts_of(const struct xsw_policer_id *id)
{
	return xsw_policer_is_storm(id) ? &storm_opts : &policer_opts;
}

const char *policer_of_text(const struct xsw_policer_id *id)
{
	static char text[16];

	text[0] = '\0';
	if (id->of != XSW_POLICE_WHOLE)
		snprintf(text, sizeof(text), " %s %u", id->of == XSW_POLICE_VLAN ? "vlan" : "pcp",
			 id->value);
	return text;
}

bool xsw_policer_is_storm(const struct xsw_policer_id *id)
{
	return id->kind >= XSW_STORM_BROADCAST;
}

/* A TCP sender that a policer has cut off keeps silent for 200 ms at least (TCP_RTO_MIN,
 * include/net/tcp.h), and what the rate gives meanwhile is lost to it unless the burst
 * holds it: 300 ms of the rate, and two 64 KB segments where that is less.
 */
static __u64 burst_default(__u64 bps)
{
	__u64 burst = bps / 80 * 3;

	return burst > 128 << 10 ? burst : 128 << 10;
}

static __u64 burst_packets_default(__u64 pps)
{
	return pps / 20 > 64 ? pps / 20 : 64;
}

/* Of which an error speaks */
struct whom {
	const char *object, *ifname;
};

static int refuse(const struct whom *of, const char *why)
{
	return xsw_fail(EINVAL, of->object, of->ifname, "%s", why);
}

static int rate_check(const struct whom *of, const char *word, __u64 bps)
{
	if (bps >= RATE_MIN && bps <= RATE_MAX)
		return 0;
	return xsw_fail(EINVAL, of->object, of->ifname, "%s: must be 8bit to 1tbit", word);
}

/* Words that need others */
static int conf_check(const struct whom *of, const struct xsw_policer_conf *c)
{
	bool peak = POLICER_GIVEN(c, POLICER_PEAK_RATE);
	bool excess = POLICER_GIVEN(c, POLICER_EXCESS_BURST);
	__u32 yellow = 1U << POLICER_YELLOW | 1U << POLICER_YELLOW_PCP | 1U << POLICER_YELLOW_DEI;

	if (!POLICER_GIVEN(c, POLICER_RATE) && !POLICER_GIVEN(c, POLICER_PPS))
		return refuse(of, "needs a rate or pps");
	if (!POLICER_GIVEN(c, POLICER_RATE) && (POLICER_GIVEN(c, POLICER_BURST) || peak || excess))
		return refuse(of, "burst, peak_rate and excess_burst need a rate");
	if (!POLICER_GIVEN(c, POLICER_PPS) && POLICER_GIVEN(c, POLICER_BURST_PACKETS))
		return refuse(of, "burst_packets needs pps");
	if (peak && excess)
		return refuse(of, "there is a peak_rate or an excess_burst, not both");
	if (!peak && POLICER_GIVEN(c, POLICER_PEAK_BURST))
		return refuse(of, "peak_burst needs a peak_rate");
	if (!peak && !excess && c->given & yellow)
		return refuse(of, "nothing is yellow without a peak_rate or an excess_burst");
	if (peak && c->peak_bps < c->rate_bps)
		return refuse(of, "peak_rate must not be below rate");
	if (POLICER_GIVEN(c, POLICER_YELLOW) && c->yellow == XSW_YELLOW_DROP &&
	    c->given & (1U << POLICER_YELLOW_PCP | 1U << POLICER_YELLOW_DEI))
		return refuse(of, "what is dropped cannot be marked");
	return 0;
}

void policer_give(struct xsw_policer_conf *c, int opt, __u64 value)
{
	if (POLICER_GIVEN(c, opt))
		return;
	*(__u64 *)((char *)c + rows[opt].at) = value;
	c->given |= 1U << opt;
}

/* What is yellow is marked: its DEI is set unless the user says how else. */
static void yellow_defaults(struct xsw_policer_conf *c)
{
	c->given |= 1U << POLICER_YELLOW;
	if (c->yellow == XSW_YELLOW_DROP)
		return;
	if (!POLICER_GIVEN(c, POLICER_YELLOW_DEI))
		c->yellow_dei = !POLICER_GIVEN(c, POLICER_YELLOW_PCP);
	c->given |= 1U << POLICER_YELLOW_DEI;
}

static void defaults(struct xsw_policer_conf *c)
{
	if (POLICER_GIVEN(c, POLICER_RATE))
		policer_give(c, POLICER_BURST, burst_default(c->rate_bps));
	if (POLICER_GIVEN(c, POLICER_PPS))
		policer_give(c, POLICER_BURST_PACKETS, burst_packets_default(c->pps));
	if (POLICER_GIVEN(c, POLICER_PEAK_RATE))
		policer_give(c, POLICER_PEAK_BURST, burst_default(c->peak_bps));
	if (POLICER_GIVEN(c, POLICER_PEAK_RATE) || POLICER_GIVEN(c, POLICER_EXCESS_BURST))
		yellow_defaults(c);
}

static int burst_check(const struct whom *of, const char *word, __u64 units, __u64 cost,
		       __u64 per_s)
{
	if (units && rate_duration(units, cost, per_s) < TIME_MAX)
		return 0;
	if (!units)
		return xsw_fail(EINVAL, of->object, of->ifname, "%s: must not be 0", word);
	return xsw_fail(EINVAL, of->object, of->ifname,
			"%s: lasts more than %llu days at this rate", word,
			TIME_MAX / RATE_SECOND / 86400);
}

static int ranges_check(const struct whom *of, const struct xsw_policer_conf *c)
{
	int err = 0;

	if (POLICER_GIVEN(c, POLICER_RATE)) {
		err = rate_check(of, "rate", c->rate_bps);
		if (!err)
			err = burst_check(of, "burst", c->burst_bytes, 8, c->rate_bps);
	}
	if (!err && POLICER_GIVEN(c, POLICER_PPS))
		err = burst_check(of, "burst_packets", c->burst_packets, 1, c->pps);
	if (!err && POLICER_GIVEN(c, POLICER_EXCESS_BURST))
		err = burst_check(of, "excess_burst", c->excess_burst_bytes, 8, c->rate_bps);
	if (!err && POLICER_GIVEN(c, POLICER_PEAK_RATE)) {
		err = rate_check(of, "peak_rate", c->peak_bps);
		if (!err)
			err = burst_check(of, "peak_burst", c->peak_burst_bytes, 8, c->peak_bps);
	}
	return err;
}

int xsw_policer_finish(const char *ifname, const struct xsw_policer_id *id,
		       struct xsw_policer_conf *conf)
{
	struct whom of = { policer_opts_of(id)->object, ifname };
	int err = conf_check(&of, conf);

	if (err)
		return err;
	defaults(conf);
	if (xsw_policer_is_storm(id) && conf->given >> STORM_OPTS)
		return refuse(&of, "storm control has two colours");
	return ranges_check(&of, conf);
}

/* Bytes of two frames */
static __u64 two_frames(__u32 mtu)
{
	return 2 * (mtu + FRAME_OVERHEAD);
}

bool xsw_policer_small_burst(const struct xsw_policer_conf *conf, __u32 mtu)
{
	__u64 frames = two_frames(mtu);

	return (POLICER_GIVEN(conf, POLICER_RATE) && conf->burst_bytes < frames) ||
	       (POLICER_GIVEN(conf, POLICER_PEAK_RATE) && conf->peak_burst_bytes < frames);
}

void policer_raise_burst(struct xsw_policer_conf *conf, __u32 mtu)
{
	__u64 frames = two_frames(mtu);

	if (POLICER_GIVEN(conf, POLICER_RATE) && conf->burst_bytes < frames)
		conf->burst_bytes = frames;
	if (POLICER_GIVEN(conf, POLICER_PEAK_RATE) && conf->peak_burst_bytes < frames)
		conf->peak_burst_bytes = frames;
}

void policer_command(const char *ifname, const struct xsw_policer_id *id,
		     const struct xsw_policer_conf *conf, char *text, size_t size)
{
	const struct opts *opts = policer_opts_of(id);
	char value[64];
	int n = snprintf(text, size, "xsw %s set %s %s%s", opts->object, ifname,
			 policer_kinds[id->kind], policer_of_text(id));

	opts_for(o, opts) {
		if (!opt_given(opts, o, conf) || n < 0 || (size_t)n >= size)
			continue;
		opt_text(o, conf, value, sizeof(value));
		n += snprintf(text + n, size - n, " %s %s", o->word, value);
	}
}
