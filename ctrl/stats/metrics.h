/* SPDX-License-Identifier: GPL-2.0 */
/* All counters as text for monitoring systems. Opens maps for reading only. */
#pragma once

#include <stdio.h>

enum xsw_metrics_format {
	XSW_METRICS_OPENMETRICS, /* OpenMetrics 1.0.0 */
	XSW_METRICS_PROMETHEUS,	 /* Prometheus text format 0.0.4, also node_exporter's textfile */
};

/**
 * xsw_metrics() - write all metrics
 * @switch_name: of this switch only; NULL: of all that are seen, see xsw_netns_all()
 * @ifname: of this port only; NULL: of all
 *
 * Counters run since the port was added: `stats reset` and upgrades do not set
 * them back. Needs to be able to read the pins, no capability. What goes away
 * meanwhile is left out. Return: 0 or -errno with the error set; -EUCLEAN: all is written but
 * what a switch has whose pins are not what xsw made.
 */
int xsw_metrics(FILE *out, enum xsw_metrics_format format, const char *switch_name,
		const char *ifname);
