// SPDX-License-Identifier: GPL-2.0
/* A rule of punting in words, up to the first line's end, and a frame. The rule comes back from
 * what the data path reads, and from its own words; and the data path finds that it matches the
 * frame where a plain reading of both says so.
 */
#include "selftests/fuzz/fuzz.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdbool.h>

#include "ctrl/punt/punt.h"

#include <bpf/bpf_helpers.h>
#include "bpf/punt_match.h"
#include "selftests/prog/plain_frame.h"

#define EXTENSIONS 4

/* ---- the rule */

/* Return: 0, or -EINVAL if it is none. */
static int rule_read(char *words, struct xsw_punt_conf *conf)
{
	const struct opt *opt;
	char *word, *value;

	memset(conf, 0, sizeof(*conf));
	while ((word = strsep(&words, " "))) {
		opt = opts_find(&punt_opts, word);
		if (!opt)
			return -EINVAL;
		value = !strcmp(word, "host") ? "on" : strsep(&words, " ");
		if (!value || punt_opt_set(opt - punt_opts.row, value, "p1", conf))
			return -EINVAL;
	}
	return conf->given & PUNT_ACTIONS ? xsw_punt_finish("p1", conf) : -EINVAL;
}

static void rule_comes_back(const struct xsw_punt_conf *conf, const struct xsw_punt_rule *rule)
{
	struct xsw_punt_conf again;
	char text[512];

	punt_conf_make(&again, rule);
	must(!memcmp(&again, conf, sizeof(again)));
	punt_format(conf, text, sizeof(text));
	must(!rule_read(text, &again) && !memcmp(&again, conf, sizeof(again)));
}

/* ---- a plain reading */

struct reading {
	uint16_t type;
	int version; /* of IP, 0: none */
	uint8_t proto;
	uint32_t src, dst, bits; /* where addresses stand, and how long they are */
	uint32_t l4;		 /* where ports would be */
	bool ports;
	uint16_t src_port, dst_port;
	bool icmp;
	uint8_t icmp_type, icmp_code;
};

static void read_ports(const struct frame *f, uint32_t at, struct reading *r)
{
	if (r->proto == (r->version == 4 ? 1 : 58) && has(f, at + 4)) {
		r->icmp = true;
		r->icmp_type = f->data[at];
		r->icmp_code = f->data[at + 1];
	}
	if ((r->proto != 6 && r->proto != 17 && r->proto != 132) || !has(f, at + 4))
		return;
	r->ports = true;
	r->src_port = get16(f, at);
	r->dst_port = get16(f, at + 2);
}

static void read_ip4(const struct frame *f, uint32_t at, struct reading *r)
{
	if (!has(f, at + 20) || f->data[at] >> 4 != 4)
		return;
	*r = (struct reading){ .type = r->type,
			       .version = 4,
			       .proto = f->data[at + 9],
			       .src = at + 12,
			       .dst = at + 16,
			       .bits = 32 };
	r->l4 = at + (f->data[at] & 15) * 4;
	if (!(get16(f, at + 6) & 0x3fff) && (f->data[at] & 15) >= 5)
		read_ports(f, r->l4, r);
}

static void read_ip6(const struct frame *f, uint32_t at, struct reading *r)
{
	uint32_t next = at + 40;

	if (!has(f, next) || f->data[at] >> 4 != 6)
		return;
	*r = (struct reading){ .type = r->type,
			       .version = 6,
			       .proto = f->data[at + 6],
			       .src = at + 8,
			       .dst = at + 24,
			       .bits = 128 };
	for (int i = 0; i < EXTENSIONS; i++) {
		bool fragment = r->proto == 44;

		if (r->proto != 0 && r->proto != 43 && r->proto != 60 && !fragment)
			break;
		if (!has(f, next + 4))
			return;
		r->proto = f->data[next];
		r->l4 = next + 8;
		if (fragment && (get16(f, next + 2) >> 3 || get16(f, next + 2) & 1))
			return;
		next += fragment ? 8 : (f->data[next + 1] + 1) * 8;
	}
	r->l4 = next;
	read_ports(f, next, r);
}

static struct reading read_frame(const struct frame *f)
{
	struct reading r = {};
	uint32_t at = 12;

	for (int i = 0; i < 2 && has(f, at + 6) && is_tag(get16(f, at)); i++)
		at += 4;
	r.type = get16(f, at);
	if (r.type == 0x0800)
		read_ip4(f, at + 2, &r);
	if (r.type == 0x86dd)
		read_ip6(f, at + 2, &r);
	return r;
}

static void put16(struct frame *f, uint32_t at, uint16_t value)
{
	f->data[at] = value >> 8;
	f->data[at + 1] = value;
}

/* Make of a frame one that the rule is likely to match: few are by chance. */
static void bend(struct frame *f, const struct xsw_punt_conf *c, uint8_t how)
{
	struct reading r;

	if (how & 1 && PUNT_GIVEN(c, PUNT_DST))
		memcpy(f->data, c->dst, sizeof(c->dst));
	r = read_frame(f);
	if (how & 2 && PUNT_GIVEN(c, PUNT_SRC_IP) && r.version)
		memcpy(f->data + r.src, c->src_ip.ip.s6_addr + 16 - r.bits / 8, r.bits / 8);
	if (how & 4 && PUNT_GIVEN(c, PUNT_DST_IP) && r.version)
		memcpy(f->data + r.dst, c->dst_ip.ip.s6_addr + 16 - r.bits / 8, r.bits / 8);
	if (how & 8 && r.l4 && has(f, r.l4 + 4)) {
		put16(f, r.l4, c->src_port);
		put16(f, r.l4 + 2, c->dst_port);
	}
	if (how & 16 && r.l4 && has(f, r.l4 + 4))
		put16(f, r.l4, c->icmp_type << 8 | c->icmp_code);
}

static bool in_prefix(const struct frame *f, uint32_t at, uint32_t bits, const struct ip_prefix *of)
{
	const uint8_t *prefix = of->ip.s6_addr + (bits == 32 ? 12 : 0);
	uint8_t len = of->len;

	if ((bits == 32) != !!IN6_IS_ADDR_V4MAPPED(&of->ip) || !bits)
		return false;
	len -= bits == 32 ? 96 : 0;
	for (int i = 0; i < len; i++)
		if ((f->data[at + i / 8] ^ prefix[i / 8]) >> (7 - i % 8) & 1)
			return false;
	return true;
}

/* @inside: the frame's VLAN inside the switch */
static bool should_match(const struct xsw_punt_conf *c, const struct frame *f, uint16_t inside)
{
	static const uint8_t link_local[5] = { 1, 0x80, 0xc2 };
	bool reserved = !memcmp(f->data, link_local, 5) && f->data[5] < 16;
	uint16_t vlan = !reserved			   ? inside :
			is_tag(get16(f, 12)) && has(f, 18) ? get16(f, 14) & 0xfff :
							     0;
	struct reading r = read_frame(f);

	if (PUNT_GIVEN(c, PUNT_ETHERTYPE) && c->ethertype != r.type)
		return false;
	if (PUNT_GIVEN(c, PUNT_VLAN) && c->vlan != vlan)
		return false;
	if (PUNT_GIVEN(c, PUNT_DST) && memcmp(c->dst, f->data, 6))
		return false;
	if (PUNT_GIVEN(c, PUNT_PROTO) && (!r.version || c->proto != r.proto))
		return false;
	if (PUNT_GIVEN(c, PUNT_SRC_IP) && !in_prefix(f, r.src, r.bits, &c->src_ip))
		return false;
	if (PUNT_GIVEN(c, PUNT_DST_IP) && !in_prefix(f, r.dst, r.bits, &c->dst_ip))
		return false;
	if (PUNT_GIVEN(c, PUNT_ICMP_TYPE) && (!r.icmp || c->icmp_type != r.icmp_type))
		return false;
	if (PUNT_GIVEN(c, PUNT_ICMP_CODE) && c->icmp_code != r.icmp_code)
		return false;
	if (PUNT_GIVEN(c, PUNT_SRC_PORT) && (!r.ports || c->src_port != r.src_port))
		return false;
	return !PUNT_GIVEN(c, PUNT_DST_PORT) || (r.ports && c->dst_port == r.dst_port);
}

/* ---- the data path */

/* The bytes of a frame whose first tag may have been taken out. */
static long frame_load(void *ctx, __u32 off, void *to, __u32 len)
{
	const struct frame *f = ctx;

	if (off + len > f->len)
		return -EFAULT;
	memcpy(to, f->data + off, len);
	return 0;
}

static void tag_read(const struct frame *f, uint32_t at, struct vtag *tag)
{
	if (!has(f, at + 6) || !is_tag(get16(f, at)))
		return;
	tag->tpid = htons(get16(f, at));
	tag->tci = get16(f, at + 2);
}

static bool does_match(const struct xsw_punt_rule *rule, struct frame f, uint16_t inside, bool bare)
{
	const struct hook hook = { .ctx = &f, .load = frame_load, .outer_in_bytes = !bare };
	struct xsw_punt_key key = {};
	struct pkt pkt = {};

	memcpy(pkt.dst.mac, f.data, sizeof(pkt.dst.mac));
	pkt.dst.vlan = inside;
	tag_read(&f, 12, &pkt.outer);
	if (pkt.outer.tpid)
		tag_read(&f, 16, &pkt.inner);
	if (bare && pkt.outer.tpid) {
		f.len -= VLAN_HLEN;
		memmove(f.data + 12, f.data + 16, f.len - 12);
	}
	punt_look(&hook, &pkt, &key);
	return punt_matches(rule, &key);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const uint8_t *end = memchr(data, '\n', size);
	struct xsw_punt_rule rule;
	struct xsw_punt_conf conf;
	struct frame f = {};
	struct draw d;
	uint16_t inside;
	char *words;
	uint8_t how;
	bool match;
	int err;

	if (!end)
		return 0;
	words = strndup((const char *)data, end - data);
	must(words);
	err = rule_read(words, &conf);
	free(words);
	if (err)
		return 0;
	punt_rule_make(&rule, &conf);
	rule_comes_back(&conf, &rule);
	d = (struct draw){ end + 1, data + size };
	how = draw8(&d);
	inside = draw16(&d) & 0xfff;
	while (d.p < d.end && f.len < sizeof(f.data))
		f.data[f.len++] = draw8(&d);
	if (f.len < ETH_HLEN)
		return 0;
	bend(&f, &conf, how);
	match = should_match(&conf, &f, inside);
	must(match == does_match(&rule, f, inside, false));
	must(match == does_match(&rule, f, inside, true));
	return 0;
}
