/*
 * Functions with the names that a C++ compiler gives them.
 *
 *   mangled   ns::Class::method(int) 30 times with 1 to 30, ns::Class::method(char const*) 20 times,
 *             ns::Class::other(long) const 10 times, and a second name at the place of the first
 */
#include <unistd.h>

__attribute__((noinline)) void method_int(void *self, int value) __asm__("_ZN2ns5Class6methodEi");
__attribute__((noinline)) void method_text(void *self, const char *text) __asm__("_ZN2ns5Class6methodEPKc");
__attribute__((noinline)) void other(const void *self, long value) __asm__("_ZNK2ns5Class5otherEl");
__asm__(".globl _ZN2ns5Class5twiceEi\n.set _ZN2ns5Class5twiceEi, _ZN2ns5Class6methodEi\n"
	".type _ZN2ns5Class5twiceEi, @function");

void method_int(void *self, int value)
{
	__asm__ volatile("" : : "r"(self), "r"(value));
}

void method_text(void *self, const char *text)
{
	__asm__ volatile("" : : "r"(self), "r"(text));
}

void other(const void *self, long value)
{
	__asm__ volatile("" : : "r"(self), "r"(value));
}

int main(void)
{
	for (int i = 1; i <= 30; i++)
		method_int(NULL, i);
	for (int i = 0; i < 20; i++)
		method_text(NULL, "");
	for (int i = 0; i < 10; i++)
		other(NULL, i);
	sleep(1);
	return 0;
}
