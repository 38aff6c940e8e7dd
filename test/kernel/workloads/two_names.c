/*
 * Writes fresh pages under two names: `two_names PROCESS_PAGES THREAD_PAGES [SECONDS]`. The process touches so many
 * pages in its first thread, and a second thread, which renames itself to `renamed`, so many others. Then it waits.
 */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <unistd.h>

static void touch(int pages)
{
    size_t size = pages * 4096L;
    char *memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) {
        perror("mmap");
        exit(1);
    }
    madvise(memory, size, MADV_NOHUGEPAGE);
    for (int page = 0; page < pages; page++)
        memory[page * 4096L] = 1;
    munmap(memory, size);
}

static void *other(void *pages)
{
    prctl(PR_SET_NAME, "renamed");
    touch(*(int *)pages);
    return NULL;
}

int main(int argc, char **argv)
{
    if (argc < 3)
        return 2;
    int pages = atoi(argv[2]);
    pthread_t thread;
    if (pthread_create(&thread, NULL, other, &pages) != 0)
        return 1;
    pthread_join(thread, NULL);
    touch(atoi(argv[1]));
    if (argc > 3)
        sleep(atoi(argv[3]));
    return 0;
}
