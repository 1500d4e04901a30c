#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Which frames XDP may redirect: those whose checksum is complete. The skb that a veth keeps
# tells (6.3); the bytes of a frame cannot tell for sure.
#   h1 e1 --- p1 [ sw0 ] p2 --- e2 h2
source "$(dirname "$0")/lib.sh"
HOSTS="1 2"

# takes PATH N COMMAND...: N frames that enter at p1 meanwhile are handled there
takes() {
	local before path=$1 n=$2
	before=$(json ".[0].path.$path" stats show p1)
	"${@:3}" || return
	is $((before + n)) json ".[0].path.$path" stats show p1
}

# ip4 PROTOCOL BYTES: to an address behind p2 that is not the host's, by IPv4
ip4() {
	hex "$(mac 3 | tr -d :)" "$(mac 1 | tr -d :)" 0800 \
		"4500002e00000000$(printf '40%02x' "$1")0000 c0000201 c0000202" "$2"
}

# sent N FRAME: as it is, no checksum left to do
sent() {
	on 1 "$PROGS/frame" send e1 "$2" "$1"
}

knows() {
	[ "$(printf '6.3\n%s\n' "$(uname -r)" | sort -V | head -1)" = 6.3 ]
}

# datagrams N [TEXT]: by the host's own UDP
datagrams() {
	local text=${2:-hello}
	background 2 socat -u UDP4-RECV:7 "CREATE:$TMP/got"
	wait_for 2 sh -c "nsenter --net=/run/netns/${NS}h2 ss -Hlun | grep -q ':7 '"
	# shellcheck disable=SC2016
	on 1 bash -c 'for ((i = 0; i < $1; i++)); do echo "$2" >&3; done 3> /dev/udp/192.0.2.2/7' - "$1" "$text"
	wait_for 5 is "$1" grep -cx "$text" "$TMP/got"
	kill "$BACKGROUND"
}

no_csum_errors() {
	is 0 on 2 sh -c "nstat -asz '*InCsumErrors' | awk '/Errors/ {n += \$2} END {print n}'"
}

# known TEXT FRAME: of twenty, all but the first are decided by memory
known() {
	if knows; then
		check "$1" takes xdp 20 sent 20 "$2"
	else
		skip "$1" "the kernel's veth does not keep the skb"
	fi
}

plan 8
switch_up xdp 2
xsw fdb add "$(mac 2)" dev p2 static
xsw fdb add "$(mac 3)" dev p2 static
# Pseudo header: c000 + 0201 + c000 + 0202 + 0011 + 001a = 8430 (with the carry)
known "a checksum that happens to be the pseudo header's" "$(ip4 17 "0009 0009 001a 8430")"
known "GRE, of which the bytes tell nothing" "$(ip4 47 "00000800")"
known "UDP without a checksum" "$(ip4 17 "0009 12b5 002a 0000")"
on 1 ip neighbour add 192.0.2.2 lladdr "$(mac 2)" dev e1
check "datagrams whose checksum is left to hardware" takes skb 20 datagrams 20
check "... one more" takes skb 1 datagrams 1
check "fragments, which are not, follow in order" takes skb 6 datagrams 2 "$(head -c 3000 /dev/zero | tr '\0' x)"
check "none was wrong" no_csum_errors
check "adds up" adds_up
switch_down
