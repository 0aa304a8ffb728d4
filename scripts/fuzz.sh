# shellcheck shell=bash
# fuzz - the fuzzers, for as long as wanted: test/fuzz.

command_fuzz() {
    case "${1-}" in
    --help | -h) exec test/fuzz/fuzz.py --help ;;
    esac
    check_build_folder
    ensure_packages "${build_packages[@]}" "${test_packages[@]}"
    configure_preset fuzz
    build_preset fuzz
    SAGA_BUILD_DIR=$root/build/fuzz exec test/fuzz/fuzz.py "$@"
}
