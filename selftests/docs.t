#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# What `xsw help` names stands in the man page and is offered by completion; the
# man page's examples work. man.t compares pages and programs in all else.
source "$(dirname "$0")/lib.sh"
MAN=$ROOT/tools/man/xsw.8
# shellcheck source=../tools/bash-completion/xsw
source "$ROOT/tools/bash-completion/xsw"
# shellcheck source=../tools/bash-completion/xsw-punt
source "$ROOT/tools/bash-completion/xsw-punt"

OBJECTS=(switch port fdb stats policer storm bind check config monitor punt lldp trace why support mirror capture)

# ---- what help says

# help_words OBJECT: the command and option words of its help, which are those in lower case but
# for values (a|b, and what follows an option's word in the list of the port's)
help_words() {
	"$XSW" "$@" help |
		sed 's/^Usage: */ /; s/^ *xsw//; /^OPTIONS:/d; s/OPTION VALUE//' |
		sed 's/^  \([a-z][a-z_]*\) .*/\1/; s/[a-z]*|[a-z|]*//g; s/[][{}|]/ /g' |
		tr ' ' '\n' | grep -E '^(--)?[a-z][a-z_-]*$' | sort -u | grep -vx "${1:-xsw}"
}

help_options() {
	"$XSW" help | grep -oE -- '--?[a-zA-Z][a-z-]*' | sort -u
}

# ---- the man page

# Macros and their quoting aside
man_words() {
	sed 's/^\.[A-Z][a-z]//; s/\\-/-/g; s/ Fl -/ --/g' "$MAN" | tr -s ' ,|' '\n'
}

man_has() {
	local word

	for word in "$@"; do
		case $word in
		-*) grep -qE "^\.It (Fl [^ ]+ , )?Fl ${word#-}( |\$)" "$MAN" ;;
		*) man_words | grep -qxF -- "$word" ;;
		esac || { echo "not there: $word"; return 1; }
	done
}

# man_has_options OBJECT: its options have an item each, which names the values that help names.
man_has_options() {
	local word values item

	while read -r word values; do
		item=".It Cm $word"
		[[ $values != *"|"* ]] || item+=" Cm ${values//|/ | }"
		grep -qE "^${item//|/\\|}\$|^\.It Cm $word Ar" "$MAN" && continue
		echo "not there: $item"
		return 1
	done < <("$XSW" "$1" help | grep '^  [a-z]')
}

# The examples, in a namespace with the devices they name
man_examples() {
	awk '/^\.Sh EXAMPLES/ { on = 1 } /^\.Sh DIAG/ { on = 0 } /^\.Ed/ { block = 0 }
	     on && block { print } /^\.Bd/ { block = 1 }' "$MAN" |
		sed "s/\\\\(aq/'/g" > "$TMP/examples"
	grep -q "^xsw config apply" "$TMP/examples" || { echo "no examples found"; return 1; }
	mkdir "$TMP/bin" && ln -s "$XSW" "$TMP/bin/xsw"
	in_ns env PATH="$TMP/bin:$PATH" bash -c 'ip tuntap add tap0 mode tap && ip link set tap0 up
		for dev in veth0 uplink0; do
			ip link add $dev type veth peer name peer-$dev && ip link set $dev up
		done
		cd "$1" && bash -e -o pipefail examples' examples "$TMP"
}

# ---- completion

# completes WORD...: what is offered for the last one, on one line
completes() {
	COMP_WORDS=("$XSW" -n "$NS" "$@")
	COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
	COMPREPLY=()
	_xsw
	echo "${COMPREPLY[*]}"
}

# punt_completes WORD...: the same of xsw-punt
punt_completes() {
	COMP_WORDS=("$XSW-punt" -n "$NS" "$@")
	COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
	_xsw_punt_handler
	echo "${COMPREPLY[*]}"
}

# offers WANTED... -- WORD...
offers() {
	local wanted=() got

	while [ "$1" != -- ]; do
		wanted+=("$1")
		shift
	done
	got=" $(completes "${@:2}") "
	for word in "${wanted[@]}"; do
		[[ $got = *" $word "* ]] || { echo "no '$word' in:$got"; return 1; }
	done
}

# offers_nothing WORD...: is an empty word offered among others, or is nothing?
offers_nothing() {
	completes "$@" > /dev/null
	[ ${#COMPREPLY[@]} = 0 ] || printf '%s\n' "${COMPREPLY[@]}" | grep -qx ''
}

# what is said, to standard error, where there is no word to complete
completes_bare() {
	COMP_WORDS=("$XSW")
	COMP_CWORD=0
	COMPREPLY=()
	_xsw 2>&1
}

# Each word of an object's help, wherever its commands have it
offers_all() {
	local object=$1 line words=
	shift
	words=$(completes "$object" "")
	for line in "$@"; do
		# shellcheck disable=SC2086 # the words of a command line
		words+=" $(completes "$object" $line "")"
	done
	for word in $(help_words "$object"); do
		[[ " $words " = *" $word "* ]] || { echo "no '$word' in: $words"; return 1; }
	done
}

# offers_values OBJECT WORD...: each value that its help names for an option, after these words
offers_values() {
	local word values

	while read -r word values; do
		[[ $values = *"|"* ]] || continue
		IFS='|' read -ra values <<< "$values"
		offers "${values[@]}" -- "$@" "$word" "" || { echo "of $word"; return 1; }
	done < <("$XSW" "$1" help | grep '^  [a-z]' | grep -vE '^  host ')
}

# ---- dashboard

# Each metric that it asks for is one that there is.
dashboard_metrics() {
	local name metrics

	metrics=$(xsw --prometheus stats show | sed -n 's/^# TYPE \([^ ]*\) .*/\1/p')
	for name in $(grep -oE '\bxsw_[a-z_]+' "$ROOT/tools/grafana/xsw.json" | sort -u); do
		grep -qx "$name" <<< "$metrics" || { echo "no such metric: $name"; return 1; }
	done
}

mapfile -t options < <(help_options)

plan $((${#OBJECTS[@]} + 59))
switch_up skb 2
xsw fdb add 02:00:00:00:00:01 dev p1 static

check "man: the options" man_has "${options[@]}"
for object in "${OBJECTS[@]}"; do
	mapfile -t words < <(help_words "$object")
	check "man: $object" man_has "$object" "${words[@]}"
done
check "man: each option of a port" man_has_options port
check "man: ... of a policer" man_has_options policer

check "completion: objects" is \
	"switch port fdb stats policer storm bind check config monitor punt lldp trace why support mirror capture help" completes ""
check "... that begin so" is "stats storm" completes st
check "completion: the options" offers "${options[@]}" -- -
check "completion: switch" offers_all switch "add sw1" "set sw0"
check "completion: port" offers_all port "add p9" "set p1" show
check "completion: fdb" offers_all fdb "add 02:00:00:00:00:01" "del 02:00:00:00:00:01" show flush
check "completion: stats" offers_all stats show watch
check "completion: policer" offers_all policer "set p1" "set p1 ingress" "del p1 egress"
check "completion: storm" offers_all storm "set p1" "set p1 unknown"
check "completion: bind" offers_all bind "add p1"
check "completion: punt" offers_all punt "add p1"
check "... values" is "eapol" completes punt add p1 ethertype e
check "... a socket may have no number" offers pps -- punt add p1 socket 3 ""
xsw mirror add m1 switch sw0 to-port p2
check "completion: mirror" offers_all mirror "add m2" "set m1" "del m1" show
check "... names" is m1 completes mirror set m
check "... values" is "p1 p2" completes mirror set m1 src-port p
xsw mirror del m1 switch sw0
check "completion: lldp" offers_all lldp show
check "completion: why" offers_all why "" p1
check "completion: support" offers help -- support ""
check "completion: trace" offers_all trace "p1" "p1 frame 00" "p1 pcap file"
check "completion: xsw-punt" is "lldp pcapng print" punt_completes ""
check "... its options" is "--socket" punt_completes --so
check "... switches" is sw0 punt_completes -S 3 lldp ""
check "... ports" is "p1 p2" punt_completes lldp sw0 p
check "completion: check" offers_all check
check "completion: config" offers_all config "apply file"
check "completion: monitor" offers_all monitor "fdb switch sw0"
check "completion: capture" offers_all capture "switch sw0"
check "... ports" offers p1 p2 -- capture p1 dir in ""
check "... values" is "in out drop all" completes capture p1 dir ""
check "completion: values of port options" offers_values port set p1
check "... no empty word" not offers_nothing port set p1 ""
check "... nor after one" not offers_nothing port set '""' ""
check "... nor without a word" is "" completes_bare
check "... of policers" offers_values policer set p1 egress
check "... which are limited" is "broadcast multicast unknown" completes storm set p1 ""
check "... that begin so" is "native-tagged native-untagged" completes port set p1 vlan_mode na
check "... once more" is "on off" completes port set p1 learning on flood ""
check "... not those that stand" not offers learning -- port set p1 learning on ""
check "... after a word without value" offers tag -- port add h0 switch sw0 host ""
check "completion: values of switch options" is "reject evict" completes switch add sw1 fdb_full ""
check "... on or off" is "on off" completes switch set sw0 forward_bpdu ""
check "completion: switches" is sw0 completes switch del ""
check "... behind 'switch'" is sw0 completes port add x switch ""
check "completion: ports" is "p1 p2" completes port set ""
check "... behind 'dev'" is "p1 p2" completes fdb add 02:00:00:00:00:02 dev p
check "... or a word" is "p1 p2 switch vlan" completes stats show ""
check "completion: devices" offers p1 e1 e2 -- port add ""
check "completion: an address, broken at its colons" \
	is 01 completes fdb del 02 : 00 : 00 : 00 : 00 : 0
check "... and what follows it" offers switch vlan -- fdb del 02 : 00 : 00 : 00 : 00 : 01 ""
check "completion: network namespaces" is "$NS" completes -n "$NS"
netns_add "${NS}c"
check "completion: switches of that one, by one dash too" is "" completes -netns "${NS}c" switch show ""
check "... or of all" is "sw0" completes -netns "${NS}c" -all-netns switch show ""
ip netns del "${NS}c"

check "dashboard: well formed" jq -e '.panels | length > 10' "$ROOT/tools/grafana/xsw.json"
check "dashboard: metrics" dashboard_metrics

xsw switch del sw0
check "man: its examples work" man_examples
