/* app - the payment service as a whole: wires all modules, runs, stops. The only file that sees
 * all.
 *
 * Thread  blocks in app_run() until a signal has stopped the service. */
#pragma once

#include "payment/settings.h"

/* The process's exit code: 0 after a stop by signal, 1 where it could not start. */
int app_run(const struct payment_settings *settings);
