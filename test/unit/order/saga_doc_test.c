/* docs/saga-table.md shows the table of the code: its diagram and its table are made here and
 * compared. On a difference the made text is printed, to be pasted between the markers. */
#include "order/saga.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/buffer.h"

enum { DOC_SIZE_MAX = 1024 * 1024 };

static void append_words(struct buffer *to, const char *const *words)
{
    for (; *words != NULL; words++)
        buffer_append_text(to, *words);
}

static void append_diagram(struct buffer *to)
{
    buffer_append_text(to, "```mermaid\nstateDiagram-v2\n    [*] --> CREATING : START / CREATE\n");
    for (int state = 0; state < SAGA_STATE_COUNT; state++) {
        for (int event = 0; event < SAGA_EVENT_COUNT; event++) {
            struct saga_cell cell = saga_step((enum saga_state)state, (enum saga_event)event);
            if (cell.verdict == SAGA_CONFLICT || event == EV_START)
                continue;
            const char *words[] = {"    ",  saga_state_name((enum saga_state)state),
                                   " --> ", saga_state_name(cell.next),
                                   " : ",   saga_event_name((enum saga_event)event),
                                   " / ",   saga_effect_name(cell.effect),
                                   "\n",    NULL};
            append_words(to, words);
        }
        if (saga_is_final((enum saga_state)state)) {
            const char *words[] = {"    ", saga_state_name((enum saga_state)state), " --> [*]\n",
                                   NULL};
            append_words(to, words);
        }
    }
    buffer_append_text(to, "```\n");
}

static void append_rows(struct buffer *to)
{
    buffer_append_text(to, "\n| state | shown as | meaning |\n|---|---|---|\n");
#define STATE_ROW(name, text)                                                                      \
    append_words(to, (const char *const[]){"| " #name " | ",                                       \
                                           order_status_name(saga_status(SAGA_##name)),            \
                                           " | " text " |\n", NULL});
    SAGA_STATE_MAP(STATE_ROW)
#undef STATE_ROW
    buffer_append_text(to, "\n| event | meaning |\n|---|---|\n");
#define TEXT_ROW(name, text) buffer_append_text(to, "| " #name " | " text " |\n");
    SAGA_EVENT_MAP(TEXT_ROW)
    buffer_append_text(to, "\n| effect | meaning |\n|---|---|\n");
    SAGA_EFFECT_MAP(TEXT_ROW)
#undef TEXT_ROW
}

static char *read_doc(void)
{
    FILE *file = fopen(SAGA_SOURCE_DIR "/docs/saga-table.md", "rb");
    assert_non_null(file);
    char *text = calloc(1, DOC_SIZE_MAX);
    assert_non_null(text);
    size_t size = fread(text, 1, DOC_SIZE_MAX - 1, file);
    assert_true(size > 0);
    fclose(file);
    return text;
}

static void the_document_shows_the_table(void **state)
{
    (void)state;
    struct buffer made;
    buffer_init(&made, DOC_SIZE_MAX);
    buffer_append_text(&made, "<!-- saga table: made from the code -->\n");
    append_diagram(&made);
    append_rows(&made);
    buffer_append_text(&made, "<!-- end of saga table -->\n");
    buffer_append_byte(&made, '\0');
    assert_false(made.failed);
    char *doc = read_doc();
    bool is_shown = strstr(doc, made.data) != NULL;
    if (!is_shown)
        printf("docs/saga-table.md should contain:\n%s", made.data);
    free(doc);
    buffer_free(&made);
    assert_true(is_shown);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(the_document_shows_the_table)};
    return cmocka_run_group_tests_name("order/saga_doc", tests, NULL, NULL);
}
