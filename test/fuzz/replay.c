/* Takes libFuzzer's place where there is none: runs a fuzzer once for each input, given as files
 * and folders. */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "fuzz/fuzz.h"

enum { PATH_SIZE_MAX = 4096 };

static size_t input_count;

static void stop(const char *path)
{
    perror(path);
    exit(EXIT_FAILURE);
}

static void replay(const char *path)
{
    struct stat info;
    FILE *file = fopen(path, "rb");
    if (file == NULL || fstat(fileno(file), &info) != 0)
        stop(path);
    size_t size = (size_t)info.st_size;
    uint8_t *memory = malloc(size + 1);
    uint8_t *input = memory + 1; /* it ends where its memory ends: a sanitizer sees a read beyond */
    if (memory == NULL || fread(input, 1, size, file) != size)
        stop(path);
    fclose(file);
    fprintf(stderr, "%s\n", path); /* the last one named is the one that failed */
    LLVMFuzzerTestOneInput(input, size);
    input_count++;
    free(memory);
}

static void replay_folder(const char *path, DIR *folder)
{
    for (struct dirent *entry = readdir(folder); entry != NULL; entry = readdir(folder)) {
        char inner[PATH_SIZE_MAX];
        if (entry->d_name[0] == '.')
            continue;
        snprintf(inner, sizeof inner, "%s/%s", path, entry->d_name);
        replay(inner);
    }
    closedir(folder);
}

int main(int argc, char *argv[])
{
    for (int i = 1; i < argc; i++) {
        DIR *folder = opendir(argv[i]);
        if (folder != NULL)
            replay_folder(argv[i], folder);
        else
            replay(argv[i]);
    }
    printf("%zu inputs\n", input_count);
    return input_count != 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
