#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Guess: the kernel's own test of isolated bridge ports, net/forwarding/bridge_port_isolation.sh,
# fails if isolated ports reach each other.
# What happens: it passes. Each of its three functions checks first that isolated ports do not reach
# each other, then sets RET=0 again, which forgets the result, and reports the second check alone:
# that an isolated port and one that is not reach each other. Every bridge passes that. The same
# stands in test_mtu_change() of ipip_lib.sh and ip6gre_lib.sh.
# Seen in the tests of Linux 6.1.176, and, by reading, in 6.12.117.
# Source: tools/testing/selftests/net/forwarding/bridge_port_isolation.sh ping_ipv4(), ping_ipv6(),
# flooding(); log_test() in lib.sh beside it looks at RET only.
set -u
PACKAGE=linux-source-6.1=6.1.176-1
skip() { echo "skipped: $*"; exit 77; }
[ "$(id -u)" = 0 ] || skip "not root (the test's library refuses others)"
command -v apt-get dpkg >/dev/null || skip "no apt"
command -v xz >/dev/null || skip "no xz"
DIR=$(mktemp -d "${TMPDIR:-/tmp}/finding-XXXXXX") || skip "no temporary folder"
trap 'rm -rf "$DIR"' EXIT
trap 'exit 130' INT TERM
chmod 755 "$DIR"
(cd "$DIR" && apt-get -qq download "$PACKAGE" >/dev/null 2>&1) ||
	skip "package not to be had: $PACKAGE"
for file in "$DIR"/*.deb; do
	dpkg --fsys-tarfile "$file" | tar -xO ./usr/src/linux-source-6.1.tar.xz |
		tar -xJ -C "$DIR" --strip-components=6 --wildcards '*/selftests/net/forwarding/*' ||
		skip "cannot unpack $file"
done
echo "the tests of $PACKAGE"

# The functions of the test, on a bridge that isolates nothing: all is answered, all is flooded.
cd "$DIR" || exit
(
	set +u # the library expects it
	export NUM_NETIFS=0 NETIF_CREATE=no REQUIRE_JQ=no REQUIRE_MZ=no CHECK_TC=no
	# shellcheck source=/dev/null # of the package
	source ./lib.sh
	eval "$(sed -n '/^ping_ipv4()/,/^}/p; /^ping_ipv6()/,/^}/p; /^flooding()/,/^}/p' \
		./bridge_port_isolation.sh)"
	# shellcheck disable=SC2317,SC2329,SC2034 # for those functions
	{
		h1=h1 h2=h2 h3=h3
		ping_do() { echo "$1 pings $2: answered" >&2; }
		ping6_do() { echo "$1 pings $2: answered" >&2; }
		flood_test_do() {
			echo "a frame from $4 is flooded to $5, expected: $1" >&2
			[ "$1" = true ]
		}
	}
	ping_ipv4
	ping_ipv6
	flooding
) 2>&1 | tee "$DIR/out"

[ "$(grep -c '^TEST: Isolated port .*OK' "$DIR/out")" = 3 ] &&
	grep -q '^h1 pings 192.0.2.2: answered' "$DIR/out"
