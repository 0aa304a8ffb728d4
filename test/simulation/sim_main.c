/* Runs worlds, one seed after the other, until enough sagas are done or one of them fails. */
#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "simulation/coverage.h"
#include "simulation/world.h"

enum { EXIT_USAGE = 2, SEED_LINE_SIZE_MAX = 256 };

struct options {
    uint64_t seed;
    uint64_t saga_count;
    enum sim_bug bug;
    bool is_verbose;
    bool must_cover;
    const char *seeds_path;
};

struct totals {
    uint64_t world_count;
    uint64_t saga_count;
    uint64_t cancel_count;
    uint64_t completed_count;
    uint64_t swept_count;
    uint64_t parked_count;
    uint64_t repeat_counts[REPEAT_COUNT];
    uint64_t other_body_count;
};

static void print_usage(FILE *to)
{
    fprintf(to,
            "usage: sim_main [--seed N] [--sagas N] [--seeds FILE] [--cover] [--bug NAME]"
            " [--verbose]\n"
            "  --seed N      the first world's seed (1); the next world has the next one\n"
            "  --sagas N     run worlds of %d orders until N are done (1000000)\n"
            "  --seeds FILE  first run the worlds of these seeds, one a line\n"
            "  --cover       fail unless every cell of the saga's table was visited, orders were\n"
            "                parked, and keys repeated in each situation\n"
            "  --bug NAME    break a rule, to see it noticed:\n",
            WORLD_ORDER_COUNT);
    for (int i = 0; i < BUG_COUNT; i++)
        fprintf(to, "      %-22s%s\n", bug_word((enum sim_bug)i), bug_text((enum sim_bug)i));
    fputs("  --verbose     tell everything, and the services' logs\n"
          "To replay a failed world: --seed SEED --sagas 1\n",
          to);
}

static bool parse_number(const char *text, uint64_t *number)
{
    char *end;
    errno = 0;
    *number = strtoull(text, &end, 10);
    return errno == 0 && end != text && *end == '\0' && *text != '-';
}

static bool parse_options(int count, char **texts, struct options *options)
{
    static const struct option known[] = {
        {"seed", required_argument, NULL, 's'},
        {"sagas", required_argument, NULL, 'n'},
        {"seeds", required_argument, NULL, 'f'},
        {"bug", required_argument, NULL, 'b'},
        {"verbose", no_argument, NULL, 'v'},
        {"cover", no_argument, NULL, 'c'},
        {NULL, 0, NULL, 0},
    };
    int letter;
    bool is_good = true;
    while ((letter = getopt_long(count, texts, "", known, NULL)) != -1) {
        if (letter == 's')
            is_good = is_good && parse_number(optarg, &options->seed);
        else if (letter == 'n')
            is_good = is_good && parse_number(optarg, &options->saga_count);
        else if (letter == 'f')
            options->seeds_path = optarg;
        else if (letter == 'b')
            is_good = is_good && bug_parse(optarg, &options->bug);
        else if (letter == 'v')
            options->is_verbose = true;
        else if (letter == 'c')
            options->must_cover = true;
        else
            is_good = false;
    }
    return is_good && optind == count;
}

static void print_failure(const struct world *world, const struct options *options)
{
    const struct sim *sim = &world->sim;
    story_print(sim->story, options->is_verbose ? 0 : sim->failed_order_id, stdout);
    printf("FAILED: world seed %" PRIu64 ", order %" PRId64 ": %s\n", sim->seed,
           sim->failed_order_id, sim->failure);
    printf("replay: --seed %" PRIu64 " --sagas 1", sim->seed);
    if (sim->bug != BUG_NONE)
        printf(" --bug %s", bug_word(sim->bug));
    putchar('\n');
}

static void add_totals(const struct world *world, struct totals *totals)
{
    const struct checker *checker = &world->checker;
    totals->world_count++;
    totals->saga_count += world->clients.order_count;
    totals->cancel_count += world->clients.cancel_count;
    totals->parked_count += world->parked_count;
    for (int i = 0; i < REPEAT_COUNT; i++)
        totals->repeat_counts[i] += world->clients.keys.repeat_counts[i];
    totals->other_body_count += world->clients.keys.other_body_count;
    for (int64_t id = 1; id < checker->rows->id_end; id++) {
        const struct sim_row *row = sim_rows_find(checker->rows, id);
        totals->completed_count += row != NULL && row->was_completed ? 1 : 0;
        totals->swept_count += row != NULL && row->was_swept ? 1 : 0;
    }
}

static bool run_world(uint64_t seed, const struct options *options, struct story *story,
                      struct totals *totals)
{
    static struct world world; /* large, and one at a time */
    world_init(&world, seed, options->bug, options->is_verbose, story);
    world_run(&world);
    if (world.sim.is_failed) {
        print_failure(&world, options);
        return false;
    }
    if (options->is_verbose)
        story_print(story, 0, stdout);
    add_totals(&world, totals);
    world_free(&world);
    return true;
}

/* A number a line; the rest of the line says what it once found. */
static bool run_past_seeds(const struct options *options, struct story *story,
                           struct totals *totals)
{
    FILE *file = fopen(options->seeds_path, "r");
    if (file == NULL) {
        fprintf(stderr, "%s: %s\n", options->seeds_path, strerror(errno));
        return false;
    }
    char line[SEED_LINE_SIZE_MAX];
    bool is_good = true;
    while (is_good && fgets(line, sizeof line, file) != NULL) {
        uint64_t seed;
        line[strcspn(line, " \n")] = '\0';
        if (line[0] != '#' && line[0] != '\0')
            is_good = parse_number(line, &seed) && run_world(seed, options, story, totals);
    }
    fclose(file);
    return is_good;
}

static bool run_all(const struct options *options, struct story *story, struct totals *totals)
{
    if (options->seeds_path != NULL && !run_past_seeds(options, story, totals))
        return false;
    for (uint64_t seed = options->seed; totals->saga_count < options->saga_count; seed++) {
        if (!run_world(seed, options, story, totals))
            return false;
    }
    return true;
}

static void print_totals(const struct totals *totals)
{
    printf("%" PRIu64 " worlds: %" PRIu64 " sagas (%" PRIu64 " COMPLETED in between or at last, "
           "%" PRIu64 " taken over by recovery), %" PRIu64 " cancels\n",
           totals->world_count, totals->saga_count, totals->completed_count, totals->swept_count,
           totals->cancel_count);
    printf("%" PRIu64 " orders parked and resumed\n", totals->parked_count);
    printf("Idempotency-Keys repeated");
    for (int i = 0; i < REPEAT_COUNT; i++)
        printf(" %s %" PRIu64 ",", client_repeat_text((enum client_repeat)i),
               totals->repeat_counts[i]);
    printf(" with another body %" PRIu64 "\n", totals->other_body_count);
    printf("%" PRIu64 " of %" PRIu64 " cells of the saga's table visited\n",
           coverage_visited_count(), coverage_cell_count());
}

static bool has_seen(uint64_t count, const char *what, const char *when)
{
    if (count == 0)
        printf("never seen: %s%s\n", what, when);
    return count != 0;
}

/* Says what is missing. */
static bool has_covered(const struct totals *totals)
{
    coverage_print_missing(stdout);
    bool has_all = coverage_visited_count() == coverage_cell_count();
    has_all = has_seen(totals->parked_count, "a parked order", "") && has_all;
    has_all = has_seen(totals->other_body_count, "a key with another body", "") && has_all;
    for (int i = 0; i < REPEAT_COUNT; i++)
        has_all = has_seen(totals->repeat_counts[i], "a key repeated ",
                           client_repeat_text((enum client_repeat)i)) &&
                  has_all;
    return has_all;
}

int main(int count, char **texts)
{
    struct options options = {.seed = 1, .saga_count = 1000000};
    struct story story;
    struct totals totals = {0};
    if (!parse_options(count, texts, &options)) {
        print_usage(stderr);
        return EXIT_USAGE;
    }
    story_init(&story);
    bool is_good = run_all(&options, &story, &totals);
    print_totals(&totals);
    if (options.must_cover)
        is_good = is_good && has_covered(&totals);
    story_free(&story);
    return is_good ? EXIT_SUCCESS : EXIT_FAILURE;
}
