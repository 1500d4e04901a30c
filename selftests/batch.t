#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The lines of a batch: done whole or not at all, in their order, with the lock of writers given
# to others between them.
#   e1 --- p1 [ sw0 ] p2 --- e2      p3 too
source "$(dirname "$0")/lib.sh"

# batch LINE...: run these lines
batch() {
	printf '%s\n' "$@" > "$TMP/batch"
	xsw -b "$TMP/batch"
}

# fails LINE_NUMBER STATUS OPTION... -- LINE...: this line fails, and is named
fails() {
	local number=$1 status=$2 options=()
	shift 2
	while [ "$1" != -- ]; do
		options+=("$1")
		shift
	done
	printf '%s\n' "${@:2}" > "$TMP/batch"
	exits "$status" xsw "${options[@]}" -b "$TMP/batch" 2> "$TMP/err" &&
		grep -qx "xsw: batch '$TMP/batch': line $number failed" "$TMP/err" ||
		{ cat "$TMP/err"; false; }
}

# entries N: static entries in VLAN 0, a line each
entries() {
	seq 1 "$1" | awk '{ printf "fdb add 02:00:%02x:%02x:%02x:%02x dev p%d static\n",
		int($1 / 16777216), int($1 / 65536) % 256, int($1 / 256) % 256, $1 % 256, $1 % 3 + 1 }'
}

# toggles N: settings of three ports, two of which change together
toggles() {
	seq 1 "$1" | awk '{ word = $1 % 7 < 3 ? "on" : "off"
		printf "port set p%d learning %s flood %s\n", $1 % 3 + 1, word, word }'
}

# the first lines are done, and no other is: each line is an address one higher
done_in_order() {
	xsw -j fdb show switch sw0 | jq -e '[.[] | select(.flags == ["static"]) | .mac] | sort |
		length as $n | $n > 0 and .[0] == "02:00:00:00:00:01" and (unique | length) == $n and
		(.[-1] | split(":") | .[2:] | map(ascii_downcase | explode |
			map(if . > 96 then . - 87 else . - 48 end) | .[0] * 16 + .[1]) |
			.[0] * 16777216 + .[1] * 65536 + .[2] * 256 + .[3]) == $n'
}

pairs_whole() {
	xsw -j port show | jq -e 'length == 3 and all(.learning == .flood)'
}

# kill_many SIGNAL: batches that are ended at several moments
kill_many() {
	local ms

	{ toggles 20; entries 60000; } > "$TMP/long"
	for ms in 5 15 30 60 90 140 250; do
		xsw config apply --prune "$TMP/config" || return
		background "" "$XSW" -b "$TMP/long" 2> "$TMP/err"
		sleep "0.$(printf %03d "$ms")"
		kill "-$1" "$BACKGROUND"
		wait "$BACKGROUND" 2> /dev/null
		pairs_whole || return
		[ "$(fdb_count)" = 0 ] || done_in_order || return
	done
}

ends_by_signal() {
	local status

	background "" "$XSW" -b "$TMP/fifo" 2> "$TMP/err"
	exec 5> "$TMP/fifo"
	echo "port set p1 learning off" >&5
	wait_for 5 port_is 1 learning false
	kill -INT "$BACKGROUND"
	wait "$BACKGROUND"
	status=$?
	exec 5>&-
	is 130 echo "$status" && grep -q "stopped after line 1: Interrupt" "$TMP/err"
}

# while it waits for its input
others_work() {
	background "" "$XSW" -b "$TMP/fifo"
	exec 5> "$TMP/fifo"
	echo "port set p1 learning on" >&5
	wait_for 5 port_is 1 learning true &&
		timeout 5 nsenter --net="/run/netns/$NS" "$XSW" port set p2 learning off &&
		echo "port set p2 flood off" >&5 && exec 5>&- && wait "$BACKGROUND" &&
		port_is 2 learning false && port_is 2 flood false
}

# LINE: while this one goes on, until it is ended
others_work_beside() {
	local status=0

	background "" "$XSW" -b <(printf 'port set p1 learning on\nport set p1 flood on\n%s\nport set p1 flood off\n' "$1") > "$TMP/out"
	wait_for 5 test -s "$TMP/out" &&
		timeout 5 nsenter --net="/run/netns/$NS" "$XSW" port set p2 learning on || status=1
	kill -INT "$BACKGROUND"
	wait "$BACKGROUND" 2> /dev/null
	return $status
}

# while it works: the line of another command is in the middle
others_come_between() {
	xsw config apply --prune "$TMP/config"
	entries 200000 > "$TMP/long"
	background "" "$XSW" -b "$TMP/long"
	wait_for 10 eval '[ "$(json ".[0].fdb_entries" switch show sw0)" -gt 0 ]'
	timeout 10 nsenter --net="/run/netns/$NS" "$XSW" port set p3 isolated on || return
	kill -0 "$BACKGROUND" || { echo "the batch had ended before"; return 1; }
	kill -INT "$BACKGROUND"
	wait "$BACKGROUND"
	done_in_order
}

two_at_once() {
	local other

	xsw config apply --prune "$TMP/config"
	entries 4000 > "$TMP/one"
	entries 4000 | sed 's/02:00:/02:01:/; s/$/ vlan 7/' > "$TMP/two"
	toggles 301 >> "$TMP/two"
	background "" "$XSW" -b "$TMP/one"
	other=$BACKGROUND
	xsw -b "$TMP/two" && wait "$other" && is 8000 fdb_count && pairs_whole
}

# the last line of each port is what it is set to, and what frames meet
last_counts() {
	local lines

	mapfile -t lines < <(toggles 500)
	batch "${lines[@]}" "port set p1 tag 5" "port set p2 tag 5 isolated off" "port set p1 tag 6" \
		"port set p1 tag 5" "port set p3 tag 6" "port set p1 flood on" "port set p2 flood on" &&
		is '["access",5] ["access",5] ["access",6]' eval \
			"xsw -j port show | jq -r '[.[] | [.vlan_mode, .tag] | tojson] | join(\" \")'" &&
		sees 1 "bcast h1" 2 "bcast h1"
}

# what a line has set is there for the next, whichever it is
next_line_sees() {
	xsw -j -b <(printf 'port set p1 learning %s\n' on off on off; echo 'port show p1') > "$TMP/out" &&
		is false jq '.[0].learning' "$TMP/out"
}

# addresses that were learned with the settings before are forgotten
forgets() {
	batch "port set p1 tag 5 learning on" "port set p2 tag 5" || return
	frame send e1 "bcast h1" 1
	wait_for 5 fdb_has h1 dev p1 vlan 5 || return
	batch "port set p1 learning off" "port set p1 learning on" "port set p1 tag 6" \
		"port set p1 tag 5" && fdb_lacks h1 vlan 5
}

policers_too() {
	local lines

	mapfile -t lines < <(seq 1 200 | awk '{ printf "policer set p%d ingress vlan %d rate %dmbit burst 64kb\n",
		$1 % 3 + 1, $1 % 50, $1 }')
	batch "${lines[@]}" && is 150 json length policer show &&
		is 200000000 json '[.[].rate] | max' policer show
}

# lines of three switches by turns, in a process that may keep two of them open
several_switches() {
	local i

	for i in 1 2; do
		ip -n "$NS" link add "q$i" type veth peer name "r$i"
		batch "switch add sw$i" "port add q$i switch sw$i path skb" || return
	done
	seq 1 300 | awk '{ split("p1 q1 q2", dev); printf "fdb add 02:00:00:02:%02x:%02x dev %s static\n",
		int($1 / 256), $1 % 256, dev[$1 % 3 + 1]
		printf "port set %s learning %s\n", dev[$1 % 3 + 1], $1 % 2 ? "on" : "off" }' > "$TMP/batch"
	(ulimit -n 256 && xsw -b "$TMP/batch") && is 100,100 json '[.[1:][].fdb_entries | tostring] | join(",")' switch show &&
		is off,off,on eval "xsw -j port show | jq -r '[.[] | select(.ifname | IN(\"p1\", \"q1\", \"q2\")) |
			if .learning then \"on\" else \"off\" end] | join(\",\")'"
}

plan 26
switch_up skb 3
xsw config dump > "$TMP/config"
mkfifo "$TMP/fifo"
check "a line fails: the batch ends there, with its status" fails 2 1 -- 'port set p1 flood off' \
	'port set p1 nonsense' 'port set p1 flood on'
check "... what was before stays" port_is 1 flood false
check "refused: 2" fails 1 2 -- 'port set p9 flood on'
check "-force: the others are done" fails 2 2 -force -- 'port set p1 flood on' \
	'port set p9 flood on' 'port set p2 flood off' 'nonsense'
check "... before and after" is true,false eval 'xsw -j port show |
	jq -r "[.[] | select(.ifname != \"p3\") | .flood] | join(\",\")"'
check "... each that failed is named" grep -qx "xsw: batch '$TMP/batch': line 4 failed" "$TMP/err"
printf 'port set p2 flood on\nport set p1 flood off\0 nonsense\nport set p3 flood off\n' > "$TMP/nul"
check "a NUL byte: its line is refused" exits 1 xsw -b "$TMP/nul"
check "... and not done" port_is 1 flood true
printf 'fdb add %s dev p1 static' "$(mac 7)" > "$TMP/batch"
check "a last line without an end" xsw -b "$TMP/batch"
printf 'fdb del %s switch sw0\r\n# so\r\n\r\n' "$(mac 7)" > "$TMP/batch"
check "lines that end as those of DOS do" xsw -b "$TMP/batch"
check "words in quotes" batch "port set \"p1\" 'flood' on # \"" "switch set sw0 ageing_time 20 # 'x"
check "... that are not closed" fails 1 1 -- 'port set "p1 flood on'
head -c 1100000 /dev/zero | tr '\0' x > "$TMP/batch"
check "a line without end is refused" exits 1 xsw -b "$TMP/batch"
check "bind add p1 mac: what is missing is said" eval \
	'xsw bind add p1 mac 2>&1 | grep -qx "xsw: bind .p1.: mac: value missing"'
check "settings of one port many times: the last one counts" last_counts
check "a line sees what the one before has set" next_line_sees
check "what no longer holds is forgotten" forgets
check "policers" policers_too
check "killed: whole lines, in their order" kill_many KILL
check "interrupted: the same" kill_many INT
check "... by the signal, after the line" ends_by_signal
check "the lock is free while it waits for input" others_work
check "... while a line shows figures until it is ended" others_work_beside "stats watch interval 0.1"
check "another command comes between its lines" others_come_between
check "two batches at once" two_at_once
check "lines of several switches" several_switches
