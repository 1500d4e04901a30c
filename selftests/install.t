#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# What `make install` puts in place works from there, names nothing that is elsewhere, and goes
# with `make uninstall`, which leaves all that others made.
source "$(dirname "$0")/lib.sh"
BUILT=$ROOT/build
[ ! -e "${XSW%/*}/libxsw.a" ] || BUILT=$(cd "${XSW%/*}" && pwd) # where $XSW was built
PREFIX=$TMP/prefix
PROGRAMS=(xsw xsw-exporter xsw-pktgen xsw-punt xsw-slowpath)

# make_it TARGET VARIABLE=VALUE...
make_it() {
	make -s -C "$ROOT" BUILD="$BUILT" "$@"
}

# here TARGET: to and from $PREFIX
here() {
	make_it "$1" PREFIX="$PREFIX" SYSCONFDIR="$TMP/etc"
}

# alone COMMAND...: where neither the sources nor what was built can be seen, nor this environment
alone() {
	unshare -m --propagation private bash -c '
		mount -t tmpfs none "$1" && mount -t tmpfs none "$2" && cd / && shift 2 &&
		exec env -i LC_ALL=C PATH=/usr/bin:/bin "$@"' alone "$BUILT" "$ROOT" "$@"
}

# works PROGRAM: tells its version and its options
works() {
	alone "$PREFIX/sbin/$1" --version | grep -qx "$1 $VERSION" || { echo "no version"; return 1; }
	alone "$PREFIX/sbin/$1" --help | grep -qi usage
}

# no_default_names: of a file or folder where it is without PREFIX
no_default_names() {
	not grep -raE '/usr/local|@[A-Z]+DIR@|@VERSION@' "$PREFIX" &&
		grep -rhI /etc/xsw "$PREFIX" > "$TMP/etc_names" && not grep -v "$TMP/etc/xsw" "$TMP/etc_names"
}

# units_start: each program that a unit or the udev rule starts is there
units_start() {
	local program

	sed -n "s/^ExecStart=\(.*exec \)\?\([^ ]*\).*/\2/p" "$PREFIX"/lib/systemd/system/*.service > "$TMP/started"
	[ "$(wc -l < "$TMP/started")" = "$(find "$ROOT"/tools/units -type f | wc -l)" ] || return
	sed -n 's/.*RUN+="\([^ ]*\).*/\1/p' "$PREFIX"/lib/udev/rules.d/99-xsw.rules | grep . >> "$TMP/started" || return
	while read -r program; do
		[ -x "$program" ] || { echo "$program is not there"; return 1; }
	done < "$TMP/started"
}

# example_builds: with the library and header that pkg-config names
example_builds() {
	# shellcheck disable=SC2046 # options of the compiler
	"${CC:-cc}" -Wall -Werror -o "$TMP/arp-answer" "$PREFIX/share/doc/xsw/examples/arp-answer.c" \
		$(PKG_CONFIG_PATH=$PREFIX/lib/pkgconfig pkg-config --cflags --libs --static xsw-punt) &&
		is "$VERSION" env PKG_CONFIG_PATH="$PREFIX/lib/pkgconfig" pkg-config --modversion xsw-punt
}

# ifup_finds: its list of ports in /etc, and xsw beside it
ifup_finds() {
	ip -n "$NS" tuntap add tap0 mode tap
	alone nsenter --net="/run/netns/$NS" "$PREFIX/sbin/xsw-ifup" tap0 2>&1 | grep "switch 'nosuch'"
}

pages() {
	local page

	for page in "$ROOT"/tools/man/*.[1-8]; do
		is 644 stat -c %a "$PREFIX/share/man/man${page##*.}/${page##*/}" || return
	done
}

# all_in FOLDER: what was installed there, with the modes of files
all_in() {
	(cd "$1" && find . -printf '%p %m %y\n' | sort)
}

once_more() {
	local before

	before=$(all_in "$PREFIX")
	here install && is "$before" all_in "$PREFIX"
}

# folders_of VARIABLE=VALUE...: in which folders files come to stand
folders_of() {
	make_it install DESTDIR="$TMP/root" "$@" || return
	(cd "$TMP/root" && find . -type f -printf '/%P\n' | sed 's|/[^/]*$||' | sort -u)
	make_it uninstall DESTDIR="$TMP/root" "$@"
}

# installs_in FOLDER... -- VARIABLE=VALUE...: there, among others; none of it stays
installs_in() {
	local wanted=() folder

	while [ "$1" != -- ]; do
		wanted+=("$1")
		shift
	done
	folders_of "${@:2}" > "$TMP/folders" || return
	for folder in "${wanted[@]}"; do
		grep -qxF -- "$folder" "$TMP/folders" || { echo "nothing in $folder"; return 1; }
	done
	is "" find "$TMP/root" -mindepth 1
}

# refuses VARIABLE=VALUE...: and makes nothing
refuses() {
	not make_it install DESTDIR="$TMP/root" "$@" 2> "$TMP/err" &&
		grep -q 'must be an absolute path' "$TMP/err" && is "" find "$TMP/root" -mindepth 1
}

# interrupted: an installation that fails on the way can be removed
interrupted() {
	mkdir -p "$TMP/root/usr/sbin/xsw-punt"
	not make_it install DESTDIR="$TMP/root" PREFIX=/usr 2> /dev/null || return
	[ -e "$TMP/root/usr/sbin/xsw" ] && make_it uninstall DESTDIR="$TMP/root" PREFIX=/usr &&
		is "./usr/sbin/xsw-punt" eval 'cd "$TMP/root" && find . -type d -empty' &&
		rm -r "$TMP/root/usr"
}

# stepwise NAME COMMAND: `make install` whose N-th call of install(1), for a file or folder, begins with the
# shell's COMMAND; $1 is N
stepwise() {
	mkdir -p "$TMP/$1"
	cat > "$TMP/$1/install" <<- EOF
		#!/bin/sh
		echo >> "$TMP/$1/calls"
		set -- \$(wc -l < "$TMP/$1/calls") "\$@"
		$2
		shift
		exec $(command -v install) "\$@"
	EOF
	chmod +x "$TMP/$1/install"
	env PATH="$TMP/$1:$PATH" make -s -C "$ROOT" BUILD="$BUILT" install DESTDIR="$TMP/root" PREFIX=/usr
}

# nothing_stays: once it is removed
nothing_stays() {
	make_it uninstall DESTDIR="$TMP/root" PREFIX=/usr && is "" find "$TMP/root" -mindepth 1
}

# killed_at N: step N is not done any more; what is there can be removed
killed_at() {
	not stepwise "kill$1" "[ \$1 != $1 ] || { kill -9 \$PPID; exit; }" 2> /dev/null && nothing_stays
}

# two_at_once: the second one begins while the first is about to write its record, and would have
# written its own, without the folders that the first has made, last
two_at_once() {
	local one two wait='[ $1 != 2 ] || { touch ${0%/*}/paused; until [ -e ${0%/*}/go ]; do sleep 0.05; done; }'

	stepwise one "$wait" & one=$!
	wait_for 10 ls "$TMP/one/paused" || return
	stepwise two "$wait" & two=$!
	wait_for 10 eval '[ -e "$TMP/two/paused" ] || ps -eo args | grep -qx "flock 9"'
	touch "$TMP/one/go" && wait $one && touch "$TMP/two/go" && wait $two && nothing_stays
}

plan $((${#PROGRAMS[@]} + 33))
netns_add "$NS"
VERSION=$("$XSW" -V | cut -d' ' -f2)
mkdir -p "$PREFIX/sbin" "$PREFIX/share/man" "$TMP/etc/xsw" "$TMP/root"
echo '* switch nosuch' > "$TMP/etc/xsw/ports"
echo mine > "$PREFIX/sbin/mine"
before=$(all_in "$TMP")

check "make install" here install
check "... and nothing in the folder of settings" is ports ls "$TMP/etc/xsw"
check "files name no others where these are by default" no_default_names
for program in "${PROGRAMS[@]}"; do
	check "works without the sources: $program" works "$program"
done
if command -v python3 > /dev/null; then
	check "... xsw-bench" eval 'alone "$PREFIX/sbin/xsw-bench" peers -h | grep -q -- --loss'
	check "... which finds its programs" eval \
		'alone "$PREFIX/sbin/xsw-bench" list | grep -E "pps-60 |xsw-xdp |pvp " | not grep "not here"'
else
	skip "... xsw-bench" "no python3"
	skip "... which finds its programs" "no python3"
fi
check "... xsw-guest" eval 'alone "$PREFIX/lib/xsw-bench/xsw-guest" --help | grep -q Usage'
check "... xsw-ifup, xsw-ifdown" eval 'alone "$PREFIX/sbin/xsw-ifup" -h | grep Usage &&
	alone "$PREFIX/sbin/xsw-ifdown" --help | grep Usage'
check "... xsw-ifup finds its file and xsw" ifup_finds
check "... libvirt's hook can be run" alone "$PREFIX/share/doc/xsw/libvirt/qemu" guest prepare begin -
check "units start what is there" units_start
check "an example builds with pkg-config" example_builds
check "man pages of all sections" pages
check "README.md and LICENSE" eval '(cd "$ROOT" && cmp LICENSE "$PREFIX/share/doc/xsw/LICENSE") &&
	[ -s "$PREFIX/share/doc/xsw/README.md" ]'
check "once more changes nothing" once_more
touch "$PREFIX/share/doc/xsw/mine"
echo "$PREFIX/share/doc/xsw/OLD" >> "$PREFIX/share/doc/xsw/installed"
touch "$PREFIX/share/doc/xsw/OLD"
check "make uninstall" here uninstall
check "... leaves what somebody put there, and its folder" eval \
	'is "$PREFIX/share/doc/xsw/mine" find "$PREFIX/share/doc" -type f && rm -r "$PREFIX/share/doc"'
check "... and nothing that was installed; all else stays" is "$before" eval \
	'rm -f "$TMP"/{started,arp-answer,etc_names} && all_in "$TMP"'
check "... a second time does nothing" here uninstall

check "with DESTDIR" installs_in /usr/sbin /usr/share/doc/xsw /usr/lib/systemd/system -- PREFIX=/usr
check "with the names of the GNU coding standards" installs_in /opt/x/s /opt/l/pkgconfig /opt/m/man8 /opt/d \
	-- prefix=/opt/x sbindir=/opt/x/s libdir=/opt/l mandir=/opt/m docdir=/opt/d
check "... or the shorter ones" installs_in /a /b /c /d/man5 /e/libvirt /f /g /h/xsw_bench /i \
	-- SBINDIR=/a LIBDIR=/b INCDIR=/c MANDIR=/d DOCDIR=/e UNITDIR=/f COMPDIR=/g BENCHDIR=/h UDEVDIR=/i
check "as root of the file system" installs_in /sbin /share/doc/xsw -- PREFIX=
check "units do so with folders of their own" eval 'make_it install DESTDIR="$TMP/root" SBINDIR=/a UNITDIR=/f &&
	grep -q "^ExecStart=/a/xsw-exporter" "$TMP/root/f/xsw-exporter.service" &&
	make_it uninstall DESTDIR="$TMP/root" SBINDIR=/a UNITDIR=/f'
check "xsw-bench with a folder of its own" eval 'make_it install DESTDIR="$TMP/root" BENCHDIR=/h/i &&
	alone "$TMP/root/usr/local/sbin/xsw-bench" list | grep "xsw-xdp " | not grep "not here" &&
	make_it uninstall DESTDIR="$TMP/root" BENCHDIR=/h/i'
check "a folder that is no absolute path is refused" refuses PREFIX=usr
check "... or has letters that sed and make would read" refuses MANDIR="/a&b"
check "... or blanks" refuses PREFIX="/a b"
check "what was interrupted can be removed" interrupted
for step in 1 3 10 30; do
	check "... killed at step $step" killed_at $step
done
check "two at once" two_at_once
