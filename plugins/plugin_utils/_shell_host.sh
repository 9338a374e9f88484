# Copyright: (c) 2026, dvp.baremetal contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# What _shell_host.py asks a host that has no Python for Ansible. It sets `root` (a folder instead of /), `limit` (bytes of
# one answer), `wait_s` (seconds for one command) and PATH before this text, and puts its questions behind it.
# Reads only. Any tool may be missing: then its answer is. No single quote, since the text travels in quotes of its own.
#
# An answer: "=<verb> <key>", its text with "|" before each line, an empty line when the text ends with a newline, and
# ".<exit code>". So no text of the host can be taken for a line of this script. "+<path>": the path exists.
#
# shellcheck shell=sh disable=SC2154

unset CDPATH
LC_ALL=C
export LC_ALL PATH
exec 3>&1 2>/dev/null
newline="
"
has() { command -v "$1" >/dev/null; }

quick=
if timeout 1 true; then quick="timeout $wait_s"; fi
# A small busybox has one without -c.
cutter=
if [ "$(echo x | head -c 1)" = x ]; then cutter=yes; fi
marker=
if has sed; then marker=yes; fi

# Standard input, cut at the limit and marked.
body() {
    if [ "$cutter" ] && [ "$marker" ]; then head -c "$limit" | sed "s/^/|/"
    elif [ "$marker" ]; then sed "s/^/|/"
    else
        while IFS= read -r text; do printf "|%s\n" "$text"; done
        if [ "$text" ]; then printf "|%s" "$text"; fi
    fi
}
# answer <verb and key> <command>...: what the command prints, and how it ends.
answer() {
    printf "=%s\n" "$1"
    shift
    code=$({ { "$@" </dev/null 3>&- 4>&-; echo "$?" >&4; } | body >&3 4>&-; } 4>&1)
    printf "\n.%s\n" "$code"
}
# A name with a newline in it would end the line of the key.
plain() { case $1 in *"$newline"*) return 1 ;; esac; }

# A regular file: on a pipe one would wait for ever.
read_file() {
    if ! [ -f "$root$1" ]; then return; fi
    if has cat; then answer "read $1" cat "$root$1"
    else
        printf "=read %s\n" "$1"
        if body <"$root$1"; then printf "\n.0\n"; else printf "\n.1\n"; fi
    fi
}
# A file of one line, without a process: there may be thousands of them.
read_line() {
    if ! [ -f "$root$1" ]; then return; fi
    text=
    if IFS= read -r text <"$root$1" || [ "$text" ]; then printf "=read %s\n|%s\n\n.0\n" "$1" "$text"; fi
}
exists() { if [ -e "$root$1" ]; then printf "+%s\n" "$1"; fi; }
names() {
    if ! { [ -d "$root$1" ] && [ -r "$root$1" ]; }; then return; fi
    printf "=names %s\n" "$1"
    for path in "$root$1"/* "$root$1"/.[!.]* "$root$1"/..?*; do
        if [ -e "$path" ] || [ -h "$path" ]; then plain "$path" && printf "|%s\n" "${path##*/}"; fi
    done
    printf "\n.0\n"
}
# names_of <folder> <name>...: those of the names that are there, of a folder that is full of others.
names_of() {
    if ! [ -d "$root$1" ]; then return; fi
    printf "=names %s\n" "$1"
    folder=$1
    shift
    for name in "$@"; do
        if [ -e "$root$folder/$name" ] || [ -h "$root$folder/$name" ]; then printf "|%s\n" "$name"; fi
    done
    printf "\n.0\n"
}
# configuration <folder>: its *.conf files
configuration() {
    names "$1"
    for path in "$root$1"/*.conf "$root$1"/.[!.]*.conf; do
        if plain "$path"; then read_file "${path#"$root"}"; fi
    done
}
real_folder() {
    place=$(cd -P "$root$1" && pwd -P) || return
    place=${place#"$root"}
    if plain "$place"; then printf "=real %s\n|%s\n\n.0\n" "$1" "$place"; fi
}
run() {
    if has "$2"; then
        label=$1
        shift
        # shellcheck disable=SC2086 # two words, or none
        answer "run $label" $quick "$@"
    fi
}

# By the number of a device and by its name: where it is, how large, and what is under it.
block_devices() {
    for link in "$root"/sys/dev/block/* "$root"/sys/class/block/*; do
        place=
        if [ -d "$link" ] && plain "$link"; then real_folder "${link#"$root"}"; fi
        if [ "$place" ]; then
            exists "${link#"$root"}"
            exists "$place/partition"
            read_line "$place/size"
            names "$place/slaves"
        fi
    done
}
# filesystem <folder>: its size, and what stands in the device column; XFS also tells how it was made
filesystem() {
    if ! has df; then return; fi
    # shellcheck disable=SC2086
    answer "df $1" $quick df -P -k "$root$1"
    # shellcheck disable=SC2086
    $quick df -P -k "$root$1" </dev/null | {
        read -r device
        read -r device size used free share point
        : "$size $used $free $share"
        if has readlink && [ -e "$device" ]; then answer "real $device" readlink -f "$device"; fi
        if [ "$point" ]; then run xfs xfs_info "$point"; fi
    }
}
network_interfaces() {
    names /sys/class/net
    for path in "$root"/sys/class/net/*; do
        if plain "$path"; then read_line "${path#"$root"}/mtu"; fi
    done
}
# What the answer to other questions leads to.
of_this_host() {
    name=
    read -r name <"$root/proc/sys/kernel/hostname"
    if [ "$name" ]; then run own_name getent ahosts "$name"; fi
    name=
    read -r name <"$root/proc/sys/kernel/osrelease"
    if [ "$name" ]; then read_file "/lib/modules/$name/modules.builtin"; fi
}
# Of this process, not of the folder.
user() {
    while read -r key real effective rest; do
        : "$real $rest"
        if [ "$key" = Uid: ]; then printf "=user\n|%s\n\n.0\n" "$effective"; fi
    done </proc/self/status
}
version() { "$@" -V 2>&1; }
# shellcheck disable=SC2086
python() { if [ -f "$root$1" ] && [ -x "$root$1" ]; then answer "python $1" version $quick "$root$1"; fi; }
# pythons <folder>: what is there by the names that interpreters have
pythons() {
    if [ -h "$root$1" ]; then return; fi
    for path in "$root$1"/python3 "$root$1"/python3.[0-9] "$root$1"/python3.[0-9][0-9] "$root$1"/platform-python \
        "$root$1"/python "$root$1"/python2 "$root$1"/python2.[0-9]; do
        python "${path#"$root"}"
    done
}
