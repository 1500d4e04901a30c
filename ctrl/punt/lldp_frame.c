// SPDX-License-Identifier: GPL-2.0
/* LLDPDUs: a list of TLVs, each with 7 bits of type and 9 of length (IEEE 802.1AB-2016,
 * clause 8). What comes from a neighbour is believed in nothing: every length is checked,
 * and text is made printable.
 */
#include "ctrl/punt/lldp_frame.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#define ETH_HEADER 14
#define ETH_MIN 60

enum {
	TLV_END,
	TLV_CHASSIS,
	TLV_PORT,
	TLV_TTL,
	TLV_PORT_DESCR,
	TLV_SYS_NAME,
	TLV_SYS_DESCR,
	TLV_CAPABILITIES,
	TLV_ADDRESS,
};

#define CHASSIS_MAC 4 /* subtypes */
#define CHASSIS_NETWORK 5
#define PORT_MAC 3
#define PORT_NETWORK 4
#define IANA_IPV4 1 /* address family numbers */
#define IANA_IPV6 2

/* ---- reading ---- */

static void text_copy(char *to, const __u8 *value, size_t len)
{
	if (len > XSW_LLDP_TEXT - 1)
		len = XSW_LLDP_TEXT - 1;
	for (size_t i = 0; i < len; i++)
		to[i] = value[i] >= ' ' && value[i] < 0x7f ? value[i] : '?';
	to[len] = '\0';
}

static void hex_copy(char *to, const __u8 *value, size_t len)
{
	size_t used = 0;

	to[0] = '\0';
	for (size_t i = 0; i < len && used + 4 < XSW_LLDP_TEXT; i++)
		used += sprintf(to + used, "%s%02x", i ? ":" : "", value[i]);
}

/* An address behind its family */
static void address_copy(char *to, const __u8 *value, size_t len)
{
	if (len == 5 && value[0] == IANA_IPV4)
		inet_ntop(AF_INET, value + 1, to, XSW_LLDP_TEXT);
	else if (len == 17 && value[0] == IANA_IPV6)
		inet_ntop(AF_INET6, value + 1, to, XSW_LLDP_TEXT);
	else
		hex_copy(to, value, len);
}

static int id_read(char *to, __u8 *subtype, const __u8 *value, size_t len, __u8 mac, __u8 network)
{
	if (len < 2 || len > XSW_LLDP_TEXT)
		return -EPROTO;
	*subtype = value[0];
	if (value[0] == mac)
		hex_copy(to, value + 1, len - 1);
	else if (value[0] == network)
		address_copy(to, value + 1, len - 1);
	else
		text_copy(to, value + 1, len - 1);
	return 0;
}

static __u16 u16_at(const __u8 *p)
{
	return p[0] << 8 | p[1];
}

/* The optional ones; what is too short for its type is passed over. The first counts. */
static void option_read(struct xsw_lldp *n, unsigned int type, const __u8 *value, size_t len)
{
	char *text = type == TLV_PORT_DESCR ? n->port_descr :
		     type == TLV_SYS_NAME   ? n->sys_name :
		     type == TLV_SYS_DESCR  ? n->sys_descr :
					      NULL;

	if (text && !text[0])
		text_copy(text, value, len);
	if (type == TLV_CAPABILITIES && len >= 4 && !n->can) {
		n->can = u16_at(value);
		n->enabled = u16_at(value + 2);
	}
	if (type == TLV_ADDRESS && len >= 3 && value[0] >= 2 && value[0] < len && !n->address[0])
		address_copy(n->address, value + 1, value[0]);
}

static __u64 hash(__u64 h, const __u8 *data, size_t len)
{
	for (size_t i = 0; i < len; i++) /* FNV-1a */
		h = (h ^ data[i]) * 0x100000001b3ULL;
	return h;
}

/* The first three come in this order, once. */
static int must_read(struct xsw_lldp *n, __u64 *msap, unsigned int place, unsigned int type,
		     const __u8 *value, size_t len)
{
	__u8 number = len;

	if (type != place)
		return -EPROTO;
	if (type == TLV_TTL) {
		if (len < 2)
			return -EPROTO;
		n->ttl_s = u16_at(value);
		return 0;
	}
	*msap = hash(hash(*msap, &number, 1), value, len);
	if (type == TLV_CHASSIS)
		return id_read(n->chassis_id, &n->chassis_subtype, value, len, CHASSIS_MAC,
			       CHASSIS_NETWORK);
	return id_read(n->port_id, &n->port_subtype, value, len, PORT_MAC, PORT_NETWORK);
}

static int tlvs_read(const __u8 *p, size_t len, struct xsw_lldp *n, __u64 *msap)
{
	for (unsigned int place = TLV_CHASSIS; len >= 2; place++) {
		unsigned int type = p[0] >> 1;
		size_t size = u16_at(p) & 0x1ff;

		p += 2;
		len -= 2;
		if (size > len)
			return -EPROTO;
		if (place <= TLV_TTL) {
			if (must_read(n, msap, place, type, p, size))
				return -EPROTO;
			if (place == TLV_TTL && !n->ttl_s)
				return 0; /* the rest of a shutdown does not matter */
		} else if (type == TLV_END) {
			return size ? -EPROTO : 0;
		} else if (type <= TLV_TTL) {
			return -EPROTO;
		} else {
			option_read(n, type, p, size);
		}
		p += size;
		len -= size;
	}
	return -EPROTO; /* without its end */
}

int lldp_parse(const __u8 *data, size_t len, struct xsw_lldp *n, __u64 *msap)
{
	size_t at = ETH_HEADER;

	memset(n, 0, sizeof(*n));
	*msap = 0xcbf29ce484222325ULL;
	while (at <= len && (u16_at(data + at - 2) == 0x8100 || u16_at(data + at - 2) == 0x88a8))
		at += 4;
	if (at > len || u16_at(data + at - 2) != LLDP_ETHERTYPE)
		return -EPROTO;
	return tlvs_read(data + at, len - at, n, msap);
}

/* ---- making ---- */

static __u8 *tlv_put(__u8 *p, unsigned int type, int subtype, const void *value, size_t len)
{
	size_t size = len + (subtype >= 0);

	*p++ = type << 1 | size >> 8;
	*p++ = size;
	if (subtype >= 0)
		*p++ = subtype;
	if (len)
		memcpy(p, value, len);
	return p + len;
}

static __u8 *text_put(__u8 *p, unsigned int type, int subtype, const char *text)
{
	return *text ? tlv_put(p, type, subtype, text, strnlen(text, XSW_LLDP_TEXT - 1)) : p;
}

size_t lldp_build(__u8 *frame, const __u8 *source, const struct xsw_lldp *n)
{
	static const __u8 nearest_bridge[6] = { 0x01, 0x80, 0xc2, 0x00, 0x00, 0x0e };
	__u8 ttl[2] = { n->ttl_s >> 8, n->ttl_s }, *p = frame + ETH_HEADER;
	__u8 can[4] = { n->can >> 8, n->can, n->enabled >> 8, n->enabled };

	memset(frame, 0, LLDP_FRAME_MAX);
	memcpy(frame, nearest_bridge, 6);
	memcpy(frame + 6, source, 6);
	frame[12] = LLDP_ETHERTYPE >> 8;
	frame[13] = LLDP_ETHERTYPE & 0xff;
	p = text_put(p, TLV_CHASSIS, n->chassis_subtype, n->chassis_id);
	p = text_put(p, TLV_PORT, n->port_subtype, n->port_id);
	p = tlv_put(p, TLV_TTL, -1, ttl, sizeof(ttl));
	if (n->ttl_s) {
		p = text_put(p, TLV_PORT_DESCR, -1, n->port_descr);
		p = text_put(p, TLV_SYS_NAME, -1, n->sys_name);
		p = text_put(p, TLV_SYS_DESCR, -1, n->sys_descr);
		p = tlv_put(p, TLV_CAPABILITIES, -1, can, sizeof(can));
	}
	p = tlv_put(p, TLV_END, -1, NULL, 0);
	return p - frame > ETH_MIN ? p - frame : ETH_MIN;
}
