#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# What xsw-pktgen does not understand it refuses, before anything is done.
source "$(dirname "$0")/lib.sh"
source "$(dirname "$0")/pktgen_lib.sh"

# One line of error on stderr, an error object on stdout, nothing else
complains() {
	local status
	in_ns "$PKTGEN" -j "${@:2}" > "$TMP/out" 2> "$TMP/err"
	status=$?
	[ $status = "$1" ] && grep -v '^  remedy: ' "$TMP/err" | grep -c . | grep -qx 1 &&
		grep -q '^xsw-pktgen: ' "$TMP/err" &&
		jq -e '.error.message | length > 0' "$TMP/out" > /dev/null && return
	echo "exit $status of $*"
	cat "$TMP/out" "$TMP/err"
	return 1
}

usage_errors() {
	local words
	complains 1 || return
	while read -r words; do
		# shellcheck disable=SC2086 # words
		complains 1 $words || return
	done
}

refusals() {
	local words
	while read -r words; do
		# shellcheck disable=SC2086 # words
		complains 2 -w 0 -t 1 $words || return
	done
}

# in time: n frames at a rate take (n - 1) / rate at least
rate_kept() {
	pktgen -i e1 -f tx -n "$1" -R "$2" > "$TMP/tx" &&
		is true got tx ".packets == $1 and .duration_s >= $3"
}

ends_in_time() {
	pktgen -i e1 -f tx -t 0.3 -R 1000 > "$TMP/tx" &&
		is true got tx '.packets >= 1 and .packets <= .duration_s * 1000 + 1'
}

live_lines() {
	in_ns timeout 20 "$PKTGEN" -i e1 -f tx -R 1000 -t 0.5 -T 100 > "$TMP/out" 2> "$TMP/err" &&
		grep -qE '^tx  [0-9.]+ k?pps  [0-9.]+ k?bit/s  [0-9.]+ [kM]?bit/s on the wire  batch [0-9.]+  dropped 0$' \
			"$TMP/err" && grep -q '^sent [0-9]* frames, ' "$TMP/out"
}

down_refused() {
	ip -n "$NS" link set e1 down
	complains 2 -i e1 -f tx -w 0
}

write_error() {
	in_ns "$PKTGEN" -i e1 -f tx -n 1 -q 2> "$TMP/err" > /dev/full
	[ $? = 2 ] && grep -q '^xsw-pktgen: output: cannot write' "$TMP/err"
}

waits_for_link() {
	ip -n "$NS" link set e1 down
	pktgen -i e1 -f tx -n 5 -w 20 > "$TMP/tx" &
	local pid=$!
	ip -n "$NS" link set e1 up
	wait $pid && is 5 got tx .packets
}

# features of the other end that receiving switches off come back
peer_restored() {
	local before
	before=$(in_ns ethtool -k p1 | grep tx-vlan)
	rx_start rx -i e1 -f rx
	in_ns ethtool -k p1 | grep -q '^tx-vlan-offload: off' || return
	rx_stop rx
	is "$before" eval "in_ns ethtool -k p1 | grep tx-vlan"
}

# no AF_XDP where the user wants none; it is told
fallback() {
	pktgen -i e1 -f tx -n 3 --backend packet > "$TMP/tx" && is packet got tx .backend
}

# ---- man page and completion

options() {
	"$PKTGEN" --help | grep -oE -- '(^|[ ,])--?[a-zA-Z][a-z-]*' | tr -d ' ,'
}

man_has_options() {
	local option
	for option in $(options); do
		grep -qE "^\.It (Fl [a-zA-Z] , )?Fl ${option#-}( |\$)" "$MAN" ||
			{ [ ${#option} = 2 ] && grep -qE "^\.It Fl ${option#-} ,? ?" "$MAN"; } ||
			{ echo "not there: $option"; return 1; }
	done
}

man_is_clean() {
	local said=
	! command -v man > /dev/null ||
		said=$(LC_ALL=C.UTF-8 man --warnings -l -Tutf8 -Z "$MAN" 2>&1 > /dev/null)
	[ -z "$said" ] || { echo "$said"; false; }
}

# The examples, with a switch sw0 and a pair of veths
man_examples() {
	awk '/^\.Sh EXAMPLES/ { on = 1 } /^\.Sh SEE/ { on = 0 } /^\.Ed/ { block = 0; print "wait" }
	     on && block { print } /^\.Bd/ { block = 1 }' "$MAN" |
		sed 's/ -t 10 -j &/ -t 1 -j \&/; s/ -R 1m -t 9/ -R 1k -t 0.5/; s/-R 10k -n 100k/-R 1k -n 50/' |
		sed 's/-f pong -m spin &/-f pong -m spin -t 2 \&/' > "$TMP/examples"
	[ "$(grep -c ^xsw-pktgen "$TMP/examples")" = 5 ] || { cat "$TMP/examples"; return 1; }
	mkdir "$TMP/bin" && ln -s "$PKTGEN" "$TMP/bin/xsw-pktgen"
	ip -n "$NS" link add veth0 type veth peer name veth1
	ip -n "$NS" link set veth0 up
	ip -n "$NS" link set veth1 up
	in_ns env PATH="$TMP/bin:$PATH" bash -e "$TMP/examples"
}

completes() {
	COMP_WORDS=("$PKTGEN" "$@")
	COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
	COMPREPLY=()
	_xsw_pktgen 2> /dev/null
	echo " ${COMPREPLY[*]} "
}

completes_options() {
	local option words
	words=$(completes -)
	for option in $(options); do
		[[ $words = *" $option "* ]] || { echo "no '$option' in:$words"; return 1; }
	done
}

# offers WANTED... -- WORD...
offers() {
	local wanted=() words word
	while [ "$1" != -- ]; do
		wanted+=("$1")
		shift
	done
	# in the namespace, with the xsw that is tested
	ip() { command ip -n "$NS" "$@"; }
	words=$(completes "${@:2}")
	unset -f ip
	for word in "${wanted[@]}"; do
		[[ $words = *" $word "* ]] || { echo "no '$word' in:$words"; return 1; }
	done
}

MAN=$ROOT/tools/man/xsw-pktgen.8
# shellcheck source=../tools/bash-completion/xsw-pktgen
source "$ROOT/tools/bash-completion/xsw-pktgen"
# options_with_value: of each, a word that it cannot mean, and one that is too large ("-": none is)
options_with_value() {
	cat <<- EOF
		-l 60b 99999999999999999999
		-n 1.5 99999999999999999999
		-t soon 99999999999999999999
		-R fast 99999999999999999999
		-b 0 99999999999999999999
		-p 0 99999999999999999999
		-a -1 99999999999999999999
		-c -1 99999999999999999999
		-D 02:00:00:00:00 02:00:00:00:00:100
		-S 2:0 02:00:00:00:00:01-02:00:00:00:00:100
		-d 192.0.2 192.0.2.1:99999999999999999999
		-s [] 192.0.2.1-192.0.2.256
		-V x 99999999999999999999
		-F 0 99999999999999999999
		-M 0 99999999999999999999
		-C 1;2 99999999999999999999
		-w x 99999999999999999999
		-T 0 99999999999999999999
		-m idle -
		-f send -
		--backend tun -
		--bind loose -
		--mtu 0 99999999999999999999
		--announce me 02:00:00:00:00:01-02:00:00:00:00:100
	EOF
}

bad_values() {
	local option wrong large
	while read -r option wrong large; do
		complains 1 -i sw0:g1 -f tx "$option" || return
		complains 1 -i sw0:g1 -f tx "$option" "" || return
		complains 1 -i sw0:g1 -f tx "$option" "$wrong" || return
		[ "$large" = - ] || complains 1 -i sw0:g1 -f tx "$option" "$large" || return
	done < <(options_with_value)
}

# all_are_tried: each option that help names stands in the list above, takes no value, or a name
all_are_tried() {
	local option
	for option in $(options | grep -xE -- '-[a-zA-Z]'); do
		options_with_value | grep -q "^$option " ||
			[[ " -i -P -z -Z -A -X -j -q -h " = *" $option "* ]] || { echo "$option is not"; return 1; }
	done
}

plan 22
links_up 1
printf 'not a capture' > "$TMP/bad.pcap"
perl -e 'print pack("LSSLLLL", 0xa1b2c3d4, 2, 4, 0, 0, 96, 1), pack("LLLL", 0, 0, 20, 60), "x" x 20' \
	> "$TMP/cut.pcap"
perl -e 'print pack("LSSLLLL", 0xa1b2c3d4, 2, 4, 0, 0, 96, 1), pack("LLLL", 0, 0, 13, 13), "x" x 13' \
	> "$TMP/short.pcap"
perl -e 'print pack("LSSLLLL", 0xa1b2c3d4, 2, 4, 0, 0, 96, 101), pack("LLLL", 0, 0, 20, 20), "x" x 20' \
	> "$TMP/ip.pcap"
perl -e 'print pack("LSSLLLL", 0xa1b2c3d4, 2, 4, 0, 0, 96, 1)' > "$TMP/empty.pcap"

check "help" eval "'$PKTGEN' --help | grep -q '^Usage: xsw-pktgen -i INTERFACE'"
check "version, by two names" eval '[ "$("$PKTGEN" -V)" = "$("$PKTGEN" --version)" ] &&
	"$PKTGEN" -V | grep -q "^xsw-pktgen [0-9]"'
check "usage errors" usage_errors <<- EOF
	-i e1
	-f tx
	-i e1 -f send
	-i e1 -f tx more
	-i e1 -f tx --nothing
	-i e1 -f tx -l
	-i e1 -f tx -l 13
	-i e1 -f tx -l 15361
	-i e1 -f tx -l 17 -V 10
	-i e1 -f tx -l 60x
	-i e1 -f tx -l 60 -l 60
	-i e1 -f tx -l 60 -l 61
	-i e1 -f tx -l 60 -l 50 -l 40
	-i e1 -f tx -l 60 -l 17 -V 10
	-i e1 -f tx -l 60 -l 49 -d 192.0.2.1
	-i e1 -f tx -l 60 -l 49 -z
	-i e1 -f tx -l 49 -Z
	-i e1 -f rx -l 60 -l 50
	-i e1 -f rx -z
	-i e1 -f pong -Z
	-i e1 -f tx -z -P x
	-i e1 -f rx -F 2
	-i e1 -f rx -M 60
	-i e1 -f tx -F 17
	-i e1 -f tx -l 60 -F 2
	-i e1 -f tx -l 1400 -F 4 --backend packet
	-i e1 -f tx -l 1400 -M 60
	-i e1 -f tx -l 1400 -M 49
	-i tap:t1 -f tx -l 1400 -F 4
	-i e1 -f tx -C 1,2,3,4,5
	-i e1 -f tx -C 64,64,1
	-i e1 -f tx -C 100
	-i e1 -f tx -C 16385
	-i e1 -f tx -C 64 --backend packet
	-i e1 -f tx -c 1025
	-i e1 -f tx -c 1024
	-i e1 -f tx -A -q
	-i e1 -f tx -X
	-i e1 -f tx --announce 02:00:00:00:00:01
	-i e1 -f rx --announce 02:00:00:00:00
	-i e1 -f tx -l 0x60
	-i e1 -f tx -l 69 -d 2001:db8::1
	-i e1 -f tx -l 49 -d 192.0.2.1
	-i e1 -f tx -n -1
	-i e1 -f tx -n 1.5
	-i e1 -f tx -t 0
	-i e1 -f tx -R 0
	-i e1 -f tx -R 10mbps
	-i e1 -f tx -R fast
	-i e1 -f tx -b 0
	-i e1 -f tx -b 513
	-i e1 -f tx -p 0
	-i e1 -f tx -p 65
	-i e1 -f tx -a 1000
	-i e1 -f tx -D 02:00:00:00:00
	-i e1 -f tx -D 02:00:00:00:00:01x
	-i e1 -f tx -S 02:00:00:00:00:02-02:00:00:00:00:01
	-i e1 -f tx -d 192.0.2.256
	-i e1 -f tx -d 192.0.2.1:65536
	-i e1 -f tx -d 192.0.2.9-192.0.2.1
	-i e1 -f tx -d 192.0.2.1-2001:db8::1
	-i e1 -f tx -d 192.0.2.1 -s 2001:db8::1
	-i e1 -f tx -l 80 -d [2001:db8::1
	-i e1 -f tx -l 80 -d 2001:db8::1-2001:db9::1
	-i e1 -f tx -V 4096
	-i e1 -f tx -V 10.
	-i e1 -f tx -V 1.2.3.4.5
	-i e1 -f tx -V 0800/10
	-i e1 -f tx -V 10 -V 20
	-i e1 -f tx -V 10@8
	-i e1 -f tx -m spin
	-i e1 -f rx -m fast
	-i e1 -f rx -R 10
	-i e1 -f rx -V 10
	-i e1 -f pong -d 192.0.2.1
	-i e1 -f ping -P x
	-i e1 -f tx -P x -V 10
	-i e1 -f tx -T 1
	-i e1 -f tx -w x
	-i e1 -f tx --backend dpdk
	-i e1 -f tx --bind tight
	-i e1 -f tx --vnet-hdr
	-i e1 -f tx --port tag
	-i e1 -f tx --mtu 9000
	-i sw0:g1 -f tx --mtu 67
	-i sw0:g1 -f tx --port tag
	-i sw0:g1 -f tx --port nothing 1
	-i tap:t1 -f tx --backend packet
	-i tap: -f tx
	-i :g1 -f tx
	-i sw0:name-that-is-too-long -f tx
EOF
check "each option: no value, an empty one, a wrong one, one too large" bad_values
check "... none is left out" all_are_tried
check "refused by the state" refusals <<- EOF
	-i none -f tx
	-i sw0:g1 -f tx
	-i e1 -f tx -l 9023
	-i e1 -f tx -p 60
	-i tap:e1 -f tx
	-i lo -f rx
	-i e1 -f rx -m busy-poll --backend packet
	-i e1 -f tx -P $TMP/none.pcap
	-i e1 -f tx -P $TMP/bad.pcap
	-i e1 -f tx -P $TMP/cut.pcap
	-i e1 -f tx -P $TMP/short.pcap
	-i e1 -f tx -P $TMP/ip.pcap
	-i e1 -f tx -P $TMP/empty.pcap
	-i e1 -f rx -P $TMP/none/rx.pcap
	-i e1 -f tx --netns none
	-i e1 -f tx --bind zero-copy
EOF
check "a link that is down: refused" down_refused
check "... or waited for" waits_for_link
check "a rate in frames" rate_kept 200 1k 0.199
check "a rate in bits" rate_kept 100 480kbit 0.099
check "a time" ends_in_time
check "live lines and a summary" live_lines
check "what receiving changes at the other end comes back" peer_restored
check "AF_PACKET if wanted" fallback
check "what cannot be written is told" write_error
xsw switch add sw0
check "man page: every option" man_has_options
check "... and nothing to complain about" man_is_clean
check "man page: its examples work" man_examples
check "completion: options" completes_options
check "completion: devices, switches, taps" offers p1 e1 sw0: tap: -- -i ""
check "completion: functions" offers tx rx ping pong -- -f ""
check "completion: modes" offers busy-poll -- -f rx -m b
