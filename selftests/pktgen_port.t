#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# -i SWITCH:NAME is a port while xsw-pktgen runs, and nothing of it stays.
#   e1 --- p1 [ sw0 ] g1             g1: made and taken away by xsw-pktgen
#             [     ] g2
source "$(dirname "$0")/lib.sh"
source "$(dirname "$0")/pktgen_lib.sh"

nothing_left() {
	not xsw port show "$1" && not ip -n "$NS" link show "$1"
}

# ends_with SIGNAL: the summary is there, exit 0, and the port is not
ends_with() {
	local status
	rx_start rx -i sw0:g1 -f rx
	pktgen -i e1 -f tx -n 50 > /dev/null
	wait_for 10 received_by g1 50 || return
	rx_stop rx "$1"
	status=$?
	[ $status = 0 ] && is '[50,0]' got rx '[.packets, .sequence.lost]' && nothing_left g1
}

# received_by DEV N: has the device handed so many to its reader?
received_by() {
	[ "$(xsw -j stats show "$1" | jq '.[0].tx_packets')" -ge "$2" ]
}

# After SIGKILL the tap is gone by itself; an absent port may stay
killed() {
	rx_start rx -i sw0:g1 -f rx
	rx_stop rx KILL 2> /dev/null
	wait_for 10 not ip -n "$NS" link show g1
}

again() {
	pktgen -i sw0:g1 -f tx -n 10 > "$TMP/tx" && is 10 got tx .packets && nothing_left g1
}

cleaned_by_hand() {
	killed && xsw --if-exists port del g1 && nothing_left g1
}

# both ends made on the fly, over one switch
both() {
	rx_start rx -i sw0:g2 -f rx -n 200 -t 20 --port "path $TEST_PATH"
	pktgen -i sw0:g1 -f tx -n 200 -R 20k --port "path $TEST_PATH" > "$TMP/tx" || return
	rx_wait rx
	is '[200,200,0]' got rx '[.packets, .sequence.received, .sequence.lost]' &&
		is '"sw0:g1"' jq -c .interface "$TMP/tx"
}

# settings of the port: in VLAN 10 for the switch, untagged for the guest
with_settings() {
	rx_start rx -i sw0:g2 -f rx -n 20 -t 20 --port "tag 10" -P "$TMP/rx.pcap"
	xsw port show g2 > "$TMP/show"
	pktgen -i e1 -f tx -n 20 -V 10 > /dev/null || return
	rx_wait rx
	grep -q "tag 10" "$TMP/show" &&
		is 20 eval "records $TMP/rx.pcap | cut -c25-28 | grep -c 0800"
}

vnet_hdr() {
	rx_start rx -i sw0:g2 -f rx -n 50 -t 20 --vnet-hdr -P "$TMP/rx.pcap"
	pktgen -i sw0:g1 -f tx -n 50 --vnet-hdr > /dev/null || return
	rx_wait rx
	is '[50,0]' got rx '[.packets, .sequence.lost]' && is "tap vnet_hdr" got rx .backend
}

several_queues() {
	rx_start rx -i sw0:g2 -f rx -n 300 -t 20 -p 2 -P "$TMP/rx.pcap"
	pktgen -i sw0:g1 -f tx -n 300 -p 3 -R 30k -S 02:00:00:00:00:00-02:00:00:00:01:2b \
		> "$TMP/tx" || return
	rx_wait rx
	is 300 eval "records $TMP/rx.pcap | cut -c13-24 | sort -u | wc -l" &&
	is '[300,3]' got rx '[.packets, .sequence.streams]' && is 300 got tx .packets
}

jumbo() {
	rx_start rx -i sw0:g2 -f rx -n 20 -t 20 --mtu 9000
	pktgen -i sw0:g1 -f tx -n 20 -l 9018 -V 10 > "$TMP/tx" || return
	rx_wait rx
	is '[20,180360,20]' got rx '[.packets, .bytes, .sequence.received]'
}

# refused EXIT TEXT OPTION...
refused() {
	exits "$1" pktgen "${@:3}" > "$TMP/out" 2>&1 && grep -qF -- "$2" "$TMP/out" ||
		{ cat "$TMP/out"; false; }
}

device_gone() {
	local status
	ip -n "$NS" link add v1 type veth peer name v2
	ip -n "$NS" link set v1 up
	ip -n "$NS" link set v2 up
	rx_start rx -i v1 -f rx
	ip -n "$NS" link del v1
	rx_wait rx
	status=$?
	[ $status = 2 ] && grep -q "^xsw-pktgen: device 'v1': is gone" "$TMP/rx.err"
}

body() {
	switch_up "$TEST_PATH" 1
	check "SIGINT" ends_with INT
	check "SIGTERM" ends_with TERM
	check "SIGKILL: the device goes" killed
	check "... and the next run takes the name" again
	check "... or xsw removes what is left" cleaned_by_hand
	check "both ends on the fly" both
	check "with settings of the port" with_settings
	check "with virtio headers" vnet_hdr
	check "several queues" several_queues
	check "jumbo frames" jumbo
	check "no such switch" refused 2 "switch 'none'" -i none:g1 -f tx -n 1
	check "... and no device" nothing_left g1
	check "a device of that name" refused 2 "there is a device of that name" -i sw0:p1 -f tx -n 1
	check "... is still a port" port_is 1 switch sw0
	check "a setting that is refused" refused 2 "port 'g1'" -i sw0:g1 -f tx -n 1 \
		--port "vlan_mode access"
	check "... leaves nothing" nothing_left g1
	check "a port is no place to receive" refused 2 "is a port of switch 'sw0'" \
		-i p1 -f rx -t 1
	check "a device that goes away" device_gone
	check "adds up" adds_up
}

each_path 19 body
