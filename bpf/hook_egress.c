// SPDX-License-Identifier: GPL-2.0
/* Hook: devmap egress. Every redirected frame passes here; those to one port
 * are done already and have no metadata, copies of a flood are filtered and
 * retagged for this port.
 */
#include "bpf/flood_xdp.h"
#include "bpf/xdp_capture.h"

/* Not for this port. The kernel will report it as a loss: remember that it
 * was none (see hook_loss.c).
 */
static __always_inline int egress_skip(__u32 port)
{
	__u64 *own = bpf_map_lookup_elem(&xsw_own_drops, &port);

	if (own)
		(*own)++;
	return XDP_DROP;
}

SEC("xdp.frags/devmap")
int xsw_egress(struct xdp_md *ctx)
{
	struct flood_meta *m = (void *)(long)ctx->data_meta;
	void *data = (void *)(long)ctx->data;
	const struct xsw_port *out;
	struct pkt pkt = {};
	__u32 flood_flag;
	struct retag r;
	int why;

	if ((void *)(m + 1) > data || m->magic != FLOOD_MAGIC)
		return XDP_PASS;
	out = port_by_ifindex(ctx->egress_ifindex);
	if (!out)
		return XDP_DROP;
	flood_pop_meta(m, &pkt);
	flood_flag = m->flood_flag;
	if (!flood_reaches(&pkt, flood_flag, out))
		return egress_skip(out->port);
	pkt.bytes = (void *)(long)ctx->data_end - data;
	egress_tags(&pkt, out, &r);
	why = egress_prepare(&pkt, out, 0, &r);
	if (why == ADMITTED && (xdp_strip_meta(ctx) || xdp_retag(ctx, &r)))
		why = XSW_DROP_NO_MEMORY;
	if (why != ADMITTED) {
		count_tx_drop(out->port, why);
		xdp_left(ctx, out->port, pkt.dst.vlan, XSW_CAPTURE_TX_DROP, why);
		return egress_skip(out->port);
	}
	count_tx(out->port, pkt.bytes + retag_delta(&r), vlan_slot(out->port, pkt.dst.vlan));
	xdp_left(ctx, out->port, pkt.dst.vlan, XSW_CAPTURE_OUT, 0);
	return XDP_PASS;
}
