# shellcheck shell=bash
# chaos - the real services under load while everything fails at random: test/chaos.

# Its processes, ports and databases are its own: what `up` has started goes on undisturbed.
command_chaos() {
    case "${1-}" in
    --help | -h)
        ensure_packages "${test_packages[@]}"
        exec test/chaos/chaos.py --help
        ;;
    esac
    check_build_folder
    ensure_packages "${build_packages[@]}" "${test_packages[@]}"
    configure_preset dev
    build_preset dev order-service payment-service
    SAGA_BUILD_DIR=$root/build/dev exec test/chaos/chaos.py "$@"
}
