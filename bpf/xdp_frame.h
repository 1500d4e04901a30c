/* SPDX-License-Identifier: GPL-2.0 */
/* The XDP side of a frame: parse from bytes, retag bytes. */
#pragma once

#include "bpf/csum.h"
#include "bpf/egress.h"

/**
 * xdp_parse() - addresses and up to two tags, and whether there are more
 * @suspect: result: CSUM_*, may the checksum be partial? (only looked at if @virtual)
 *
 * A cut inner tag is payload. Return: FRAME_OK or FRAME_RUNT.
 */
static __always_inline int xdp_parse(struct xdp_md *ctx, struct pkt *pkt, bool virtual,
				     int *suspect)
{
	void *data = (void *)(long)ctx->data, *end = (void *)(long)ctx->data_end;
	struct eth_tags *eth = data;
	__be16 proto;
	void *l3;

	pkt->len = pkt->bytes = end - data;
	pkt->outer.tpid = 0;
	pkt->outer.tci = 0;
	pkt->inner.tpid = 0;
	pkt->inner.tci = 0;
	pkt->third = false;
	*suspect = CSUM_FULL;
	if (data + ETH_HLEN > end)
		return FRAME_RUNT;
	mac_load(&pkt->dst, eth->dst);
	mac_load(&pkt->src, eth->src);
	proto = eth->tpid1;
	l3 = data + ETH_HLEN;
	if (is_vlan_tpid(proto)) {
		if (data + ETH_HLEN + VLAN_HLEN > end)
			return FRAME_RUNT;
		pkt->outer.tpid = proto;
		pkt->outer.tci = bpf_ntohs(eth->tci1);
		proto = eth->tpid2;
		l3 = data + ETH_HLEN + VLAN_HLEN;
		if (is_vlan_tpid(proto) && data + ETH_HLEN + 2 * VLAN_HLEN <= end) {
			pkt->inner.tpid = proto;
			pkt->inner.tci = bpf_ntohs(eth->tci2);
			proto = eth->proto;
			l3 = data + ETH_HLEN + 2 * VLAN_HLEN;
			pkt->third = is_vlan_tpid(proto) && l3 + VLAN_HLEN <= end;
		}
	}
	if (virtual)
		*suspect = csum_may_be_partial(ctx, l3, end, proto);
	return FRAME_OK;
}

/* Remove metadata. At ingress another program put it there, perhaps in another network namespace,
 * and xsw_egress() must not take it for a struct flood_meta.
 */
static __always_inline int xdp_strip_meta(struct xdp_md *ctx)
{
	void *data = (void *)(long)ctx->data, *meta = (void *)(long)ctx->data_meta;

	if (meta >= data)
		return 0;
	return bpf_xdp_adjust_meta(ctx, (int)(data - meta));
}

/* Carry out @r on the bytes. Return: 0, or -errno with the frame unchanged
 * (no headroom).
 */
static __always_inline int xdp_retag(struct xdp_md *ctx, const struct retag *r)
{
	int delta = retag_delta(r);
	struct eth_tags *eth;
	__u64 addr0;
	__u32 addr1;
	int err;

	if (!r->pop && !r->push.tpid)
		return 0;
	eth = (void *)(long)ctx->data;
	if ((void *)eth + 12 > (void *)(long)ctx->data_end)
		return -1;
	addr0 = *(__u64 *)&eth->dst[0];
	addr1 = *(__u32 *)&eth->src[2];
	if (delta) {
		err = bpf_xdp_adjust_head(ctx, -delta);
		if (err)
			return err;
		eth = (void *)(long)ctx->data;
	}
	if ((void *)eth + ETH_HLEN + VLAN_HLEN > (void *)(long)ctx->data_end) {
		/* A frame of bare 14 bytes: there is no room for a tag to check. */
		if ((void *)eth + ETH_HLEN > (void *)(long)ctx->data_end)
			return -1;
		*(__u64 *)&eth->dst[0] = addr0;
		*(__u32 *)&eth->src[2] = addr1;
		return r->push.tpid ? -1 : 0;
	}
	*(__u64 *)&eth->dst[0] = addr0;
	*(__u32 *)&eth->src[2] = addr1;
	if (r->push.tpid) {
		eth->tpid1 = r->push.tpid;
		eth->tci1 = bpf_htons(r->push.tci);
	}
	return 0;
}
