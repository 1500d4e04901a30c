#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The command line: options as ip(8) has them, names of devices, words nearly right, terminals.
#   e1 --- p1 [ sw0 ] p2 --- e2
source "$(dirname "$0")/lib.sh"
LONG=alternative-$(printf 'x%.0s' {1..115}) # 127 characters

# says STATUS PATTERN WORD...: what stands on stderr, one line, matches
says() {
	local status=$1 pattern=$2
	shift 2
	exits "$status" xsw "$@" 2> "$TMP/err" > /dev/null || { cat "$TMP/err"; return 1; }
	head -1 "$TMP/err" | grep -qE "^xsw: $pattern\$" || { cat "$TMP/err"; return 1; }
}

# on_terminal COMMAND...: what xsw writes to a terminal of 5 lines and 60 columns
on_terminal() {
	# shellcheck disable=SC2016 # words of the inner shell
	in_ns env SHELL=/bin/bash script -qec "stty rows 5 cols 60; $(printf '%q ' "$XSW" "$@")" /dev/null \
		< /dev/null
}

colored() {
	xsw "$@" | grep -q $'\033'
}

# columns N WORD...: lines of -br have at least N, and there are as many as objects
columns() {
	local n=$1
	shift
	xsw -br "$@" > "$TMP/out" && [ "$(wc -l < "$TMP/out")" = "$(xsw -j "$@" | jq length)" ] &&
		[ -s "$TMP/out" ] && awk -v n="$n" 'NF < n { exit 1 }' "$TMP/out" || { cat "$TMP/out"; false; }
}

# one_line WORD...: a line an object, with \ between what were lines, and nothing else is another
one_line() {
	xsw -o "$@" > "$TMP/out" && [ "$(wc -l < "$TMP/out")" = "$(xsw -j "$@" | jq length)" ] &&
		grep -q '\\ ' "$TMP/out" && diff <(tr '\\' '\n' < "$TMP/out") <(xsw "$@")
}

same() {
	diff <(xsw "${@:2}") <(eval "xsw $1")
}

# error_object WORD...: JSON on stdout, with both members
error_object() {
	xsw -j "$@" 2> /dev/null | jq -e '(.error.message | length > 0) and (.remedy | type == "string")'
}

# The last one of both counts, whatever the order.
last_format() {
	xsw --openmetrics --prometheus stats show > "$TMP/p" &&
		xsw --prometheus --openmetrics stats show > "$TMP/o" &&
		not grep -q '^# EOF' "$TMP/p" && grep -q '^# EOF' "$TMP/o"
}

# Each row of the table of rows, `OPTIONS` of the help of these objects, is a member.
own_words() {
	local object=$1 word
	shift
	for word in $("$XSW" "$object" help | sed -n 's/^  \([a-z][a-z_-]*\) .*/\1/p'); do
		xsw -j "$@" | jq -e --arg word "${word//-/_}" 'all(has($word))' > /dev/null ||
			{ echo "no '$word'"; return 1; }
	done
}

no_scrolling() {
	on_terminal stats watch interval 0.05 count 4 > "$TMP/screen" || return
	[ "$(grep -o $'\033\\[H' "$TMP/screen" | wc -l)" -ge 5 ] || { cat -v "$TMP/screen"; return 1; }
	# as many lines as there are on the terminal at the most, and none is wider
	awk 'BEGIN { RS = "\033\\[H"; FS = "\n" } NF > 5 { exit 1 }
		{ for (i = 1; i <= NF; i++) { gsub(/\033\[[?0-9]*[a-zA-Z]|\r/, "", $i)
			if (length($i) > 60) exit 1 } }' "$TMP/screen" || { cat -v "$TMP/screen"; return 1; }
}

left_clean() {
	grep -q $'\033\\[?25h\033\\[?1049l' <(tail -c 40 "$TMP/screen")
}

# interrupted, of which the terminal tells by ^C
interrupted() {
	rm "$TMP/screen"
	{ wait_for 5 grep -q rx "$TMP/screen"; printf '\003'; } |
		in_ns timeout 20 script -qefc "$(printf '%q ' "$XSW" stats watch interval 0.1)" /dev/null > "$TMP/screen"
	left_clean
}

plan 56
switch_up skb 2
ip -n "$NS" link property add dev p1 altname uplink altname "$LONG"
xsw fdb add "$(mac 1)" dev p1 static
xsw fdb add "$(mac 1)" dev p2 vlan 5 static
xsw fdb add "$(mac 2)" dev p2 static
xsw policer set p1 ingress rate 10mbit burst 64kb
xsw storm set p1 broadcast pps 10 burst_packets 5
xsw bind add p1 mac "$(mac 1)" ip 192.0.2.1
xsw punt add p1 ethertype arp host

# ---- options

check "one dash, shortened, as ip" same "-js port show" --json port show
check "... -stats" same "-stats port show" -s port show
check "... -Version" same -Version --version
check "... a value behind the letter" same "-n$NS port show" -netns "$NS" port show
check "... or behind =" same "--netns=$NS port show" -n "$NS" port show
check "unknown: it is named, with the nearest" says 1 "option '--jsno': .*; did you mean '--json'\?" --jsno port show
check "... not the one before it" says 1 "option '-jsonx': unknown.*" -json -jsonx port show
check "... nor what is not near" says 1 "option '-frobnicate': unknown, see 'xsw help'" -frobnicate
check "several begin so" says 1 "option '--pr': several begin so.*" --pr port show
check "a value is missing" says 1 "option '-netns': NAME missing" port show -netns
check "there is no value" says 1 "option '--json=1': has no value" --json=1 port show
check "of two formats the last one counts" last_format
check "-j: an error has a remedy, be it empty" error_object port show p9
check "... of usage too" error_object port shwo

check "-br: ports" columns 6 port show
check "... switches" columns 4 switch show
check "... addresses" columns 5 fdb show
check "... counters" columns 6 stats show
check "... policers" columns 6 policer show
check "... storm control" columns 6 storm show
check "... bindings" columns 3 bind show
check "... rules" columns 5 punt show
check "... check" columns 2 check p1
check "... with -j objects are whole" same "-br -j port show" -j port show
check "-o: a line a port" one_line port show
check "... a switch" one_line switch show
check "... its counters too" one_line -s port show
check "-c: colours" colored -c port show p1
check "... always, by any name" colored -color=always -br fdb show
check "... never" not colored --color=never port show
check "... auto: not without a terminal" not colored -c=auto port show
check "... auto: on one" eval 'on_terminal -c=auto port show p1 | grep -q "\[36mp1"'
check "... nor without the option there" not eval "on_terminal port show p1 | grep -q '\[36m'"
check "... not in JSON" not colored -c -j port show
check "... another word" says 1 "option '-c=red': must be auto, always or never" -c=red port show

# ---- names of devices

check "an alternative name: what is shown is the name" is p1 json '.[].ifname' port show uplink
check "... of 127 characters" is p1 json '.[].ifname' stats show "$LONG"
check "... changes" eval 'xsw port set uplink learning off && port_is 1 learning false'
check "... addresses" is 1 json length fdb show dev "$LONG"
check "... a port is added" eval 'xsw port del uplink && xsw port add "$LONG" switch sw0 path skb && port_is 1 ifname p1'
check "... not twice" says 2 "port 'p1': is a port of switch 'sw0' already" port add uplink switch sw0
xsw config dump | sed "s/dev: p1/dev: $LONG/" > "$TMP/config"
check "... in a file" is "" xsw config apply --dry-run "$TMP/config"
check "a name that is too long" says 2 "port '${LONG}y': a name has 1 to 15 characters, .* 127" port show "${LONG}y"
check "... longer than a name, and no other" says 2 "port '${LONG%x}': no such port; names have 1 to 15 .*" \
	port set "${LONG%x}" learning on
for name in "" a/b "a b" $'a\tb' ..; do
	says 2 "port '.*': no name of a device" port show "$name" &&
		says 2 "port '.*': no name of a device" port add "$name" switch sw0 || break
done
check "no names at all: empty, with / or blanks" [ "$name" = .. ]

# ---- words

check "an object nearly right" says 1 "object 'prot': .*; did you mean 'port'\?" prot show
check "a command" says 1 "port: unknown command 'shwo'.*; did you mean 'show'\?" port shwo
check "an option" says 1 "port 'p1': unknown word 'learing'.*; did you mean 'learning'\?" port set p1 learing on
check "fdb show MAC" is "p2 p2" eval "xsw fdb add $(mac 2) dev p2 vlan 5 static &&
	xsw -j fdb show $(mac 2) | jq -r '[.[].ifname] | join(\" \")'"
check "... with a VLAN, a port, a switch" is 1 json length fdb show vlan 5 "$(mac 2)" dev p2 switch sw0
check "... twice" says 1 "fdb .*: unknown word .*" fdb show "$(mac 2)" "$(mac 1)"

# ---- the rest

check "JSON: options by their own words" eval 'own_words port port show && own_words storm storm show'
check "... a rule for the host" eval 'xsw punt add p1 ethertype arp host && is true json ".[0].host" punt show'
if command -v script > /dev/null; then
	check "stats watch draws over a terminal" no_scrolling
	check "... and leaves it clean" left_clean
	check "... by ^C, too" interrupted
else
	skip "stats watch draws over a terminal" "no script(1)"
	skip "... and leaves it clean" "no script(1)"
	skip "... by ^C, too" "no script(1)"
fi
