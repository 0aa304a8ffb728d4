# shellcheck shell=bash
# packages - what the build, the services and the tests need from the distribution. apt-get is called
# only if something is missing.

# "a|b": one of them is enough; the first that the distribution has is installed.
compile_packages=(gcc libc6-dev cmake ninja-build 'pkgconf|pkg-config' libuv1-dev libpq-dev libjansson-dev
    'libllhttp-dev|node-llhttp')
# libcmocka-dev, python3: the build tree is configured together with its tests.
# shellcheck disable=SC2034 # used in dev
build_packages=("${compile_packages[@]}" libcmocka-dev python3 curl)
# What the installed programs need, by Debian 13's names: services/Dockerfile installs just these. Where the
# services are built, the packages above have brought them along.
# shellcheck disable=SC2034 # read by test/lint/check_containers.py
runtime_packages=(libuv1t64 libpq5 libjansson4 libllhttp9.2)
# docker-compose reads compose.yaml, and systemd the units, without running anything.
# shellcheck disable=SC2034 # used in dev
test_packages=(python3-pytest python3-psycopg2 python3-requests python3-jsonschema python3-prometheus-client python3-yaml
    prometheus wrk spin strace systemd clang libclang-rt-dev 'docker-compose-v2|docker-compose')
browser_packages=(chromium chromium-driver python3-selenium)
# pgbench comes with PostgreSQL's server.
# shellcheck disable=SC2034 # used in scripts/bench.sh
bench_packages=(python3-psycopg2 python3-requests wrk)
postgresql_version_min=15

# postgresql_bin - the folder of the newest installed server's programs.
postgresql_bin() {
    local bin
    bin=$(printf '%s\n' /usr/lib/postgresql/*/bin | sort --version-sort | tail -n 1)
    [ -x "$bin/initdb" ] || return 1
    local version=${bin%/bin}
    [ "${version##*/}" -ge "$postgresql_version_min" ] || return 1
    printf '%s\n' "$bin"
}

package_installed() {
    [[ "$(dpkg-query --show --showformat='${db:Status-Status}' "$1" 2>/dev/null)" == installed* ]]
}

any_package_installed() {
    local package
    for package; do
        if package_installed "$package"; then
            return 0
        fi
    done
    return 1
}

package_available() {
    [[ "$(apt-cache policy "$1" 2>/dev/null)" == *Candidate:\ [0-9]* ]]
}

# ensure_packages WANTED… - installs what is missing, and PostgreSQL's server.
ensure_packages() {
    command -v apt-get dpkg-query >/dev/null || fail "this system has no apt-get" \
        "./dev needs Debian 12 or newer, or Ubuntu 24.04 or newer. Elsewhere compose.yaml starts the same."
    local wanted missing=()
    for wanted; do
        # shellcheck disable=SC2086 # one word per alternative
        any_package_installed ${wanted//|/ } || missing+=("$wanted")
    done
    postgresql_bin >/dev/null || missing+=(postgresql)
    [ "${#missing[@]}" -eq 0 ] || install_packages "${missing[@]}"
    postgresql_bin >/dev/null ||
        fail "PostgreSQL $postgresql_version_min or newer is not here after installing 'postgresql'" \
            "./dev needs Debian 12 or newer, or Ubuntu 24.04 or newer."
}

install_packages() {
    local log=$run_dir/apt.log
    mkdir -p "$run_dir"
    say "Missing: ${*//|/ or }"
    if [ "$EUID" -ne 0 ]; then
        command -v sudo >/dev/null || fail "packages are missing, and there is no sudo to install them" \
            "As root: apt-get install ${*%%|*}" "Then run this again."
        say "Installing needs root: sudo may ask for your password"
        sudo -v || fail "sudo refused" "As root: apt-get install ${*%%|*}" "Then run this again."
    fi
    say "Fetching the package lists (apt-get update); tail -f build/run/apt.log shows it at work"
    # Not fatal: one unreachable source of many need not matter, the installation decides.
    as_root apt-get update >"$log" 2>&1 </dev/null ||
        say "apt-get update had errors (see build/run/apt.log); trying on"

    local wanted package chosen packages=()
    for wanted; do
        chosen=
        for package in ${wanted//|/ }; do
            if [ -z "$chosen" ] && package_available "$package"; then
                chosen=$package
            fi
        done
        [ -n "$chosen" ] || fail "the package sources of this system do not have ${wanted//|/ or }" \
            "./dev needs Debian 12 or newer, or Ubuntu 24.04 or newer (with universe)." \
            "If that is what this is, see whether 'apt-get update' works: build/run/apt.log"
        packages+=("$chosen")
    done
    say "Installing $(plural "${#packages[@]}" package) and what is needed for it: this can take minutes, without a word here"
    if ! apt_install "${packages[@]}" >>"$log" 2>&1 </dev/null; then
        show_tail "$log"
        fail "apt-get could not install ${packages[*]}" \
            "Try it by hand:  apt-get install ${packages[*]}" "Then run this again."
    fi
}

as_root() {
    if [ "$EUID" -eq 0 ]; then
        "$@"
    else
        sudo "$@"
    fi
}

# A first installation of PostgreSQL would create and start a cluster "main" on port 5432, which
# nobody here uses. The setting is there only while we install; an existing installation stays as it is.
apt_install() {
    local keep_settings=no
    if package_installed postgresql-common; then
        keep_settings=yes
    fi
    # shellcheck disable=SC2016 # expanded by the inner shell
    as_root env DEBIAN_FRONTEND=noninteractive keep_settings="$keep_settings" sh -c '
        if [ "$keep_settings" = no ]; then
            folder=/etc/postgresql-common/createcluster.d
            trap "rm -f $folder/saga-dev.conf" EXIT
            trap "exit 130" INT TERM
            mkdir -p "$folder"
            echo "create_main_cluster = false" >"$folder/saga-dev.conf"
        fi
        apt-get -o DPkg::Lock::Timeout=300 --no-install-recommends -y install "$@"' sh "$@"
}

have_clang_14() {
    command -v clang-format-14 clang-tidy-14 >/dev/null
}

# The layout of the code and the set of warnings differ between versions: only 14 decides.
install_clang_14() {
    if have_clang_14; then
        return
    fi
    if package_available clang-format-14 && package_available clang-tidy-14; then
        install_packages clang-format-14 clang-tidy-14
    else
        say "clang-format and clang-tidy are checked only with version 14, which this system lacks: skipped"
    fi
}

# Ubuntu has Chromium as a snap only: there the tests of the pages are left out.
install_browser() {
    local package missing=()
    for package in "${browser_packages[@]}"; do
        if ! package_installed "$package"; then
            missing+=("$package")
            if ! package_available "$package"; then
                say "The pages are tested only where the distribution has the package $package: skipped"
                return
            fi
        fi
    done
    [ "${#missing[@]}" -eq 0 ] || install_packages "${missing[@]}"
}
