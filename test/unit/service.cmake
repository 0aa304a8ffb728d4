saga_unit_test(service/shutdown LINKS saga_service)
