#include "order/app.h"
#include "service/program.h"

static int run(void *settings)
{
    return app_run(settings);
}

int main(int argc, char **argv)
{
    struct order_settings settings;
    const struct program program = {
        .table = &order_settings_table,
        .settings = &settings,
        .listen = &settings.listen,
        .run = run,
    };
    return program_main(&program, argc, argv);
}
