# shellcheck shell=bash
# build - the presets of CMakePresets.json, and ctest over them.

# An earlier run as another user leaves files that this one cannot replace.
check_build_folder() {
    if [ -d build ] && [ "$EUID" -ne 0 ] && [ ! -O build ]; then
        fail "the folder build/ belongs to $(stat -c %U build), and you are $(id -un)" \
            "Go on as $(stat -c %U build), or remove build/ (its databases too) and run this again."
    fi
    mkdir -p build 2>/dev/null || fail "cannot create the folder build/ in $root" \
        "It must be writable for $(id -un)."
}

# configure_preset PRESET - looks anew for the tools and libraries of this machine.
configure_preset() {
    local folder=build/$1
    # CMake refuses a build folder that was copied along with the repository.
    if [ -e "$folder/CMakeCache.txt" ] &&
        ! grep -qxF "CMAKE_HOME_DIRECTORY:INTERNAL=$root" "$folder/CMakeCache.txt"; then
        rm -rf "$folder"
    fi
    say "Configuring $folder"
    cmake --preset "$1" || fail "CMake could not configure $folder" \
        "The reason is above. To begin afresh: rm -rf $folder"
}

# build_preset PRESET [TARGET…]
build_preset() {
    local folder=build/$1
    shift
    say "Building $folder"
    cmake --build "$folder" -j "$(nproc)" ${1:+--target "$@"} || fail "the build in $folder failed" \
        "The first error above is the one to look at."
}

is_configured() {
    [ "build/$1/build.ninja" -nt CMakePresets.json ] &&
        grep -qxF "CMAKE_HOME_DIRECTORY:INTERNAL=$root" "build/$1/CMakeCache.txt"
}

# run_tests [CTEST OPTION…] - everything in build/dev; unit, integration and a short chaos in build/asan.
run_tests() {
    local outcome=0 allow_none=()
    # A selection by the caller may leave nothing to do in one of the builds.
    [ "$#" -gt 0 ] || allow_none=(--no-tests=error)
    mkdir -p "$run_dir"
    say "Tests in build/dev"
    ctest --test-dir build/dev -j2 --output-on-failure "${allow_none[@]}" "$@" |
        tee "$run_dir/test-dev.log" || outcome=1
    say "Unit, integration and chaos tests in build/asan (AddressSanitizer, UBSan)"
    UBSAN_OPTIONS=print_stacktrace=1 \
        ctest --test-dir build/asan -j2 --output-on-failure -L '^(unit|integration|chaos)$' \
        "${allow_none[@]}" "$@" | tee "$run_dir/test-asan.log" || outcome=1
    say "Summary"
    grep -HE '^[0-9]+% tests passed|^No tests were found|\(Skipped\)$' "$run_dir"/test-{dev,asan}.log |
        sed -E 's#^.*/test-([a-z]+)\.log:#    build/\1  #'
    return "$outcome"
}
