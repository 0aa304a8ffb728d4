saga_unit_test(service/shutdown LINKS saga_service)
saga_unit_test(service/page LINKS saga_service)
