# shellcheck shell=bash
# report - what ./dev says to its user: progress on stdout, trouble on stderr.

# A trap may run while the output of the command that it interrupted is redirected.
exec {stdout_fd}>&1 {stderr_fd}>&2

restore_output() {
    exec 1>&"$stdout_fd" 2>&"$stderr_fd"
}

say() {
    printf '==> %s\n' "$*"
}

# report WHAT [NEXT…] - what failed, and what to do about it.
report() {
    printf '\ndev: %s\n' "$1" >&2
    shift
    local line
    for line; do
        printf '     %s\n' "$line" >&2
    done
}

fail() {
    report "$@"
    exit 1
}

# misuse WHAT [NEXT…] - a command or a variable that makes no sense.
misuse() {
    report "$@"
    exit 2
}

# plural COUNT WORD
plural() {
    printf '%s %s%s\n' "$1" "$2" "$([ "$1" -eq 1 ] || printf s)"
}

# show_tail FILE - the last lines of a log, indented, on stderr.
show_tail() {
    if [ -r "$1" ]; then
        printf '\nThe last lines of %s:\n' "${1#"$root/"}" >&2
        tail -n 20 "$1" | sed 's/^/    /' >&2
    fi
}
