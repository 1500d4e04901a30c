#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# All counters in the formats of OpenMetrics and Prometheus: well formed, equal to
# what `stats show` counts, and never going back.
#   e1 --- p1 [ sw0 ] p2 (tag 10) --- e2
#             [     ] p3          --- e3
source "$(dirname "$0")/lib.sh"

# shellcheck disable=SC2120 # check passes them
metrics() {
	xsw --openmetrics stats show "$@"
}

# value 'NAME{LABELS}': the figure, or nothing; all samples have the same netns, which is left out
value() {
	metrics | sed "s/,netns=\"$NS\"//" | awk -v wanted="$1" '$1 == wanted { print $2 }'
}

# What the format demands (openmetrics.io): every line is a comment or a sample, a
# family's lines stand together behind its TYPE and HELP, counters end in _total,
# no sample twice, "# EOF" last.
well_formed() {
	metrics | awk '
	function bad(why) { print why ": " $0; failed = 1; exit 1 }
	ended { bad("behind the end") }
	/^# EOF$/ { ended = 1; next }
	/^# HELP / || /^# TYPE / || /^# UNIT / {
		if ($3 != family && $3 in seen) bad("family twice")
		seen[$3] = 1; family = $3; said[$2, $3] = 1
		if ($2 == "TYPE") { type = $4; families++ }
		if ($2 == "UNIT" && $3 !~ "_" $4 "$") bad("unit")
		next
	}
	!/^[a-z_]+[{][a-z]+="[^"]*"(,[a-z]+="[^"]*")*[}] [0-9]+$/ { bad("not a sample") }
	{
		name = $1; sub(/[{].*/, "", name)
		end = type == "counter" ? "_total" : type == "info" ? "_info" : ""
		if (name != family end) bad("not of the family")
		if (!said["TYPE", family] || !said["HELP", family]) bad("not described")
		if ($1 in sample) bad("twice")
		sample[$1] = 1; samples++
	}
	END { if (!failed) { if (!ended) print "no end"; exit !ended || families < 15 || samples < 60 } }'
}

# The older format: TYPE names what stands below it, knows no info, has no end.
well_formed_prometheus() {
	xsw --prometheus stats show | awk '
	/^# TYPE / { family = $3; if ($4 != "counter" && $4 != "gauge") exit 1; next }
	/^# HELP / { next }
	/^#/ { print; exit 1 }
	{ name = $1; sub(/[{].*/, "", name); if (name != family) { print; exit 1 } n++ }
	END { exit n < 60 }'
}

same_figures() {
	is "$(metrics | sed -n 's/^\([a-z_]*_total[^#]*\)$/\1/p' | sort)" \
		eval 'xsw --prometheus stats show | grep "_total{" | sort'
}

# never_back FILE FILE: no counter of the first is lower in the second, or missing there
never_back() {
	awk '/^#/ { next }
	$1 !~ /_total[{]/ { next }
	NR == FNR { then[$1] = $2; next }
	{ if ($1 in then && $2 < then[$1]) { print $1, then[$1], $2; back = 1 } delete then[$1] }
	END { for (s in then) { print "gone: " s; back = 1 } exit back }' "$1" "$2"
}

body() {
	switch_up "$TEST_PATH" 3 vlan_stats on
	set_port 2 vlan_mode access tag 10
	frame send e1 "bcast h1 8100/10 pay100" 20
	frame send e2 "h1 h2" 40
	frame send e1 "r0 h1" 3
	frame send e2 "h1 h2 8100/5" 4
	check "well formed" well_formed
	check "... in the older format" well_formed_prometheus
	check "both say the same" same_figures
	check "received, by path" is 23 \
		value "xsw_port_receive_packets_total{switch=\"sw0\",port=\"p1\",path=\"$TEST_PATH\"}"
	check "bytes" is "$(counter 1 rx_bytes)" \
		value 'xsw_port_receive_bytes_total{switch="sw0",port="p1"}'
	check "by verdict" is 40 \
		value 'xsw_port_forwarded_packets_total{switch="sw0",port="p2",verdict="unicast"}'
	check "sent" is 40 value 'xsw_port_transmit_packets_total{switch="sw0",port="p1"}'
	check "dropped, by reason" is 4 value \
		'xsw_port_receive_dropped_packets_total{switch="sw0",port="p2",reason="vlan"}'
	check "... all of them, those that did not occur too" is 0 value \
		'xsw_port_receive_dropped_packets_total{switch="sw0",port="p2",reason="src"}'
	check "by VLAN" is 20 \
		value 'xsw_vlan_transmit_packets_total{switch="sw0",port="p2",vlan="10"}'
	check "learned addresses" is 2 value 'xsw_fdb_learned{switch="sw0"}'
	check "... by port" is 1 value 'xsw_port_fdb_learned{switch="sw0",port="p2"}'
	set_port 3 mac_limit 1 mac_limit_action shutdown
	check "a limit" is 1 value 'xsw_port_mac_limit{switch="sw0",port="p3"}'
	check "... if there is one" is "" value 'xsw_port_mac_limit{switch="sw0",port="p2"}'
	check "open" is 0 value 'xsw_port_shut{switch="sw0",port="p3"}'
	frame send e3 "bcast h3" 1
	frame send e3 "bcast h4" 1
	check "shut down" is 1 value 'xsw_port_shut{switch="sw0",port="p3"}'
	frame send e1 "bcast h2 8100/10" 1
	check "moved addresses" is 1 value 'xsw_port_fdb_moves_total{switch="sw0",port="p1"}'
	check "each with its namespace" is 0 eval 'metrics | grep -v "^#" | grep -vc "netns=\"$NS\"" || :'
	check "ports" is 3 value 'xsw_switch_ports{switch="sw0"}'

	metrics > "$TMP/then"
	xsw stats reset
	metrics > "$TMP/now"
	check "no counter goes back on reset" never_back "$TMP/then" "$TMP/now"
	check "... though show does" is 0 counter 1 rx_packets
	frame send e1 "bcast h1 8100/10" 1
	xsw switch upgrade sw0
	metrics > "$TMP/now"
	check "... nor by an upgrade" never_back "$TMP/then" "$TMP/now"

	check "one port" is 1 eval 'metrics p2 | grep -c "^xsw_port_info"'
	check "one switch" is 3 eval 'metrics switch sw0 | grep -c "^xsw_port_info"'
	check "a port that is none is refused" exits 2 metrics nosuch
	check "a switch that is none is refused" exits 2 metrics switch nosuch
}

names() {
	links_up 2
	ip -n "$NS" link set p1 name 'a"\b'
	xsw switch add sw0
	xsw port add 'a"\b' switch sw0 path skb
	check "names are quoted" is 1 value 'xsw_port_info{switch="sw0",port="a\\\"\\\\b",path="skb"}'
	ip -n "$NS" link set 'a"\b' name p1
	ip -n "$NS" link set p2 name 'a"\b'
	xsw port add 'a"\b' switch sw0 path skb
	check "two ports that had one name stay two" is 2 \
		eval 'metrics | grep "^xsw_port_info" | sort -u | wc -l'
}

plan 54
for TEST_PATH in xdp skb; do
	body
	switch_down
done
TEST_PATH=
names
