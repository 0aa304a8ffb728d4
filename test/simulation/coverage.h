/* coverage - which cells of the saga's table a run has visited: proof that it was no quiet run.
 *
 * Place   driver -> saga_step() -> [coverage] -> the real saga_step(); the linker puts it between
 *         (--wrap). */
#pragma once

#include <stdint.h>
#include <stdio.h>

/* Since the program's start: the saga's table has no context to count in. */
uint64_t coverage_visited_count(void);
uint64_t coverage_cell_count(void);
void coverage_print_missing(FILE *to);
