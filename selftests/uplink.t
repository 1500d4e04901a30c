#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# From an uplink on path xdp, TCP to a guest that keeps its offloads is merged by the
# uplink's GRO and switched by TC; all else is redirected by XDP. What frames carry, and
# how many there are, is told by the uplink's counters.
#   remote h1 eth0 --- p1 [ sw0 ] p2 --- eth0 h2      p1: veth, frames of wire size
#                                                     p2: tap of a guest
source "$(dirname "$0")/lib.sh"
GUEST=${GUEST:-$(dirname "$XSW")/xsw-guest}
SIZE=$((4 << 20))

hosts_up() {
	HOSTS="1 2"
	netns_add "$NS"
	netns_add "${NS}h1"
	netns_add "${NS}h2"
	ip -n "$NS" link add p1 type veth peer name eth0 netns "${NS}h1"
	background "" "$GUEST" --mac "$(mac 2)" p2 "${NS}h2" eth0 > "$TMP/guest"
	wait_for 5 grep -q ready "$TMP/guest"
	ip -n "$NS" link set p1 up
	# a burst must not overrun the tap while other processes have the CPU
	ip -n "$NS" link set p2 txqueuelen 16384 up
	on 1 ethtool -K eth0 tso off gso off tx off > /dev/null
	for i in 1 2; do
		on $i ip address add 192.0.2.$i/24 dev eth0
		on $i ip link set eth0 up
	done
	in_ns ethtool -K p1 gro on
	background 2 socat -b 262144 -t 10 TCP4-LISTEN:5001,fork,reuseaddr EXEC:sha256sum
	wait_for 5 on 2 bash -c "ss -Hltn 'sport = 5001' | grep -q 5001"
}

# carries: the file arrives
carries() {
	is "$SUM" on 1 timeout 20 socat -b 262144 -t 10 - TCP4:192.0.2.2:5001 < "$TMP/sent"
}

# mean_frame: length of what the guest received while the file was sent
mean_frame() {
	local rx='.[0].stats64.rx | "\(.bytes) \(.packets)"' a b
	read -ra a < <(on 2 ip -j -s link show dev eth0 | jq -r "$rx")
	carries || return
	read -ra b < <(on 2 ip -j -s link show dev eth0 | jq -r "$rx")
	echo $(((b[0] - a[0]) / (b[1] - a[1])))
}

# arrives LONG|SHORT: merged, or as it was sent
arrives() {
	local mean
	mean=$(mean_frame) || { echo "$mean"; return 1; }
	echo "frames of $mean bytes"
	if [ "$1" = long ]; then
		[ "$mean" -gt 4000 ]
	else
		[ "$mean" -le 1540 ]
	fi
}

# most_by PATH COMMAND...: nine of ten frames that entered p1 meanwhile took that path
most_by() {
	xsw stats reset
	"${@:2}" || return
	json ".[0] | [.path.$1, .rx_packets]" stats show p1
	json ".[0] | .path.$1 * 10 > .rx_packets * 9" stats show p1 | grep -q true
}

plan 12
head -c $SIZE /dev/urandom > "$TMP/sent"
SUM=$(sha256sum < "$TMP/sent")
hosts_up
check "a switch" xsw switch add sw0
check "the guest's port" xsw port add p2 switch sw0
check "the uplink" xsw port add p1 switch sw0 path xdp
check "... is on path xdp" port_is 1 path_in_use xdp
check "TCP to the guest arrives in long segments" arrives long
check "... by TC" most_by skb carries
check "all else goes by XDP" most_by xdp on 1 ping -qc 30 -i 0.01 -W 2 192.0.2.2
xsw port set p2 path xdp
check "a guest's port on path xdp: TCP goes by XDP" most_by xdp carries
check "... in frames as they were sent" arrives short
xsw port set p2 path auto
check "path auto again: long segments again" arrives long
in_ns ethtool -K p1 gro off
xsw port set p1 learning on # a command looks at devices again
check "an uplink without GRO: TCP goes by XDP" most_by xdp carries
check "... adds up" adds_up
