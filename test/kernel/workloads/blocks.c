/*
 * Blocks of malloc in processes that go on, end, or become another program.
 *
 *   blocks keep COUNT SIZE FREED   keep_blocks() allocates COUNT blocks of SIZE bytes that stay, and frees FREED others
 *                                  of that size between them
 *   blocks children N COUNT SIZE   N processes, one after the other, that each leave COUNT blocks of SIZE bytes and exit
 *   blocks exec COUNT AFTER SIZE   COUNT blocks of SIZE bytes, and AFTER more when the process has executed itself again
 *   blocks sizes                   3000 blocks of 152 bytes, 300 of 200,000 and 400 of 4096 at the start of a page
 *   blocks churn                   blocks of many sizes, each freed before the next one is allocated, until it is killed
 *
 * Each of the others waits for a second at its end.
 *
 * Build with -fno-omit-frame-pointer -O1, so that user stacks show these functions.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static void *volatile block;

__attribute__((noinline)) static void keep_blocks(long count, size_t size, long freed)
{
	for (long i = 0; i < count; i++) {
		if (i < freed) {
			block = malloc(size);
			free(block);
		}
		block = malloc(size);
	}
}

static void leave_in_children(long children, long count, size_t size)
{
	for (long i = 0; i < children; i++) {
		pid_t pid = fork();
		if (pid == 0) {
			keep_blocks(count, size, 0);
			_exit(0);
		}
		waitpid(pid, NULL, 0);
	}
}

__attribute__((noinline)) static void allocate_sizes(void)
{
	void *page;

	for (int i = 0; i < 3000; i++)
		block = malloc(152);
	for (int i = 0; i < 300; i++)
		block = malloc(200000);
	for (int i = 0; i < 400; i++)
		if (posix_memalign(&page, 4096, 4096) == 0)
			block = page;
}

static void churn(void)
{
	alarm(300);
	for (size_t i = 0;; i++) {
		block = malloc(16 + 16 * (i % 4000));
		free(block);
	}
}

int main(int argc, char **argv)
{
	const char *what = argc > 1 ? argv[1] : "";
	long a = argc > 2 ? atol(argv[2]) : 0;
	long b = argc > 3 ? atol(argv[3]) : 0;
	long c = argc > 4 ? atol(argv[4]) : 0;

	if (strcmp(what, "keep") == 0)
		keep_blocks(a, b, c);
	else if (strcmp(what, "children") == 0)
		leave_in_children(a, b, c);
	else if (strcmp(what, "sizes") == 0)
		allocate_sizes();
	else if (strcmp(what, "churn") == 0)
		churn();
	else if (strcmp(what, "exec") == 0) {
		keep_blocks(a, c, 0);
		execl("/proc/self/exe", "blocks", "keep", argv[3], argv[4], "0", NULL);
		return 1;
	} else {
		fprintf(stderr, "usage: blocks keep|children|exec|sizes|churn NUMBER...\n");
		return 2;
	}
	sleep(1);
	return 0;
}
