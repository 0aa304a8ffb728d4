#include "simulation/bugs.h"

#include <string.h>

static const char *const words[BUG_COUNT] = {
#define SIM_BUG_WORD(name, word, text) [BUG_##name] = (word),
    SIM_BUG_MAP(SIM_BUG_WORD)
#undef SIM_BUG_WORD
};

static const char *const texts[BUG_COUNT] = {
#define SIM_BUG_TEXT(name, word, text) [BUG_##name] = (text),
    SIM_BUG_MAP(SIM_BUG_TEXT)
#undef SIM_BUG_TEXT
};

bool bug_parse(const char *word, enum sim_bug *bug)
{
    for (int i = 0; i < BUG_COUNT; i++) {
        if (strcmp(words[i], word) == 0) {
            *bug = (enum sim_bug)i;
            return true;
        }
    }
    return false;
}

const char *bug_word(enum sim_bug bug)
{
    return words[bug];
}

const char *bug_text(enum sim_bug bug)
{
    return texts[bug];
}
