# shellcheck shell=bash
# bench - the services' speed beside what pgbench reaches with the same writes: test/bench.

# Its processes, ports and databases are its own; what `up` has started would only make it slower.
command_bench() {
    case "${1-}" in
    --help | -h) exec test/bench/bench.py --help ;;
    esac
    check_build_folder
    ensure_packages "${build_packages[@]}" "${bench_packages[@]}"
    configure_preset dev
    build_preset dev order-service payment-service malloc_count slow_flush openloop
    if anything_runs; then
        say "What ./dev up started runs, too: the figures will be lower than they could be"
    fi
    SAGA_BUILD_DIR=$root/build/dev SAGA_MALLOC_COUNT=$root/build/dev/test/bench/malloc_count.so \
        SAGA_SLOW_FLUSH=$root/build/dev/test/bench/slow_flush.so SAGA_OPENLOOP=$root/build/dev/test/bench/openloop \
        exec test/bench/bench.py "$@"
}
