/*
 * Memory asked for through functions that must all be in the stack.
 *
 *   calls BLOCKS PAGES
 *
 * BLOCKS times malloc(7777), by main -> outer -> middle -> innermost -> malloc, none of them freed; malloc(7776) three
 * times, in a recursion: main -> again -> malloc, main -> again -> again -> malloc, and once more. Then PAGES page faults
 * in `bare`, which has no frame pointer: main -> faulting -> between -> bare.
 */
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

static void *volatile kept;

__attribute__((noinline)) void innermost(void)
{
	kept = malloc(7777);
	__asm__ volatile("");
}

__attribute__((noinline)) void middle(void)
{
	innermost();
	__asm__ volatile("");
}

__attribute__((noinline)) void outer(void)
{
	middle();
	__asm__ volatile("");
}

__attribute__((noinline)) void again(int times)
{
	if (times > 1)
		again(times - 1);
	kept = malloc(7776);
	__asm__ volatile("");
}

__attribute__((noinline, optimize("omit-frame-pointer"))) void bare(volatile char *pages, long count)
{
	for (long i = 0; i < count; i++)
		pages[i * 4096] = 1;
}

__attribute__((noinline)) void between(volatile char *pages, long count)
{
	bare(pages, count);
	__asm__ volatile("");
}

__attribute__((noinline)) void faulting(volatile char *pages, long count)
{
	between(pages, count);
	__asm__ volatile("");
}

int main(int argc, char **argv)
{
	if (argc < 3) {
		fputs("usage: calls BLOCKS PAGES\n", stderr);
		return 2;
	}
	long blocks = atol(argv[1]), count = atol(argv[2]);
	for (long i = 0; i < blocks; i++)
		outer();
	again(3);
	char *pages = mmap(NULL, count * 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (pages == MAP_FAILED)
		return 1;
	madvise(pages, count * 4096, MADV_NOHUGEPAGE);
	faulting(pages, count);
	sleep(3);
	_exit(0);
}
