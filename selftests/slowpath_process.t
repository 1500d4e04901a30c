#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Ports with path afxdp are served by xsw-slowpath while it lives, and by the kernel
# while it does not; nobody notices but who looks.
#   e1 --- p1 [ sw0 ] p2 --- e2      paths afxdp, afxdp
#             [     ] p3 --- e3      path skb, access to VLAN 10
source "$(dirname "$0")/lib.sh"
plan 55

SLOWPATH_BIN=${XSW%/*}/xsw-slowpath

path_of() {
	json '.[0].path_in_use' port show "p$1"
}

# by_path PATH: how many frames came into p1 so
by_path() {
	json ".[0].path.$1" stats show p1
}

more_by() {
	[ "$(by_path "$1")" -gt "$2" ]
}

# await: until SLOWPATH ends; sets STATUS
await() {
	wait "$SLOWPATH"
	STATUS=$?
	SLOWPATH=
}

# ended STATUS TEXT: did it end so, and say so?
ended() {
	[ "$STATUS" = "$1" ] && [ "$(cat "$TMP/slowpath")" = "$2" ] ||
		{ echo "$STATUS"; cat "$TMP/slowpath"; false; }
}

forwards() {
	sees 1 "bcast h1 8100/10" 2 "bcast h1 8100/10" 3 "bcast h1" &&
		sees 3 "h1 h3" 1 "h1 h3 8100/10" && sees 1 "h3 h1 8100/10" 3 "h3 h1"
}

links_up 3
xsw switch add sw0
xsw port add p1 switch sw0 path afxdp
xsw port add p2 switch sw0 path afxdp
xsw port add p3 switch sw0 path skb tag 10

# ---- without it
check "without the process: the kernel's path" is xdp path_of 1
check "... with the reason" port_is 1 path_reason "no socket bound: xsw-slowpath does not run"
check "... which check says" eval 'xsw -j check p1 | jq -e ".[] | select(.check == \"path\").status == \"warn\""'
check "... frames pass" forwards
check "config dump keeps the path" eval 'xsw config dump | grep -q "path: afxdp"'

# ---- with it
slowpath_up
check "with the process: path afxdp" is afxdp path_of 1
check "... with the reason" port_is 2 path_reason "served by xsw-slowpath, with a copy"
check "... frames pass between all ports" forwards
check "... through it" wait_for 2 more_by afxdp 1
check "... and teach" fdb_has h1 dev p1 vlan 10
check "config dump is the same" eval 'xsw config dump | grep -q "path: afxdp"'
check "check is content" eval 'xsw -j check p1 | jq -e ".[] | select(.check == \"path\").status == \"ok\""'
check "a second one is refused" exits 2 eval 'in_ns "$SLOWPATH_BIN" sw0 2> "$TMP/second"'
check "... and says why" grep -q "switch 'sw0': has an xsw-slowpath already" "$TMP/second"

# ---- it dies
slowpath_down KILL
check "killed: the kernel's path" is xdp path_of 1
check "... frames pass at once" forwards
FIRST=$(by_path afxdp)
slowpath_up -c 131072 # which take it some time
frame send e1 "bcast h1 8100/10"
check "it comes again" is afxdp path_of 1
check "... and has each frame since it says so" wait_for 2 more_by afxdp "$FIRST"
check "... and frames pass" forwards
kill -TERM "$SLOWPATH"
await
check "SIGTERM ends it" ended 0 ""
check "... and frames pass" forwards

# ---- under traffic
slowpath_up
xsw fdb add "$(mac 2)" dev p2 static
flow_start 1 2 "h2 h1" 1000
check "traffic: through it" wait_for 5 more_by afxdp "$(by_path afxdp)"
slowpath_down KILL
check "killed meanwhile: by the kernel" wait_for 5 more_by xdp "$(by_path xdp)"
slowpath_up
check "started meanwhile: through it" wait_for 5 more_by afxdp "$(by_path afxdp)"
flow_stop
lost() {
	local lost
	lost=$(sed -n 's/.*lost \([0-9]*\) dup 0.*/\1/p' "$TMP/flow")
	[ -n "$lost" ] && [ "$lost" -le 2048 ] || { cat "$TMP/flow"; false; }
}
check "no more is lost than stood in its rings" lost

# ---- what commands do meanwhile
set_port 2 path skb
check "a port takes another path" wait_for 2 eval 'forwards && [ "$(path_of 2)" = skb ]'
set_port 2 path afxdp
check "... and comes back" wait_for 5 serves
check "... and frames pass" forwards
xsw port del p2
check "a port goes" wait_for 2 sees 1 "bcast h1 8100/10" 3 "bcast h1"
xsw port add p2 switch sw0 path afxdp
check "... and comes" wait_for 5 serves
check "... and frames pass" forwards
kill -STOP "$SLOWPATH"
xsw port del p2
xsw port add p2 switch sw0 path afxdp
kill -CONT "$SLOWPATH"
check "... goes and comes before anybody looks" wait_for 5 serves
check "... and frames pass" forwards
set_port 3 tag 20
check "settings are followed" sees 1 "bcast h1 8100/20" 2 "bcast h1 8100/20" 3 "bcast h1"
set_port 3 tag 10
ip -n "$NS" link set p3 mtu 1400
check "so is an MTU" wait_for 2 sees 1 "bcast h1 8100/10 pay1450" 2 "bcast h1 8100/10 pay1450"
xsw fdb add "$(mac 9)" dev p3 vlan 10 static
ip -n "$NS" link set p3 mtu 1500 down
check "so is a link that goes down" wait_for 2 eval 'frame send e1 "h9 h1 8100/10" &&
	[ "$(drops 3 port-down)" -gt 0 ]'
ip -n "$NS" link set p3 up
check "... and up" wait_for 2 forwards
xsw switch set sw0 fdb_max 1000
check "another table of addresses is followed" wait_for 2 forwards
xsw switch upgrade sw0
check "so is an upgrade" forwards
ip -n "$NS" link del p2
check "a device vanishes: the others go on" wait_for 2 is "e3 bcast h1" \
	frame probe -n 1 e1 "bcast h1 8100/10" e1 e3
printf '%s\n' "link add p2 type veth peer name e2 mtu 9000" "link set p2 up" "link set e2 up" |
	ip -n "$NS" -batch -
xsw port add p2 switch sw0 path afxdp
check "... and comes again" wait_for 5 serves
check "... and frames pass" wait_for 2 forwards

# ---- sockets that close while frames come
flow_start 1 2 "h2 h1" 20000
for _ in {1..10}; do
	set_port 1 path xdp
	set_port 1 path afxdp
	wait_for 5 serves
done
flow_stop
check "its sockets come and go under traffic: no frame is another" grep -q "dup 0" "$TMP/flow"
kill -TERM "$SLOWPATH"
await
check "... and all its memory has come back" ended 0 ""
slowpath_up

# ---- a process that does not get to it
before=$(counter 1 rx_packets)
all_counted() {
	is $((before + 5000)) counter 1 rx_packets
}
kill -STOP "$SLOWPATH"
frame send e1 "bcast h1 8100/10" 5000
check "stopped: what its rings do not hold is dropped, and counted" wait_for 5 eval \
	'[ "$(drops 1 ring-full)" -gt 0 ]'
kill -CONT "$SLOWPATH"
check "... and the rest is forwarded later" wait_for 10 all_counted
check "adds up" adds_up

# ---- another process has a queue
slowpath_down
sent_by_1() {
	ip -n "$NS" -s -j link show p1 | jq '.[0].stats64.tx.packets'
}
before=$(sent_by_1)
more_sent() {
	[ "$(sent_by_1)" -gt "$before" ]
}
background "" "${XSW%/*}/xsw-pktgen" -q -i p1 -f tx -R 10 --backend af_xdp > "$TMP/pktgen" 2>&1
PKTGEN=$BACKGROUND
wait_for 10 more_sent # the queue is its
background "" "$SLOWPATH_BIN" sw0 2> "$TMP/slowpath"
SLOWPATH=$BACKGROUND
check "a queue that another process has is told" wait_for 10 grep -q \
	"port 'p1': cannot open an AF_XDP socket: Device or resource busy" "$TMP/slowpath"
check "... its frames go by the kernel" is xdp path_of 1
check "... and pass" is "e3 bcast h1" frame probe -n 1 e1 "bcast h1 8100/10" e3
before=$(counter 1 tx_packets)
frame send e2 "bcast h2 8100/10" 10
sent_all() {
	[ "$(counter 1 tx_packets)" -ge $((before + 10)) ]
}
check "... and it is sent to without" wait_for 2 sent_all
check "... none in vain" is 0 drops 1 xmit
kill "$PKTGEN"
wait "$PKTGEN"
check "... until it is free" wait_for 10 serves
slowpath_down
slowpath_up

# ---- its end
xsw switch del sw0
await
check "the switch goes: it ends" ended 2 "xsw-slowpath: switch 'sw0': is gone"
check "no such switch" exits 2 in_ns "$SLOWPATH_BIN" sw0
