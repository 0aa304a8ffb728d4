foreach(module admission backoff buffer clock config list metrics prng slab tally trace)
    saga_unit_test(base/${module} LINKS saga_base)
endforeach()
saga_unit_test(base/log LINKS saga_base PkgConfig::JANSSON)
