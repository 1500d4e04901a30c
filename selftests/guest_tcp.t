#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# TCP and UDP of guests with and without offloads arrive intact and are cut to
# wire size only for who cannot take more, on every path and between paths.
# Hosts verify checksums in software wherever a checksum is complete.
#   on1, on2   eth0 --- p1, p2 [     ]      VMs with all offloads; on1 has two queues
#   off1, off2 eth0 --- p3, p4 [ sw0 ]      VMs without
#   box        eth0 --- p5     [     ]      container: veth as it comes
#   host      host0            [     ]      the switch's own namespace
# then the same ports behind four switches, customer VLAN 10 in service VLAN 100:
#   p1, host0 --- [ ca ] x0 - x1 [ pa ] t0 - t1 [ pb ] y1 - y0 [ cb ] --- p2, p3, p5
#           access 10  trunk   tunnel 100  trunk  tunnel 100  trunk  access 10
source "$(dirname "$0")/lib.sh"
GUEST=${GUEST:-$(dirname "$XSW")/xsw-guest}
SIZE=${SIZE:-$((4 << 20))}	# of what is sent, and
PATHS=${PATHS:-auto skb xdp mixed}	# by which paths: less of both on a slow machine
NAMES=(- on1 on2 off1 off2 box host)
NET4=192.0.2 NET6=2001:db8::

# number WHO: of port and address
number() {
	local i
	for i in 1 2 3 4 5 6; do
		[ "${NAMES[i]}" != "$1" ] || echo $i
	done
}

# at WHO COMMAND...
at() {
	if [ "$1" = host ]; then
		in_ns "${@:2}"
	else
		on "$(number "$1")" "${@:2}"
	fi
}

nic() {
	[ "$1" = host ] && echo host0 || echo eth0
}

# address WHO 4|6
address() {
	if [ "$2" = 4 ]; then
		echo "$NET4.$(number "$1")"
	else
		echo "$NET6$(number "$1")"
	fi
}

# ---- hosts

# tap_guest N OPTION...: xsw-guest between pN and eth0 of host N
tap_guest() {
	local n=$1
	shift
	background "" "$GUEST" --mac "$(mac "$n")" "$@" "p$n" "${NS}h$n" eth0 > "$TMP/guest$n"
	wait_for 5 grep -q ready "$TMP/guest$n"
	# a burst must not overrun the tap while other processes have the CPU
	ip -n "$NS" link set "p$n" txqueuelen 16384 up
}

# address_up WHO: of its interface
address_up() {
	local dev
	dev=$(nic "$1")
	at "$1" sysctl -qw "net.ipv6.conf.$dev.disable_ipv6=0"
	at "$1" ip link set "$dev" up
	at "$1" ip address add "$(address "$1" 4)/24" dev "$dev"
	at "$1" ip address add "$(address "$1" 6)/64" dev "$dev" nodad
}

# server_up WHO: tells each client what it has received. On a slow machine TCP would
# choose short segments by itself (net/ipv4/tcp_output.c, tcp_tso_autosize()).
server_up() {
	local i=
	at "$1" sysctl -qw net.ipv4.tcp_min_tso_segs=44
	[ "$1" = host ] || i=$(number "$1")
	background "$i" socat -b 262144 -t $((10 * SLOW)) \
		TCP6-LISTEN:5001,fork,reuseaddr,ipv6only=0,backlog=64 EXEC:sha256sum
	wait_for 5 listens "$1"
}

listens() {
	at "$1" ss -Hltn 'sport = 5001' | grep -q 5001
}

hosts_up() {
	local i
	netns_add "$NS"
	for i in 1 2 3 4 5; do
		netns_add "${NS}h$i"
	done
	HOSTS="1 2 3 4 5"
	ip -n "$NS" tuntap add p1 mode tap multi_queue
	ip -n "$NS" tuntap add p3 mode tap
	tap_guest 1 --queues 2
	tap_guest 2
	tap_guest 3 --offloads off
	tap_guest 4 --offloads off
	ip -n "$NS" link add p5 type veth peer name eth0 netns "${NS}h5"
	for i in x t y; do
		ip -n "$NS" link add "${i}0" mtu 1504 type veth peer name "${i}1" mtu 1504
	done
	for i in p5 x0 x1 t0 t1 y0 y1; do
		ip -n "$NS" link set "$i" up
	done
	for i in "${NAMES[@]:1}"; do
		server_up "$i"
		[ "$i" = host ] || address_up "$i"
	done
}

# ---- switches

# path_of N: of port pN
path_of() {
	if [ "$TEST_PATH" != mixed ]; then
		echo "$TEST_PATH"
	elif [ $(($1 % 2)) = 1 ]; then
		echo xdp
	else
		echo skb
	fi
}

# port SWITCH N SETTING...
port() {
	echo "port add p$2 switch $1 path $(path_of "$2") ${*:3}"
}

# other_port SWITCH DEV SETTING...
other_port() {
	echo "port add $2 switch $1 path $(path_of 6) ${*:3}"
}

flat() {
	local i
	echo "switch add sw0"
	for i in 1 2 3 4 5; do
		port sw0 $i
	done
	other_port sw0 host0 host
}

chain() {
	local i
	for i in ca pa pb cb; do
		echo "switch add $i"
	done
	port ca 1 tag 10
	other_port ca host0 host tag 10
	other_port ca x0 vlan_mode trunk trunks 10
	other_port pa x1 vlan_mode dot1q-tunnel tag 100
	other_port pa t0 vlan_mode trunk trunks 100
	other_port pb t1 vlan_mode trunk trunks 100
	other_port pb y1 vlan_mode dot1q-tunnel tag 100
	other_port cb y0 vlan_mode trunk trunks 10
	for i in 2 3 5; do
		port cb $i tag 10
	done
}

# switches_up LAYOUT: what was flooded to host0 before it was up is no loss
switches_up() {
	"$1" > "$TMP/layout"
	xsw -b "$TMP/layout" && ip -n "$NS" link set host0 address "$(mac 6)" && address_up host &&
		xsw stats reset
}

switches_down() {
	local i
	for i in "$XSW_BPFFS"/*/; do
		xsw switch del "$(basename "$i")" || return
	done
}

# ---- what is checked

# tcp_send FROM TO 4|6: the receiver says what it got
tcp_send() {
	local to
	to=$(address "$2" "$3")
	[ "$3" = 4 ] || to="[$to]"
	is "$SUM" at "$1" timeout $((20 * SLOW)) socat -b 262144 -t $((10 * SLOW)) - \
		"TCP$3:$to:5001" < "$TMP/sent"
}

# heard WHO: bytes and frames that its NIC received
heard() {
	at "$1" ip -j -s link show dev "$(nic "$1")" |
		jq -r '.[0].stats64.rx | "\(.bytes) \(.packets)"'
}

# mean_since BYTES FRAMES WHO: length of what it heard since then
mean_since() {
	local now
	read -ra now < <(heard "$3")
	echo $(((now[0] - $1) / (now[1] - $2)))
}

# Frames of 64 KB wherever both ends can, and nobody between cuts them: XDP does
# so when a veth's frames enter the switch there.
whole_wanted() {
	[[ $1 = off* || $2 = off* ]] && return 1
	[[ $TEST_PATH = auto || $TEST_PATH = skb ]] && return 0
	[[ $1 = on* && $CHAIN = 0 ]] || [ "$TEST_PATH $1 $CHAIN" = "mixed host 0" ]
}

# carries FROM TO
carries() {
	local before mean
	read -ra before < <(heard "$2")
	tcp_send "$1" "$2" 4 && tcp_send "$1" "$2" 6 || return
	mean=$(mean_since "${before[@]}" "$2")
	if whole_wanted "$1" "$2"; then
		[ "$mean" -gt 10000 ] || { echo "frames of $mean bytes"; return 1; }
	elif [[ $2 = off* || $1 = off* ]]; then
		[ "$mean" -le 1518 ] || { echo "frames of $mean bytes"; return 1; }
	fi
}

# udp.pl receive BYTES: from port 5002, to stdout
# udp.pl send ADDRESS SEGMENT LENGTH...: datagrams from stdin; with SEGMENT the NIC
# is to cut them into such of that length
cat > "$TMP/udp.pl" << 'EOF_PERL'
use strict;
use warnings;
use IO::Socket::IP;
my ($what, $arg, $segment, @lengths) = @ARGV;
alarm 10 * ($ENV{SLOW} || 1);
$| = 1;
binmode STDIN;
binmode STDOUT;
if ($what eq "receive") {
	my $s = IO::Socket::IP->new(LocalHost => "::", LocalPort => 5002, Proto => "udp", V6Only => 0)
		or die "$@";
	setsockopt($s, 1, 33, pack("i", 16 << 20)); # SO_RCVBUFFORCE: none is to be lost there
	for (my $data; $arg > 0; $arg -= length $data) {
		defined recv($s, $data, 65536, 0) or die "recv: $!";
		print $data;
	}
} else {
	my $s = IO::Socket::IP->new(PeerHost => $arg, PeerPort => 5002, Proto => "udp") or die "$@";
	setsockopt($s, 17, 103, pack("i", $segment)) or die "UDP_SEGMENT: $!" if $segment;
	for my $length (@lengths) {
		read(STDIN, my $data, $length) == $length or die "too short";
		defined send($s, $data, 0) or die "send: $!";
	}
}
EOF_PERL

# udp_send FROM TO 4|6 SEGMENT LENGTH...: the file's first bytes arrive in datagrams
udp_send() {
	local to length sum=0
	to=$(number "$2")
	for length in "${@:5}"; do
		sum=$((sum + length))
	done
	# datagrams that wait for a neighbour's address may be overtaken
	wait_for 5 at "$1" ping -qc1 -W1 "$(address "$2" "$3")" || return
	background "$to" perl "$TMP/udp.pl" receive $sum > "$TMP/udp"
	wait_for 5 sh -c "nsenter --net=/run/netns/${NS}h$to ss -Hlun | grep -q :5002"
	at "$1" perl "$TMP/udp.pl" send "$(address "$2" "$3")" "${@:4}" < "$TMP/sent"
	wait "$BACKGROUND" || echo "only $(stat -c %s "$TMP/udp") of $sum bytes arrived"
	is "$(head -c $sum "$TMP/sent" | sha256sum)" sha256sum < "$TMP/udp"
}

# One of each length, odd and even.
udp_small() {
	# shellcheck disable=SC2046
	udp_send "$1" "$2" 4 0 $(seq 200) && udp_send "$1" "$2" 6 0 $(seq 200)
}

# udp_segments FROM TO: up to 40 times 50 KB to be cut to 1000 bytes each, left whole
# if both NICs can (off ones never)
udp_segments() {
	local before mean family times=$((SIZE / 50000 < 40 ? SIZE / 50000 : 40))
	read -ra before < <(heard "$2")
	for family in 4 6; do
		# shellcheck disable=SC2046
		udp_send "$1" "$2" $family 1000 $(printf '50000 %.0s' $(seq $times)) || return
	done
	mean=$(mean_since "${before[@]}" "$2")
	if uso "$1" && uso "$2"; then
		[ "$mean" -gt 10000 ] || { echo "frames of $mean bytes"; return 1; }
	else
		[ "$mean" -le 1518 ] || { echo "frames of $mean bytes"; return 1; }
	fi
}

uso() {
	at "$1" ethtool -k eth0 | grep -q 'tx-udp-segmentation: on'
}

# vlan_guest: on1 sends and receives tagged frames, by a device of its own. The tag
# stands beside the frame until the tap writes it out.
vlan_guest() {
	on 1 ip link add link eth0 name eth0.30 type vlan id 30
}

# tagged_pairs: between a trunk port and access ports
tagged_pairs() {
	local pair i NET4=198.51.100 NET6=2001:db8:0:1::
	for i in 1 2 3 5; do
		tagged_address "$i"
	done
	set_port 1 vlan_mode trunk trunks 30
	set_port 2 tag 30
	set_port 3 tag 30
	set_port 5 tag 30
	for pair in on1:on2 on2:on1 on1:off1 off1:on1 on1:box box:on1; do
		carries "${pair%:*}" "${pair#*:}" || { echo "$pair"; return 1; }
	done
}

# tagged_address N
tagged_address() {
	local who=${NAMES[$1]} dev=eth0
	if [ "$1" = 1 ]; then
		dev=eth0.30
		on 1 ip link set "$dev" up
	fi
	on "$1" sysctl -qw "net.ipv6.conf.${dev/./\/}.disable_ipv6=0"
	on "$1" ip address replace "$(address "$who" 4)/24" dev "$dev"
	on "$1" ip address replace "$(address "$who" 6)/64" dev "$dev" nodad
}

# What hosts found wrong since they were made.
csum_errors() {
	local who
	for who in "${NAMES[@]:1}"; do
		at "$who" nstat -asz '*InCsumErrors'
	done | awk '/CsumErrors/ { sum += $2 } END { print sum }'
}

drops_of_all() {
	json 'map({(.ifname): .drops | select(. != {})}) | add // {}' stats show
}

# ---- the tests

flat_pairs="on1:on2 on2:on1 on1:off1 off1:on1 off1:off2 on1:box box:on1 off1:box box:off1
	    on1:host host:on1 host:off1 box:host host:box"
chain_pairs="on1:on2 on2:on1 on1:off1 off1:on1 on1:box box:on1 host:on2 on2:host host:off1 box:host"

body() {
	local pair
	TEST_PATH=$1
	CHAIN=0
	check "a switch" switches_up flat
	for pair in $flat_pairs; do
		check "TCP ${pair%:*} to ${pair#*:}" carries "${pair%:*}" "${pair#*:}"
	done
	# not into two queues: XDP chooses among them by CPU, which reorders (drivers/net/tun.c,
	# tun_xdp_xmit())
	for pair in on2:off1 off1:on2 on1:on2; do
		check "short datagrams ${pair%:*} to ${pair#*:}" udp_small "${pair%:*}" "${pair#*:}"
		check "datagrams in segments ${pair%:*} to ${pair#*:}" \
			udp_segments "${pair%:*}" "${pair#*:}"
	done
	check "nothing was dropped" is "{}" drops_of_all
	if vlan_guest 2> "$TMP/vlan"; then
		check "TCP of a guest that tags" tagged_pairs
		on 1 ip link del eth0.30
	else
		skip "TCP of a guest that tags" "no 8021q: $(head -1 "$TMP/vlan")"
	fi
	check "switch goes" switches_down
	CHAIN=1
	check "four switches, trunks and tunnels" switches_up chain
	for pair in $chain_pairs; do
		check "TCP ${pair%:*} to ${pair#*:} in a tunnel" carries "${pair%:*}" "${pair#*:}"
	done
	check "nothing was dropped in the tunnel" is "{}" drops_of_all
	check "switches go" switches_down
	check "no host found a wrong checksum" is 0 csum_errors
}

head -c $SIZE /dev/urandom > "$TMP/sent"
SUM=$(sha256sum < "$TMP/sent")
plan $((38 * $(wc -w <<< "$PATHS")))
hosts_up
for path in $PATHS; do
	body $path
done
