/* probe - asks a running service how it is, as a container's health check does.
 *
 * Place   service/program -> [probe] -> net/address.
 * Thread  blocks, PROBE_TIMEOUT_MS for each step at most: for a process that does nothing else. */
#pragma once

#include <stdbool.h>

enum { PROBE_TIMEOUT_MS = 2000, PROBE_REASON_SIZE = 128 };

/* GETs `path` from the service that listens on `listen`, "0.0.0.0:8000"; one that listens
 * everywhere is asked on the loopback address. True: it answered 200. False: `reason` tells why
 * not. */
bool probe_ask(const char *listen, const char *path, char reason[PROBE_REASON_SIZE]);
