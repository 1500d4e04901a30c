#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# What README.md and CONTRIBUTING.md name is there: files, folders, targets of make, man pages, and
# the commits that are read as examples. (readme.t runs the commands.)
source "$(dirname "$0")/lib.sh"
cd "$ROOT" || exit

# quoted DOCUMENT: what stands there in backquotes, a line each
quoted() {
	tr '\n' ' ' < "$1" | grep -oP '`\K[^`]+(?=`)' | tr -s ' '
}

# there NAME: a path from the root; or, without a folder or with one of its last folders alone, the
# end of some path
there() {
	compgen -G "$1" > /dev/null ||
		{ find bpf ctrl maps tools selftests vmtests findings -path "*/${1%/}" | grep -q .; }
}

files() {
	local name

	{
		quoted "$1" | grep -E '^[A-Za-z0-9_.*/-]+$' | grep -E '^(bpf|ctrl|maps|tools|selftests|vmtests)/|\.[cht]$|\.(md|txt|json)$|^[a-z]+/$' |
			grep -vx 'build/'
		grep -oP '\]\(\K[^)#]+(?=\))' "$1"
	} | sort -u > "$TMP/files"
	[ "$(wc -l < "$TMP/files")" -gt 10 ] || return
	while read -r name; do
		there "$name" || { echo "not there: $name"; return 1; }
	done < "$TMP/files"
}

# targets: of make, in backquotes or in a block of commands
targets() {
	local name

	{
		quoted "$1"
		sed -n 's/^    //p' "$1"
	} | grep -oP '^make \K[a-z-]+' | sort -u > "$TMP/targets"
	[ -s "$TMP/targets" ] || return
	while read -r name; do
		grep -q "^$name:" Makefile || { echo "no target: $name"; return 1; }
	done < "$TMP/targets"
}

pages() {
	local name nr

	quoted "$1" | sed -n 's/^\(xsw[a-z.-]*\)(\([1-8]\))$/\1 \2/p' | sort -u > "$TMP/pages"
	[ -s "$TMP/pages" ] || return
	while read -r name nr; do
		[ -e "tools/man/$name.$nr" ] || { echo "no page: $name($nr)"; return 1; }
	done < "$TMP/pages"
}

# commits: of the examples, by hash and subject
commits() {
	local hash subject

	tr '\n' ' ' < CONTRIBUTING.md | grep -oP '[0-9a-f]{7} `[^`]+`' | tr -d '`' > "$TMP/commits"
	[ -s "$TMP/commits" ] || return
	while read -r hash subject; do
		is "$subject" git -c safe.directory="$ROOT" log -1 --format=%s "$hash" || return
	done < "$TMP/commits"
}

plan 7
for document in README.md CONTRIBUTING.md; do
	check "files: $document" files "$document"
	check "targets of make: $document" targets "$document"
	check "man pages: $document" pages "$document"
done
if [ -e .git ] && [ ! -e .git/shallow ] && command -v git > /dev/null; then
	check "commits: CONTRIBUTING.md" commits
else
	skip "commits: CONTRIBUTING.md" "no git, or not the whole history"
fi
