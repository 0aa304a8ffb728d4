saga_unit_test(json/fields LINKS saga_json)
saga_unit_test(json/writer LINKS saga_json)
