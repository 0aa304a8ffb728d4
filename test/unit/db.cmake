foreach(name array conninfo migrate migrating pipeline row segment sqlstate suspects url)
    saga_unit_test(db/${name} LINKS saga_db)
endforeach()

# Those that need a PostgreSQL get a private one each.
add_library(unit_db_pg_fixture STATIC db/pg_fixture.c)
target_include_directories(unit_db_pg_fixture PUBLIC ${PROJECT_SOURCE_DIR}/test)
target_link_libraries(unit_db_pg_fixture PUBLIC saga_db PkgConfig::CMOCKA)
foreach(name array batch lock loss migrate session)
    add_executable(unit_db_${name}_pg_test db/${name}_pg_test.c)
    target_link_libraries(unit_db_${name}_pg_test PRIVATE unit_db_pg_fixture)
    add_test(NAME unit/db/${name}_pg
        COMMAND ${PROJECT_SOURCE_DIR}/test/with_postgres.py $<TARGET_FILE:unit_db_${name}_pg_test>)
    set_tests_properties(unit/db/${name}_pg PROPERTIES LABELS integration TIMEOUT 120)
endforeach()

# The order service's store, on the real tables.
add_executable(unit_db_order_moves_pg_test db/order_moves_pg_test.c)
target_link_libraries(unit_db_order_moves_pg_test PRIVATE unit_db_pg_fixture order_service)
add_test(NAME unit/db/order_moves_pg
    COMMAND ${PROJECT_SOURCE_DIR}/test/with_postgres.py $<TARGET_FILE:unit_db_order_moves_pg_test>)
set_tests_properties(unit/db/order_moves_pg PROPERTIES LABELS integration TIMEOUT 120)

# The plans of what each service prepares.
add_library(unit_db_plan_check STATIC db/plan_check.c)
target_include_directories(unit_db_plan_check PUBLIC ${PROJECT_SOURCE_DIR}/test)
target_link_libraries(unit_db_plan_check PUBLIC saga_db PkgConfig::CMOCKA)
foreach(service order payment)
    add_executable(unit_db_${service}_plans_pg_test db/${service}_plans_pg_test.c)
    target_link_libraries(unit_db_${service}_plans_pg_test PRIVATE unit_db_plan_check ${service}_service)
    add_test(NAME unit/db/${service}_plans_pg
        COMMAND ${PROJECT_SOURCE_DIR}/test/with_postgres.py $<TARGET_FILE:unit_db_${service}_plans_pg_test>)
    set_tests_properties(unit/db/${service}_plans_pg PROPERTIES LABELS integration TIMEOUT 120)
endforeach()
