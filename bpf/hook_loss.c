// SPDX-License-Identifier: GPL-2.0
/* Hook: tracepoints that tell what the kernel lost after a redirect. The
 * programs stay attached without a process and run only when something is
 * lost (xdp_devmap_xmit: once per bulk).
 *
 * A tracing link takes no new program. So an upgrade attaches a second set
 * beside the first, and then one store to xsw_switch.tracer says which counts,
 * see loss_counts().
 */
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_tracing.h>

#include "bpf/capture.h"
#include "bpf/count.h"
#include "bpf/device.h"
#include "bpf/fdb.h"
#include "bpf/mark.h"
#include "bpf/netns.h"
#include "bpf/tables.h"

#define IFF_UP 1
#define ENETDOWN 100
#define EMSGSIZE 90
#define EOPNOTSUPP 95
#define ENXIO 6

const volatile __u32 xsw_tracer; /* which set this is; set before loading */

/* Does this set count this event? While two are attached each is asked, the older first,
 * and xsw_switch.tracer may change in between: so the set that hands over leaves a note of
 * what it counted. The kernel was given time for events that began before it was told to.
 */
static __always_inline bool loss_counts(const struct xsw_switch *sw, __u32 event)
{
	__u32 *counted = bpf_map_lookup_elem(&xsw_loss_counted, &event);
	bool hands_over = sw->flags & XSW_SWITCH_HANDS_OVER << xsw_tracer;
	bool mine = sw->tracer == xsw_tracer, before;

	if (!counted)
		return false;
	before = *counted;
	*counted = mine && hands_over;
	return mine && (hands_over || !before);
}

/* Is @dev the device of @port, or was it until a moment ago? Its number may be another's by now. */
static __always_inline bool loss_is_of(const struct xsw_port *port, struct net_device *dev)
{
	const struct net_device *now = port_device(port->port);

	return now ? (__u64)now == (__u64)dev : !(dev->state & LINK_STATE_START);
}

/* The port that @dev is, or NULL; an ifindex means nothing in another
 * network namespace. The set of programs that does not count knows no ports.
 * To be asked once an event, see loss_counts().
 */
static __always_inline const struct xsw_port *port_by_dev(struct net_device *dev, __u32 event)
{
	const struct xsw_switch *sw = switch_get();
	const struct xsw_port *port;

	if (!sw || !netns_has(dev))
		return NULL;
	port = port_by_ifindex(dev->ifindex);
	return port && loss_is_of(port, dev) && loss_counts(sw, event) ? port : NULL;
}

/* Where the frame is not told, a record without bytes says how many were lost.
 * verifier: not inlined, for the sake of its callers' stack; static, to be handed the context.
 * @as: of capture_as()
 */
static __attribute__((noinline)) int loss_capture(__u64 *ctx, __u32 port, __u32 as, __u32 frames)
{
	struct xsw_capture_meta m = {
		.frames = frames,
		.port = port,
		.vlan = XSW_CAPTURE_ANY,
		.queue = XSW_CAPTURE_ANY,
	};

	capture_is(&m, as);
	capture(ctx, (capture_output)bpf_perf_event_output, &m, 0, false);
	return 0;
}

/* @n frames were lost that count_tx_lost() has counted. */
static __always_inline void loss_seen(__u64 *ctx, __u32 port, __u32 path, __u32 n,
				      enum xsw_drop why)
{
	if (capture_on())
		loss_capture(ctx, port, capture_as(XSW_CAPTURE_LOST, path, why), n);
}

/* The tag that stands beside the bytes, TPID << 16 | TCI; 0: none */
static __always_inline __u32 skb_tag(const struct sk_buff *skb)
{
	if (bpf_core_field_exists(skb->vlan_present) && !BPF_CORE_READ_BITFIELD(skb, vlan_present))
		return 0;
	return skb->vlan_proto ? (__u32)bpf_ntohs(skb->vlan_proto) << 16 | skb->vlan_tci : 0;
}

/* The head of a frame, where its bytes are not those that a helper would copy */
struct lost_head {
	struct xsw_capture_meta m;
	__u8 bytes[CAPTURE_HEAD];
};

/* A frame of an skb was lost. All its bytes are told if they begin at its Ethernet header: not if the
 * kernel had begun to receive it.
 * verifier: not inlined, for the sake of its callers' stack; static, to be handed an skb.
 */
static __attribute__((noinline)) int skb_lost(struct sk_buff *skb, __u32 port, __u32 as)
{
	const void *begin = skb->head + skb->mac_header;
	__u32 pulled = (const void *)skb->data - begin, has = skb->len + pulled;
	struct lost_head h = {
		.m = {
			.tag = skb_tag(skb),
			.frames = 1,
			.port = port,
			.vlan = XSW_CAPTURE_ANY,
			.queue = XSW_CAPTURE_ANY,
		},
	};

	capture_is(&h.m, as);
	if (pulled && pulled != ETH_HLEN) /* where it begins is not known */
		has = skb->len;
	h.m.len = has + (h.m.tag ? VLAN_HLEN : 0);
	if (!pulled) {
		capture(skb, (capture_output)bpf_skb_output, &h.m, has, false);
		return 0;
	}
	if (has > CAPTURE_HEAD - 1)
		has = CAPTURE_HEAD - 1;
	if (pulled != ETH_HLEN || bpf_probe_read_kernel(h.bytes, has, begin))
		has = 0;
	capture(skb, (capture_output)bpf_skb_output, &h.m, has, true);
	return 0;
}

static __always_inline void skb_lost_seen(struct sk_buff *skb, __u32 port, __u32 kind,
					  enum xsw_drop why)
{
	if (capture_on())
		skb_lost(skb, port, capture_as(kind, XSW_PATH_SKB, why));
}

/* The device cannot be reached by XDP any more (a veth peer's owner switched
 * its GRO off): from now on send its frames by TC, until a command finds it
 * able again.
 */
static __always_inline void port_stop_xdp(__u32 port)
{
	struct xsw_state *state = bpf_map_lookup_elem(&xsw_state, &port);

	if (state)
		state->flags &= ~XSW_STATE_XDP_OUT;
	tables_changed();
}

struct xdp_dev_bulk_queue {
	void *q[16];
} __attribute__((preserve_access_index));

/* How many frames the kernel collects at most; 0: it does not tell. */
static __always_inline __u64 bulk_size(void)
{
	const struct xdp_dev_bulk_queue *bulk = NULL;

	return bpf_core_field_exists(bulk->q) ? bpf_core_field_size(bulk->q) / sizeof(void *) : 0;
}

/* A bulk of @n frames left. A full one may have had to make room for a frame that is counted
 * already: then its program, or the lack of one, stays with what follows in the same poll. Only
 * the end of a poll lets one go that is not full, where nothing is left behind.
 */
static __always_inline void bulk_left(struct xsw_stats *s, __u64 n)
{
	s->tx_unflushed = n < bulk_size() || n > s->tx_unflushed ? 0 : s->tx_unflushed - n;
}

/* A bulk of redirected frames was handed to @to: @sent taken, @drops not,
 * among them those that xsw_egress() filtered out.
 */
SEC("tp_btf/xdp_devmap_xmit")
int BPF_PROG(xsw_loss_xmit, struct net_device *from, struct net_device *to, int sent, int drops,
	     int err)
{
	const struct xsw_port *out = port_by_dev(to, LOSS_XMIT);
	__u64 *own, lost = drops;
	struct xsw_stats *s;
	__u32 port;

	if (!out)
		return 0;
	port = out->port;
	s = stats_get(port);
	if (s)
		bulk_left(s, sent + drops);
	if (drops <= 0)
		return 0;
	own = bpf_map_lookup_elem(&xsw_own_drops, &port);
	if (own) {
		lost = lost > *own ? lost - *own : 0;
		*own = 0;
	}
	if (!lost)
		return 0;
	count_tx_lost(port, lost, 0, XSW_DROP_XMIT);
	loss_seen(ctx, port, XSW_PATH_XDP, lost, XSW_DROP_XMIT);
	/* A veth without NAPI at its peer says ENXIO. So does one whose peer is
	 * down, and a tap whose VM is: those will take frames again.
	 */
	if (err == -EOPNOTSUPP ||
	    (err == -ENXIO && !(out->flags & XSW_PORT_TAP) && !(to->state & LINK_STATE_NOCARRIER)))
		port_stop_xdp(port);
	return 0;
}

/* A frame that entered by @in was for its AF_XDP socket, which did not take it. */
static __always_inline int loss_socket(__u64 *ctx, const struct xsw_port *in)
{
	const struct pkt pkt = { .port = in->port }; /* the kernel does not tell the length */

	count_rx_drop(&pkt, XSW_PATH_AFXDP, XSW_DROP_RING_FULL);
	if (capture_on())
		loss_capture(ctx, in->port,
			     capture_as(XSW_CAPTURE_RX_DROP, XSW_PATH_AFXDP, XSW_DROP_RING_FULL),
			     1);
	return 0;
}

/* A frame was refused at redirect. @index is the key in the devmap, our port
 * number; @from tells whether the map can be ours.
 */
SEC("tp_btf/xdp_redirect_err")
int BPF_PROG(xsw_loss_redir, struct net_device *from, void *prog, void *target, int err,
	     int map_type, __u32 map_id, __u32 index)
{
	const struct xsw_port *out, *in = port_by_dev(from, LOSS_REDIR);
	enum xsw_drop why;

	if (!in)
		return 0;
	if (map_type == BPF_MAP_TYPE_XSKMAP)
		return loss_socket(ctx, in);
	out = port_by_number(index & (XSW_MAX_PORTS - 1));
	if (!out)
		return 0;
	why = err == -EMSGSIZE ? XSW_DROP_MTU :
	      err == -ENETDOWN ? XSW_DROP_PORT_DOWN :
				 XSW_DROP_XMIT;
	count_tx_lost(out->port, 1, 0, why);
	loss_seen(ctx, out->port, XSW_PATH_XDP, 1, why);
	if (err == -EOPNOTSUPP)
		port_stop_xdp(out->port);
	return 0;
}

/* A frame with a cut first tag never gets to xsw_tc(): the kernel frees it when
 * it fails to move the tag to vlan_tci, for which it wants 6 bytes behind the
 * Ethernet header (net/core/skbuff.c, skb_vlan_untag()). Where a tag was moved,
 * what was freed is a frame with a second tag that xsw_tc() has counted.
 */
static __always_inline int loss_runt(struct sk_buff *skb)
{
	const struct xsw_port *in;
	struct pkt pkt = {};

	pkt.bytes = skb->len;
	if (pkt.bytes >= VLAN_HLEN + 2 || !is_vlan_tpid(skb->protocol) || skb->vlan_proto)
		return 0;
	in = port_by_dev(skb->dev, LOSS_SKB);
	if (!in)
		return 0;
	pkt.port = in->port;
	pkt.bytes += ETH_HLEN;
	count_rx_drop(&pkt, XSW_PATH_SKB, XSW_DROP_RUNT);
	skb_lost_seen(skb, in->port, XSW_CAPTURE_RX_DROP, XSW_DROP_RUNT);
	return 0;
}

/* A frame that was to come in at the other end of a veth still belongs to the device where
 * it entered: that end is down, or is no more in another network namespace (net/core/filter.c,
 * skb_do_redirect()). Until a command finds it right again, frames go by the port's device.
 */
static __always_inline int loss_peer(struct sk_buff *skb, struct net_device *dev)
{
	const struct xsw_port *out;
	__u64 *peer;
	__u32 port;

	if (!port_by_dev(dev, LOSS_SKB))
		return 0;
	out = port_by_ifindex(skb->tc_index & ~MARK_REDIRECTED);
	if (!out || !(out->flags & XSW_PORT_PEER))
		return 0;
	port = out->port;
	count_tx_lost(port, 1, skb->len, XSW_DROP_XMIT);
	skb_lost_seen(skb, port, XSW_CAPTURE_LOST, XSW_DROP_XMIT);
	peer = bpf_map_lookup_elem(&xsw_peer, &port);
	if (peer && *peer) {
		*peer = 0;
		tables_changed();
	}
	return 0;
}

/* A frame was freed undelivered. Ours bear the mark of xsw_tc() and still
 * belong to the device they were redirected to.
 */
SEC("tp_btf/kfree_skb")
int BPF_PROG(xsw_loss_skb, struct sk_buff *skb)
{
	const struct xsw_port *out;
	struct net_device *dev;
	enum xsw_drop why;

	if (!(skb->tc_index & MARK_REDIRECTED))
		return loss_runt(skb);
	dev = skb->dev;
	if (!dev)
		return 0;
	if (skb->tc_index != mark_for(dev->ifindex)) /* it has arrived, or never left */
		return loss_peer(skb, dev);
	out = port_by_dev(dev, LOSS_SKB);
	if (!out)
		return 0;
	why = dev->flags & IFF_UP ? XSW_DROP_XMIT : XSW_DROP_PORT_DOWN;
	count_tx_lost(out->port, 1, skb->len, why);
	skb_lost_seen(skb, out->port, XSW_CAPTURE_LOST, why);
	return 0;
}
