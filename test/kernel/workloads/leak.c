/*
 * A memory leak of an exact size.
 *
 *   leak LEAKED SIZE FREED FREED_BY_THREAD [SECONDS [touch]]
 *
 * leak_block() allocates LEAKED blocks of SIZE bytes that are never freed; use_block() allocates
 * FREED blocks of the same size and frees each at once; hand_over() allocates FREED_BY_THREAD
 * blocks, which another thread frees. Then it waits SECONDS (default 0). With `touch` the
 * blocks are written to.
 * Causes: malloc(SIZE) LEAKED + FREED + FREED_BY_THREAD times, free of those FREED +
 * FREED_BY_THREAD times; LEAKED * SIZE bytes stay open. The start of a thread costs a calloc of
 * the C library's own, of another size.
 *
 * Build with -pthread -fno-omit-frame-pointer -O1, so that user stacks show these functions.
 */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int touch;
static size_t size;
static long handed;
static void **blocks;

static void *allocate(size_t bytes)
{
	void *block = malloc(bytes);
	if (block && touch)
		memset(block, 1, bytes);
	/* keeps the call from being dropped, or made a jump */
	__asm__ volatile("" : : "r"(block) : "memory");
	return block;
}

__attribute__((noinline)) void leak_block(void)
{
	allocate(size);
	__asm__ volatile("");
}

__attribute__((noinline)) void use_block(void)
{
	free(allocate(size));
	__asm__ volatile("");
}

__attribute__((noinline)) void hand_over(long i)
{
	blocks[i] = allocate(size);
	__asm__ volatile("");
}

static void *free_handed(void *unused)
{
	for (long i = 0; i < handed; i++)
		free(blocks[i]);
	return unused;
}

int main(int argc, char **argv)
{
	static void *room[100000];
	pthread_t thread;

	if (argc < 5 || atol(argv[4]) > (long)(sizeof room / sizeof *room)) {
		fputs("usage: leak LEAKED SIZE FREED FREED_BY_THREAD(<=100000) [SECONDS [touch]]\n", stderr);
		return 2;
	}
	size = atol(argv[2]);
	touch = argc > 6 && !strcmp(argv[6], "touch");
	blocks = room;
	handed = atol(argv[4]);

	for (long i = 0; i < atol(argv[1]); i++)
		leak_block();
	for (long i = 0; i < atol(argv[3]); i++)
		use_block();
	for (long i = 0; i < handed; i++)
		hand_over(i);
	if (handed && (pthread_create(&thread, NULL, free_handed, NULL) || pthread_join(thread, NULL)))
		return 1;
	if (argc > 5)
		sleep(atoi(argv[5]));
	_exit(0);
}
