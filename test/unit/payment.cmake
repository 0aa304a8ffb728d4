saga_unit_test(payment/faults LINKS payment_rules)
saga_unit_test(payment/fault_rules LINKS payment_service)
saga_unit_test(payment/rules LINKS payment_rules)
saga_unit_test(payment/codec LINKS payment_service)
