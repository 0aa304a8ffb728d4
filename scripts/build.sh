# shellcheck shell=bash
# build - the presets of CMakePresets.json, and ctest over them.

# An earlier run as another user leaves files that this one cannot replace, and processes that it cannot see.
check_build_owner() {
    if [ -d build ] && [ "$EUID" -ne 0 ] && [ ! -O build ]; then
        fail "the folder build/ belongs to $(stat -c %U build), and you are $(id -un)" \
            "Go on as $(stat -c %U build), or remove build/ (its databases too) and run this again."
    fi
}

check_build_folder() {
    check_build_owner
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

# count_tests FOLDER [CTEST OPTION…]
count_tests() {
    local folder=$1
    shift
    ctest --test-dir "$folder" -N "$@" 2>/dev/null | sed -n 's/^Total Tests: *//p'
}

# run_ctest NAME [CTEST OPTION…] - in build/NAME; what it says is kept for the summary. Most tests wait for something
# most of the time, so two for each processor.
run_ctest() {
    local name=$1
    shift
    ctest --test-dir "build/$name" -j "$((2 * $(nproc)))" --output-on-failure --no-tests=error "$@" |
        tee "$run_dir/test-$name.log"
}

# has_tests NAME [CTEST OPTION…] - whether a selection leaves any in build/NAME.
has_tests() {
    local folder=build/$1
    shift
    [ "$(count_tests "$folder" "$@")" != 0 ]
}

# run_tests [CTEST OPTION…] - everything in build/dev; what runs the services, and the units, in build/asan; the
# fuzzers in build/fuzz, which has no other tests. A selection by the caller may leave nothing to do in one of the
# builds, which is not built then.
run_tests() {
    local outcome=0 in_asan=(-L '^(unit|integration|hostile|openapi|chaos)$')
    mkdir -p "$run_dir"
    rm -f "$run_dir"/test-{dev,asan,fuzz}.log
    if ! has_tests dev "$@" && ! has_tests asan "${in_asan[@]}" "$@" && ! has_tests fuzz "$@"; then
        misuse "there is no such test: $*" "All of them:  ctest --test-dir build/dev -N, and build/fuzz"
    fi
    if has_tests dev "$@"; then
        build_preset dev
        say "Tests in build/dev"
        run_ctest dev "$@" || outcome=1
    fi
    if has_tests asan "${in_asan[@]}" "$@"; then
        build_preset asan
        say "Unit, integration, hostile, openapi and chaos tests in build/asan (AddressSanitizer, UBSan)"
        UBSAN_OPTIONS=print_stacktrace=1 run_ctest asan "${in_asan[@]}" "$@" || outcome=1
    fi
    if has_tests fuzz "$@"; then
        build_preset fuzz
        say "Fuzzers in build/fuzz (libFuzzer, AddressSanitizer, UBSan), for a minute each"
        run_ctest fuzz "$@" || outcome=1
    fi
    say "Summary"
    grep -HsE '^[0-9]+% tests passed|\(Skipped\)$' "$run_dir"/test-{dev,asan,fuzz}.log |
        sed -E 's#^.*/test-([a-z]+)\.log:#    build/\1  #'
    return "$outcome"
}
