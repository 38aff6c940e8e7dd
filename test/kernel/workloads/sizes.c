/*
 * Calls measured() with N values that spread over 40 powers of two, the same each time, and says what is true of them:
 * how many are distinct, and the percentiles, each the least value that so many percent do not exceed.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

__attribute__((noinline)) void measured(uint64_t value)
{
    __asm__ volatile("" : : "r"(value) : "memory");
}

static int compare(const void *a, const void *b)
{
    uint64_t one = *(const uint64_t *)a, other = *(const uint64_t *)b;
    return (one > other) - (one < other);
}

int main(int argc, char **argv)
{
    static const int percents[] = {50, 90, 95, 99};
    long count = argc > 1 ? atol(argv[1]) : 1000;
    uint64_t *values = malloc(count * sizeof(*values));
    uint64_t state = 12345;

    if (count < 1 || !values)
        return 1;
    for (long i = 0; i < count; i++) {
        state = state * 6364136223846793005ULL + 1442695040888963407ULL;
        values[i] = (state >> 20) >> ((state >> 8) % 40);
        measured(values[i]);
    }
    qsort(values, count, sizeof(*values), compare);
    long distinct = 1;
    for (long i = 1; i < count; i++)
        distinct += values[i] != values[i - 1];
    fprintf(stderr, "exact distinct=%ld", distinct);
    for (int i = 0; i < 4; i++)
        fprintf(stderr, " p%d=%lu", percents[i], (unsigned long)values[(count * percents[i] + 99) / 100 - 1]);
    fprintf(stderr, "\n");
    return 0;
}
