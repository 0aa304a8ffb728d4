#include <stdlib.h>

#include "payment/app.h"

int main(int argc, char **argv)
{
    struct payment_settings settings;
    switch (payment_settings_load(argc, argv, &settings)) {
    case CONFIG_ANSWERED:
        return EXIT_SUCCESS;
    case CONFIG_BAD:
        return EXIT_FAILURE;
    case CONFIG_READY:
        break;
    }
    return app_run(&settings);
}
