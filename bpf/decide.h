/* SPDX-License-Identifier: GPL-2.0 */
/* The order of a frame's steps, the same at every hook:
 *
 *   ingress -> spoof -> guard -> punt -> look up | commit: police -> learn | send
 *
 * decide() is what stands before the first bar. Unless a rule of punting takes the frame, nothing
 * is learned or charged there, so that a hook may still hand the frame on. The hook then chooses
 * the target, calls commit() and sends.
 */
#pragma once

#include "bpf/forward.h"
#include "bpf/guard.h"
#include "bpf/hook.h"
#include "bpf/ingress.h"
#include "bpf/punt.h"
#include "bpf/spoof.h"

/* The steps between "ingress", which said @why, and "look up": for ports that have one of them. */
static __always_inline bool decide_asked(struct pkt *pkt, const struct hook *hook,
					 const struct xsw_port *in, int why, struct verdict *v)
{
	bool asks = hook->punt && punt_asks(pkt, why);
	int what, guarded;

	if ((asks || why == ADMITTED) && spoof(hook, pkt, in))
		return verdict_drop(v, XSW_DROP_SPOOF);
	guarded = why == ADMITTED ? guard(hook, pkt, in) : ADMITTED;
	if (guarded != ADMITTED)
		return verdict_drop(v, guarded);
	what = asks ? hook->punt(hook->ctx, pkt) : PUNT_NONE;
	if (what != PUNT_NONE)
		return verdict_punt(v, what);
	return why == ADMITTED || verdict_drop(v, why);
}

/**
 * decide_admit() - the first half of decide(): may the frame enter, or is it for a program?
 *
 * Return: true if it goes on; else @v says TO_DROP, or TO_PUNT.
 */
static __always_inline bool decide_admit(struct pkt *pkt, const struct hook *hook,
					 const struct xsw_port *in, const struct xsw_switch *sw,
					 struct verdict *v)
{
	int why = ingress(pkt, in, sw);

	v->teaches = false;
	if (in->flags & XSW_PORT_STEPS_IN)
		return decide_asked(pkt, hook, in, why, v);
	return why == ADMITTED || verdict_drop(v, why);
}

/**
 * decide() - what becomes of a frame that came in by port @in
 * @pkt: parsed; the members "set by ingress" are filled
 * @v: result
 *
 * Source: xsw(7).
 */
static __always_inline void decide(struct pkt *pkt, const struct hook *hook,
				   const struct xsw_port *in, const struct xsw_switch *sw,
				   struct verdict *v)
{
	bool admitted;

	pkt->now = tick_now();
	mirrors_begin(pkt, sw);
	admitted = decide_admit(pkt, hook, in, sw, v);
	tell_admitted(pkt, in, sw, v, admitted);
	if (admitted)
		forward(pkt, sw, v);
}
