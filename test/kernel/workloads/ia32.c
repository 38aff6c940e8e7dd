/*
 * A program for 32-bit x86, without a C library.
 *
 *   ia32   calls take(size, 7) 25 times with a size of 4000, which returns size + 0x1000; asks for its brk once and
 *          moves it 40 times by a page; maps 8 KiB 30 times
 *
 * Build with -m32 -nostdlib -static.
 */
static long call(long number, long a, long b, long c, long d, long e)
{
	long result;

	__asm__ volatile("int $0x80"
			 : "=a"(result)
			 : "a"(number), "b"(a), "c"(b), "d"(c), "S"(d), "D"(e)
			 : "memory");
	return result;
}

__attribute__((noinline, used)) unsigned long take(unsigned long size, int kind)
{
	__asm__ volatile("" : : "r"(kind));
	return size + 0x1000;
}

void _start(void)
{
	const long second[2] = {1, 0};
	long top = call(45, 0, 0, 0, 0, 0);

	for (int i = 1; i <= 40; i++)
		call(45, top + i * 4096, 0, 0, 0, 0);
	for (int i = 0; i < 30; i++)
		call(192, 0, 8192, 3, 0x22, -1);
	for (int i = 0; i < 25; i++)
		take(4000, 7);
	call(162, (long)second, 0, 0, 0, 0);
	call(1, 0, 0, 0, 0, 0);
}
