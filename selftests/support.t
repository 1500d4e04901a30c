#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# xsw support writes one archive, whole or not at all, without a frame in it.
source "$(dirname "$0")/lib.sh"

# has NAME PATTERN: is there such a line in a file of the archive?
has() {
	tar -xOzf "$TMP/s.tgz" "xsw-support/$1" > "$TMP/file" || return
	grep -q "$2" "$TMP/file" || { head -c 500 "$TMP/file"; false; }
}

# leaves_nothing STATUS COMMAND...: exits so, and no file is there
leaves_nothing() {
	exits "$@" 2> "$TMP/err" || { cat "$TMP/err"; return 1; }
	[ "$(wc -l < "$TMP/err")" -ge 1 ] || { echo "nothing is said"; return 1; }
	[ -z "$(ls -A "$TMP/out")" ] || { ls -A "$TMP/out"; false; }
}

ends_quietly() {
	[ "$(xsw support - 2>&1 > >(head -c 1 > "$TMP/head"))" = "" ] && [ -s "$TMP/head" ]
}

# killed_leaves_nothing: at each tenth of a second
killed_leaves_nothing() {
	local i

	for i in 50 200 500 900; do
		kill_at "$i" support "$TMP/out/x.tgz"
		[ -z "$(ls -A "$TMP/out")" ] || { ls -A "$TMP/out"; return 1; }
	done
}

plan 26
mkdir "$TMP/out"
switch_up xdp 2
set_port 1 tag 10
set_port 2 tag 10
frame send e1 "bcast h1 pay64"
xsw fdb add "$(mac 9)" dev p2 vlan 10 static
check "it is written" xsw support "$TMP/s.tgz"
check "... as an archive of tar" tar -tzf "$TMP/s.tgz"
check "... that others may not read" is 600 stat -c %a "$TMP/s.tgz"
check "the version" has version.txt "^xsw $("$XSW" -V | grep -oE '[0-9].*')"
check "the kernel" has version.txt "^$(uname -r) "
check "the configuration" has config.yaml "sw0"
check "... which can be applied" eval 'tar -xOzf "$TMP/s.tgz" xsw-support/config.yaml > "$TMP/c.yaml" &&
	xsw config apply "$TMP/c.yaml" --dry-run'
check "the FDB" has fdb.json "$(mac 9)"
check "counters" has stats.json '"rx_packets":1'
check "events" has events.txt '"event":"added"'
check "ports" has port.json '"ifname":"p1"'
check "devices" has links.txt " p1"
check "checks" has check.txt "^ok "
check "programs" has progs.txt xsw_tc
check "no frames" not eval 'gunzip < "$TMP/s.tgz" | grep -q "@ABCDEFGHIJKLMNOP"'
check "each command did its work" not eval 'gunzip < "$TMP/s.tgz" | grep -a "^# exit status\|^# ended by"'
cp "$TMP/s.tgz" "$TMP/before"
check "a file that is there stays" exits 2 xsw support "$TMP/s.tgz"
check "... as it was" cmp "$TMP/before" "$TMP/s.tgz"
check "to standard output" eval 'xsw support - | tar -tz | grep -q xsw-support/port.json'
check "JSON names the files" is true json '.[0] | .files | contains(["fdb.json", "version.txt"])' support "$TMP/j.tgz"
check "a full disk" leaves_nothing 2 eval 'xsw support - > /dev/full'
check "a folder that is none" leaves_nothing 2 xsw support "$TMP/out/nosuch/x.tgz"
check "no file" leaves_nothing 1 xsw support
check "two files" leaves_nothing 1 xsw support "$TMP/out/a.tgz" "$TMP/out/b.tgz"
check "a reader that goes ends it quietly" ends_quietly
check "killed, it leaves nothing" killed_leaves_nothing
