#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Links of guests follow the uplinks while `xsw monitor --link-follow` runs, and are as they
# were when it has ended. A link that was set up or down stays.
#   e1 --- p1 [     ] p3 --- e3      p1, p2: uplinks
#   e2 --- p2 [ sw0 ] p4 --- e4      p4: link up
source "$(dirname "$0")/lib.sh"

# carrier of the outer end N: UP or down
carrier() {
	if ip -n "$NS" -o link show "e$1" | grep -q '[<,]LOWER_UP[,>]'; then
		echo up
	else
		echo down
	fi
}

carrier_is() {
	is "$2" carrier "$1"
}

# follow_start WORD...
follow_start() {
	background "" "$XSW" --link-follow monitor "$@" > "$TMP/lines"
	FOLLOW=$BACKGROUND
}

follow_stop() {
	kill -TERM "$FOLLOW"
	wait "$FOLLOW"
}

plan 22
switch_up skb 4
xsw port set p4 link up
follow_start switch sw0 uplink p1 uplink p2
ip -n "$NS" link set e1 down
check "one uplink is enough" carrier_is 3 up
ip -n "$NS" link set e2 down
check "without uplinks a guest has no carrier" wait_for 5 carrier_is 3 down
check "... its port is down" port_is 3 state down
check "... nor has another, but the one whose link is up" carrier_is 4 up
check "... which is told" wait_for 5 grep -q 'sw0 link down: 1 ports follow' "$TMP/lines"
ip -n "$NS" link set e1 up
check "with the first uplink it is back" wait_for 5 carrier_is 3 up
check "... which is told" wait_for 5 grep -q 'sw0 link up: 1 ports follow' "$TMP/lines"
ip -n "$NS" link set e1 down
wait_for 5 carrier_is 3 down
check "a port with link up set by hand is up" xsw port set p3 link up
check "... and stays so" wait_for 5 carrier_is 3 up
xsw port set p3 link auto
check "... until it is auto again" wait_for 5 carrier_is 3 down
follow_stop
check "the end" is 0 echo $?
check "... leaves links as they were" carrier_is 3 up
xsw config dump > "$TMP/a"
check "... and no trace" is 0 wc -l < <(xsw config apply "$TMP/a" --dry-run)

ip -n "$NS" link set e1 up
ip -n "$NS" link set e2 up
xsw port set p3 local off
xsw port set p4 local off link auto
follow_start
ip -n "$NS" link set e1 down
ip -n "$NS" link set e2 down
check "uplinks are those that are not 'local off'" wait_for 5 carrier_is 3 down
check "... for both" wait_for 5 carrier_is 4 down
{ kill -KILL "$FOLLOW"; wait "$FOLLOW"; } 2> /dev/null
check "killed: link auto makes it up" xsw port set p3 link auto
check "... as it was" carrier_is 3 up
xsw port del p4
check "... and so does the end of a port" carrier_is 4 up

ip -n "$NS" link set p3 down
follow_start switch sw0 uplink p1
ip -n "$NS" link set e1 up
wait_for 5 port_is 1 state up
follow_stop
check "a device that was down is not brought up" carrier_is 3 down
check "an unknown word" exits 1 xsw --link-follow monitor sideways x
check "a switch that is not there" exits 2 xsw --link-follow monitor switch sw9

ip -n "$NS" tuntap add t1 mode tap
check "a tap that nobody has open" xsw port add t1 switch sw0 link up
