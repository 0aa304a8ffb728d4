#include "payment/app.h"
#include "service/program.h"

static int run(void *settings)
{
    return app_run(settings);
}

int main(int argc, char **argv)
{
    struct payment_settings settings;
    const struct program program = {
        .table = &payment_settings_table,
        .settings = &settings,
        .listen = &settings.listen,
        .run = run,
    };
    return program_main(&program, argc, argv);
}
