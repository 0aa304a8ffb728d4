saga_unit_test(service/shutdown LINKS saga_service)
saga_unit_test(service/page LINKS saga_service)
saga_unit_test(service/assets LINKS saga_service)
saga_embed_file(unit_service_assets_test every_byte service/every_byte.bin)
