#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# xsw punt as a command: every word, what is refused, JSON, the configuration file, what a
# killed command leaves. What frames meet is tested elsewhere.
source "$(dirname "$0")/lib.sh"

# shows WANTED FILTER
shows() {
	is "$1" json "$2" punt show p1
}

# comes_back WORD...: what was added is shown so, can be given so, and deleted so
comes_back() {
	local shown
	xsw punt add p1 "$@" || return
	shown=$(xsw punt show p1 | sed -n 's/^p1: switch sw0 //p')
	# shellcheck disable=SC2086 # words
	xsw --may-exist punt add p1 $shown && exits 2 xsw punt add p1 $shown &&
		xsw punt del p1 $shown && is '[]' xsw -j punt show
}

kill_many() {
	local i
	for i in 1 2 3 4 5 6 8 10 12; do
		kill_at "$i" punt add p1 vlan 1 socket
		xsw --may-exist punt add p1 vlan 1 socket || return
		kill_at "$i" punt add p1 vlan 2 host
		xsw --may-exist punt add p1 vlan 2 host && shows '[1,2]' 'map(.vlan)' || return
		kill_at "$i" punt del p1 vlan 1
		xsw --if-exists punt del p1 vlan 1 && shows '[2]' 'map(.vlan)' || return
		kill_at "$i" punt del p1 vlan 2
		xsw --if-exists punt del p1 vlan 2 && shows '[]' . || return
	done 2> /dev/null
}

USAGE=(
	"punt add" "punt add p1" "punt add p1 vlan 5" "punt add p1 vlan" "punt add p1 vlan 4095 host"
	"punt add p1 vlan x host" "punt add p1 ethertype 0x5ff host" "punt add p1 ethertype 65536 host"
	"punt add p1 ethertype ether host" "punt add p1 dst 01:80:c2:00:00 host"
	"punt add p1 dst 01:80:c2:00:00:0e:0e host" "punt add p1 proto 256 host" "punt add p1 proto x host"
	"punt add p1 src-ip 192.0.2 host" "punt add p1 src-ip 192.0.2.0/33 host"
	"punt add p1 src-ip 192.0.2.1/24 host" "punt add p1 src-ip 2001:db8::1/64 host"
	"punt add p1 src-ip 2001:db8::/129 host" "punt add p1 src-ip ::ffff:192.0.2.1 host"
	"punt add p1 dst-ip / host" "punt add p1 src-port 65536 host" "punt add p1 dst-port -1 host"
	"punt add p1 socket 16" "punt add p1 socket -1" "punt add p1 socket 1 host" "punt add p1 host host"
	"punt add p1 host pps 0" "punt add p1 host pps 1.5" "punt add p1 host pps 100000001"
	"punt add p1 vlan 5 vlan 6 host" "punt add p1 host nonsense" "punt nonsense" "punt show p1 x"
	"punt add p1 src-ip 192.0.2.1 dst-ip 2001:db8::1 host"
	"punt add p1 ethertype arp proto udp host" "punt add p1 ethertype ipv6 src-ip 192.0.2.1 host"
	"punt add p1 icmp-type 8 host" "punt add p1 proto icmp icmp-type host" "punt add p1 proto icmp icmp-type"
	"punt add p1 proto icmp icmp-type 256 host" "punt add p1 proto icmp icmp-type -1 host"
	"punt add p1 proto icmp icmp-type 8x host" "punt add p1 proto icmp icmp-type ping host"
	"punt add p1 proto icmp icmp-type 8 icmp-type 8 host" "punt add p1 proto udp icmp-type 8 host"
	"punt add p1 proto udp icmp-type echo-request host" "punt add p1 icmp-type echo-request proto icmp host"
	"punt add p1 proto icmp icmp-type packet-too-big host" "punt add p1 proto icmpv6 icmp-type source-quench host"
	"punt add p1 proto icmp icmp-code 0 host" "punt add p1 proto icmp icmp-type 3 icmp-code 256 host"
	"punt add p1 proto icmp icmp-type 3 icmp-code 1 icmp-code 1 host"
	"punt add p1 proto icmp icmp-type 3 icmp-code" "punt add p1 proto icmp icmp-type 8 dst-port 1 host"
	"punt add p1 proto icmp icmp-type 8 src-ip ::/0 host" "punt add p1 proto icmpv6 icmp-type 8 dst-ip 192.0.2.1 host"
	"punt add p1 proto icmp icmp-type 8 ethertype ipv6 host" "punt del p1 icmp-type 8"
	"punt add p1 ethertype ipv4 src-ip ::/0 host" "punt add p1 proto icmp dst-port 1 host"
)
REFUSED=(
	"punt add p9 host" "punt del p9 vlan 5" "punt show p9" "punt del p1 vlan 6" "punt del p1"
	"punt add p1 vlan 5 socket" "punt add p1 vlan 5 host" "punt add p1 vlan 5 socket 1"
	"punt add p1 vlan 5 socket pps 5" "--may-exist punt add p1 vlan 5 host"
)

# bad_file LINE: not accepted as a rule of p1
bad_file() {
	printf 'switches:\n  - name: sw0\n    ports:\n      - dev: p1\n        punt:\n%b' "$1" > "$TMP/bad"
	refused 2 config apply "$TMP/bad" && grep -q "$TMP/bad:[0-9]*:[0-9]*: " "$TMP/err" ||
		{ cat "$TMP/err"; false; }
}

BAD_FILES=(
	'          - host\n' '          - vlan: 5\n' '          - to: nowhere\n'
	'          - to: host\n            vlan: 4095\n' '          - to: host\n            socket: 1\n'
	'          - to: host\n            host: 1\n' '          - to: host\n          - to: socket\n'
	'          - to: host\n            vlan: [1]\n'
	'          - to: host\n            icmp-type: 8\n'
	'          - to: host\n            proto: icmp\n            icmp-type: [8]\n'
	'          - to: host\n            proto: icmp\n            icmp-type: 8\n            icmp-type: 9\n'
	'          - to: host\n            proto: icmp\n            icmp-type: 300\n'
	'          - to: host\n            ethertype: arp\n            proto: tcp\n'
	"$(printf '          - to: host\\n            vlan: %d\\n' {1..16})"
)

plan $((${#USAGE[@]} + ${#REFUSED[@]} + ${#BAD_FILES[@]} + 40))
switch_up skb 2

for words in "socket" "socket 15" "host" "host pps 100000000" "ethertype 0x88cc host" \
	"ethertype slow host" "vlan 0 host" "vlan 4094 host" "dst 01:80:c2:00:00:0e host" \
	"proto 0 host" "proto 255 host" "proto sctp host" "src-ip 192.0.2.1 host" \
	"src-ip 0.0.0.0/0 host" "dst-ip 192.0.2.0/24 host" "src-ip ::/0 host" \
	"dst-ip 2001:db8::/32 host" "dst-ip 2001:db8::1 host" "src-port 0 host" \
	"dst-port 65535 proto tcp host" "proto icmp icmp-type 0 host" "icmp-type 255 proto icmpv6 host" \
	"proto ipv6-icmp icmp-type nd-redirect icmp-code 255 host" \
	"icmp-code 0 icmp-type 8 proto icmp socket" "proto icmp icmp-type redirect src-ip 192.0.2.1 host" \
	"ethertype ipv6 vlan 1 dst 02:00:00:00:00:01 proto udp src-ip ::/1 dst-ip ::1 src-port 1 dst-port 2 socket 3 pps 4"; do
	# shellcheck disable=SC2086 # words
	check "$words" comes_back $words
done

xsw punt add p1 vlan 5 socket
xsw punt add p1 vlan 7 src-ip 192.0.2.0/24 dst-port 53 host pps 9
for words in "${USAGE[@]}"; do
	# shellcheck disable=SC2086
	check "usage: $words" refused 1 $words
done
for words in "${REFUSED[@]}"; do
	# shellcheck disable=SC2086
	check "refused: $words" refused 2 $words
done
check "JSON" shows '{"ifname":"p1","switch":"sw0","netns":"'"$NS"'","action":"host","vlan":7,"src_ip":"192.0.2.0/24","dst_port":53,"host":true,"pps":9,"punted":0,"limited":0,"ring_full":0}' '.[1]'
xsw punt add p1 proto icmpv6 icmp-type nd-router-solicit icmp-code 0 socket 3
check "... of a type of ICMP" shows '[58,133,0,3]' '.[2] | [.proto, .icmp_type, .icmp_code, .socket]'
check "JSON of an error" eval 'xsw -j punt add p9 host 2> /dev/null | jq -e .error.message'
check "--may-exist" xsw --may-exist punt add p1 vlan 5 socket
check "... adds nothing" shows 3 length
check "--if-exists" xsw --if-exists punt del p1 vlan 6
check "... also of a device that is no port" xsw --if-exists punt del p9 vlan 6
check "all ports" is '["p1","p1","p1"]' json 'map(.ifname)' punt show

xsw config dump > "$TMP/config"
check "config: as it is" is "" xsw config apply "$TMP/config"
xsw punt del p1 vlan 5
xsw punt add p1 vlan 9 socket 2
check "config: what differs" is "del punt 'p1' vlan 7 src-ip 192.0.2.0/24 dst-port 53 host pps 9
del punt 'p1' proto 58 icmp-type 133 icmp-code 0 socket 3
del punt 'p1' vlan 9 socket 2
add punt 'p1' vlan 5 socket 0
add punt 'p1' vlan 7 src-ip 192.0.2.0/24 dst-port 53 host pps 9
add punt 'p1' proto 58 icmp-type 133 icmp-code 0 socket 3" xsw config apply "$TMP/config"
check "... is no more" is "" eval 'xsw config dump | diff - "$TMP/config"'
xsw switch del sw0
check "config: of a new switch" eval 'xsw config apply "$TMP/config" > /dev/null &&
	xsw config dump | diff - "$TMP/config"'
for lines in "${BAD_FILES[@]}"; do
	check "config: bad: $(printf %b "$lines" | tr -s ' \n' ' ' | head -c 60)" bad_file "$lines"
done
xsw punt del p1 vlan 5
xsw punt del p1 vlan 7 src-ip 192.0.2.0/24 dst-port 53
xsw punt del p1 proto icmpv6 icmp-type 133 icmp-code 0
check "killed commands" kill_many
xsw punt add p1 host
xsw port del p1
xsw port add p1 switch sw0
check "rules go with their port" shows '[]' .
