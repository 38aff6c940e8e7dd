/*
 * A program that starts: it reads its settings, loads its fonts and makes an index, and ends.
 * Each step writes to new pages of its own, so each of them is a fault:
 *   read_settings 20, load_fonts 300 (of which load_font 3 times 100), make_index 150 (in insert_word).
 */
#include <stdlib.h>
#include <sys/mman.h>

enum { PAGE = 4096 };

static char *new_pages(long count)
{
	char *map = mmap(NULL, count * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (map == MAP_FAILED)
		exit(1);
	/* One fault a page, and not one for many. */
	madvise(map, count * PAGE, MADV_NOHUGEPAGE);
	return map;
}

__attribute__((noinline)) static void fill(volatile char *pages, long count)
{
	for (long i = 0; i < count; i++)
		pages[i * PAGE] = 1;
}

__attribute__((noinline)) static void read_settings(void)
{
	fill(new_pages(20), 20);
	__asm__ volatile("");
}

__attribute__((noinline)) static void load_font(void)
{
	fill(new_pages(100), 100);
	__asm__ volatile("");
}

__attribute__((noinline)) static void load_fonts(void)
{
	for (volatile int font = 0; font < 3; font++)
		load_font();
	__asm__ volatile("");
}

__attribute__((noinline)) static void insert_word(volatile char *place)
{
	*place = 1;
	__asm__ volatile("");
}

__attribute__((noinline)) static void make_index(void)
{
	volatile char *index = new_pages(150);
	for (int word = 0; word < 150; word++)
		insert_word(index + word * PAGE);
	__asm__ volatile("");
}

int main(void)
{
	read_settings();
	load_fonts();
	make_index();
	return 0;
}
