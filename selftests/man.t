#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The man pages and the programs say the same: each option, configuration key, counter, metric,
# event and drop reason of one stands in the other, with its values and default; the examples of
# xsw.yaml(5) work. (docs.t has the examples of xsw(8) and what completion offers.)
source "$(dirname "$0")/lib.sh"
PAGES=$ROOT/tools/man
BUILT=${XSW%/*}
PROGRAMS=(xsw xsw-exporter xsw-pktgen xsw-punt xsw-slowpath xsw-guest)
OBJECTS=(switch port fdb stats policer storm bind check config monitor punt lldp trace why support mirror capture)

# equal WHAT FILE FILE: two lists of words, one a line; what only one of them has is told
equal() {
	[ -s "$2" ] || { echo "no $1 found"; return 1; }
	diff "$2" "$3" | sed -n "s/^</only in the program: $1:/p; s/^>/only in the page: $1:/p" | grep . && return 1
	return 0
}

# section PAGE HEADING: from this .Sh or .Ss to the next one
section() {
	awk -v heading="$2" '/^\.S[hs] / { on = substr($0, 5) == heading; next } on' "$PAGES/$1"
}

# ---- any page

clean() {
	local said

	said=$(command -v man > /dev/null && LC_ALL=C.UTF-8 man --warnings -l -Tutf8 -Z "$1" 2>&1 > /dev/null
		command -v mandoc > /dev/null && mandoc -T lint -W warning "$1")
	[ -z "$said" ] || { echo "$said"; false; }
}

# sections: those that a page refers to, or source code means in xsw(7), are there
sections() {
	local page name

	{
		sed -n 's/^\.Sx //p' "$1" | sed 's/ [],.;:)].*//'
		[ "${1##*/}" != xsw.7 ] || grep -rhoP 'xsw\(7\),? "\K[A-Za-z ]+(?=")' \
			"$ROOT"/{bpf,ctrl,maps,tools,selftests} --include='*.[ch]'
	} | sort -u > "$TMP/sections"
	while read -r name; do
		grep -qxE "\.S[hs] $name" "$1" || { echo "no section $name"; return 1; }
	done < "$TMP/sections"
}

# links: pages of ours that others refer to are there
links() {
	local name nr

	sed -n 's/^\.Xr \(xsw[^ ]*\) \([1-8]\).*/\1 \2/p' "$PAGES"/* | sort -u > "$TMP/links"
	[ -s "$TMP/links" ] || return
	while read -r name nr; do
		[ -e "$PAGES/$name.$nr" ] || { echo "no $name($nr)"; return 1; }
	done < "$TMP/links"
}

# ---- options of programs

# options_of_help: -x and --words in what a program says of itself, a line each
options_of_help() {
	grep -oP -- '(?<![\w\])-])-(-[a-z][a-z_-]*|[A-Za-z]{1,2}(?![A-Za-z-]))' | sort -u
}

# options_of_page PAGE: what begins an item of a list
options_of_page() {
	sed -n 's/^\.It Fl //p' "$PAGES/$1" | sed 's/ , Fl /\n/g' | sed 's/ .*//; s/^/-/' | sort -u
}

same_options() {
	"$BUILT/$1" --help | options_of_help > "$TMP/program"
	options_of_page "$1.8" > "$TMP/page"
	equal option "$TMP/program" "$TMP/page"
}

bench_options() {
	local command

	for command in "" peers modes list; do
		COLUMNS=200 "$ROOT/tools/bench/xsw-bench" ${command:+"$command"} -h
	done | options_of_help | grep -vxE -- '-h|--help' > "$TMP/program"
	options_of_page xsw-bench.8 | grep -vxE -- '-h|--help' > "$TMP/page"
	equal option "$TMP/program" "$TMP/page"
}

# ---- xsw.8

# words_of_page PAGE: in .Cm, which stands for words to be typed
words_of_page() {
	awk '/^\./ {
		on = 0
		for (i = 1; i <= NF; i++) {
			if ($i ~ /^\.?[A-Z][a-z]$/)
				on = $i ~ /Cm/
			else if (on && $i ~ /^[a-z0-9]/)
				print $i
		}
	}' "$PAGES/$1" | sort -u
}

# no_strange_words PAGE: each of them is in the help of xsw or of an object
no_strange_words() {
	local object

	{
		echo help list
		"$XSW" help
		cat "$TMP/words"
		grep -rhoE '"[a-z0-9-]+"' "$ROOT"/ctrl/punt/*.c # names of ICMP types: help has one alone
		for object in "${OBJECTS[@]}"; do
			echo "$object"
			"$XSW" "$object" help
		done
	} | grep -oE '[a-z0-9][a-z0-9._-]*' | sort -u > "$TMP/program"
	words_of_page "$1" > "$TMP/page"
	[ "$(wc -l < "$TMP/page")" -gt 20 ] || return
	is "" comm -13 "$TMP/program" "$TMP/page"
}

# item WORD: the text of the item of an option in xsw.8, on one line
item() {
	awk -v word="$1" '/^\.(It|Sh|El)/ { on = $1 " " $2 " " $3 == ".It Cm " word; next } on' "$PAGES/xsw.8" |
		sed 's/^\.[A-Z][a-z] //; s/\bCm //g' | tr '\n' ' '
}

# ranges_told LIST: in xsw.8, the item of each option that is a number tells the greatest one
ranges_told() {
	local word most text

	sed -nE "s/^$1 (\S+)\t.*\b[0-9]+ to ([0-9]+).*/\1 \2/p" "$TMP/words" > "$TMP/ranges"
	[ -s "$TMP/ranges" ] || return
	while read -r word most; do
		text=$(item "$word")
		grep -qw "$most" <<< "$text" || { echo "$word: $most is not told: $text"; return 1; }
	done < "$TMP/ranges"
}

# defaults_told LIST: in xsw.8, the item of each option tells its default
defaults_told() {
	local word value text

	grep -P "^$1 \S+\t.*\t" "$TMP/words" | cut -d' ' -f2- > "$TMP/defaults"
	[ -s "$TMP/defaults" ] || return
	while IFS=$'\t' read -r word value _; do
		text=$(item "$word")
		grep -qP "([Dd]efault:? \Q$value\E\b|\b\Q$value\E\b( |: )*[^.]*the default|default: *\Q$value\E\b)" <<< "$text" ||
			{ echo "$word: default $value is not told: $text"; return 1; }
	done < "$TMP/defaults"
}

# felt_options: xsw.7 tells of each option, but for those that frames do not feel
felt_options() {
	grep -P '^(switches|ports) \S+\t' "$TMP/words" | cut -f1 | cut -d' ' -f2 |
		grep -vxE 'path|host|peer_redirect|threaded|napi_cpus|keep_addresses|vlan_stats' | sort > "$TMP/program"
	words_of_page xsw.7 > "$TMP/page"
	is "" comm -23 "$TMP/program" "$TMP/page"
}

# felt_reasons: xsw.7 names each reason of a drop
felt_reasons() {
	sed -n 's/^\tX([A-Z_]*, "\([a-z-]*\)").*/\1/p' "$ROOT/maps/drop.h" | sort > "$TMP/program"
	grep '^\.Sy ' "$PAGES/xsw.7" | tr -s ' ,' '\n' | sort -u > "$TMP/page"
	is "" comm -23 "$TMP/program" "$TMP/page"
}

reasons() {
	sed -n 's/^\tX([A-Z_]*, "\([a-z-]*\)").*/\1/p' "$ROOT/maps/drop.h" | sort > "$TMP/program"
	section xsw.8 "Drop reasons" | sed -n 's/^\.It Sy //p' | sort > "$TMP/page"
	equal "drop reason" "$TMP/program" "$TMP/page"
}

metrics() {
	xsw --prometheus stats show | sed -n 's/^# TYPE \([^ ]*\) .*/\1/p' | sort > "$TMP/program"
	section xsw.8 Metrics | sed -n 's/^\.It Va //p' | sed 's/ , /\n/g' | sort > "$TMP/page"
	equal metric "$TMP/program" "$TMP/page"
}

counters() {
	xsw -j -s -d stats show p1 | jq -r '.[0] | del(.ifname, .switch, .netns) | keys[]' | sort > "$TMP/program"
	section xsw.8 COUNTERS | sed -n 's/^\.It Va //p' | sed 's/ , /\n/g' | sort > "$TMP/page"
	equal counter "$TMP/program" "$TMP/page"
}

# events: "OBJECT WORD" of each; those of links and losses are not of the data path
events() {
	sed -n 's/^\tX([A-Z_]*, "\([a-z]*\)", "\([a-z]*\)", .*/\2 \1/p' "$ROOT/maps/event.h" | sort -u > "$TMP/program"
	section xsw.8 EVENTS | sed -n 's/^\.It Sy //p' | awk '{
		for (i = 2; i <= NF; i++) if ($i != ",") print $1, $i }' |
		grep -vxE 'port (up|down|absent)|drop dropped|monitor lost' | sort -u > "$TMP/page"
	equal event "$TMP/program" "$TMP/page"
}

# json_names COMMAND...: each name in the objects stands in the page, as an option or with .Va
json_names() {
	xsw -j "$@" | jq -rs '[flatten[] | objects | keys[]] | unique[]' > "$TMP/program"
	[ -s "$TMP/program" ] || return
	{
		words_of_page xsw.8
		grep -E '^\.(It )?Va ' "$PAGES/xsw.8" | tr -s ' ' '\n'
	} | sort -u > "$TMP/page"
	is "" comm -23 "$TMP/program" "$TMP/page"
}

# ---- xsw.yaml.5

# rows_of_page: as selftests/prog/words.c has them, but with what the page says of each key
rows_of_page() {
	awk '/^\.Ss / { list = $2 } /^\.It Cm / { sub(/^\.It Cm /, ""); print list " " $0 }' "$PAGES/xsw.yaml.5" |
		sed 's/ Ta /\t/g; s/ | /|/g'
}

yaml_keys() {
	cut -f1 "$TMP/words" | sort > "$TMP/program"
	rows_of_page | cut -f1 | sort > "$TMP/page"
	equal key "$TMP/program" "$TMP/page"
}

yaml_values() {
	grep -P '\t' "$TMP/words" | sort > "$TMP/program"
	rows_of_page | grep -F "$(cut -f1 "$TMP/program" | sed 's/$/\t/')" | sort > "$TMP/page"
	equal "values of" "$TMP/program" "$TMP/page"
}

# yaml_example: is applied, and then is what runs
yaml_example() {
	awk '/^\.Ed/ { on = 0 } on; /^\.Bd/ { on = 1 }' "$PAGES/xsw.yaml.5" > "$TMP/example.yaml"
	ip -n "$NS" tuntap add tap0 mode tap
	ip -n "$NS" link add uplink0 type veth peer name peer0
	xsw config apply "$TMP/example.yaml" > /dev/null && is "" xsw config apply "$TMP/example.yaml" &&
		is '[["tap0",10],["uplink0",0]]' eval 'xsw -j port show | jq -c "[.[] | [.ifname, .tag]]"'
}

pages=()
for page in "$PAGES"/*.[1-8]; do
	[ -L "$page" ] || pages+=("$page")
done
shows=("switch show" "port show" "fdb show" "-s -d stats show" "policer show" "storm show" "bind show" "punt show" "mirror show"
	check "monitor last 9")
plan $((2 * ${#pages[@]} + 2 * ${#PROGRAMS[@]} + ${#shows[@]} + 19))

for page in "${pages[@]}"; do
	check "nothing to complain about: ${page##*/}" clean "$page"
done
for page in "${pages[@]}"; do
	check "refers to sections that are there: ${page##*/}" sections "$page"
done
check "pages refer to pages that are there" links
for program in "${PROGRAMS[@]}"; do
	check "options: $program" same_options "$program"
	check "... another one ends it with status 1" exits 1 "$BUILT/$program" --nosuch
done
if command -v python3 > /dev/null; then
	check "options: xsw-bench" bench_options
else
	skip "options: xsw-bench" "no python3"
fi

"$PROGS/words" > "$TMP/words"
check "xsw.8 has no word that xsw has not" no_strange_words xsw.8
check "... nor has xsw.7" no_strange_words xsw.7
check "xsw.7 tells of each option that frames feel" felt_options
check "... and of each reason of a drop" felt_reasons
check "xsw.8 tells the defaults: switch" defaults_told switches
check "xsw.8 tells the defaults: port" defaults_told ports
check "xsw.8 tells the ranges: switch" ranges_told switches
check "xsw.8 tells the ranges: port" ranges_told ports
check "xsw.8 tells the ranges: policer" ranges_told policers
check "drop reasons" reasons
check "events" events
switch_up skb 2
xsw fdb add 02:00:00:00:00:01 dev p1 static
xsw policer set p1 ingress rate 10mbit excess_burst 100kb
xsw storm set p1 broadcast pps 100
xsw bind add p1 mac 02:00:00:00:00:01 ip 192.0.2.1
xsw punt add p1 ethertype lldp vlan 1 dst 01:80:c2:00:00:0e socket 1 pps 100
xsw mirror add m1 switch sw0 all on to-vlan 99
xsw switch set sw0 vlan_stats on
check "counters" counters
check "metrics" metrics
for show in "${shows[@]}"; do
	# shellcheck disable=SC2086 # the words of a command line
	check "names in JSON: $show" json_names $show
done
xsw switch del sw0

check "xsw.yaml.5 has the keys that are read" yaml_keys
check "... with their values and defaults" yaml_values
check "... and an example that works" yaml_example
check "each program that is installed has a page" eval '
	for program in xsw-bench xsw-ifup xsw-ifdown "${PROGRAMS[@]}"; do
		[ -s "$PAGES/$program.8" ] || { echo "none of $program"; exit 1; }
	done'
