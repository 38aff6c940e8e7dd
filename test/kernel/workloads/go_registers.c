/*
 * Functions that take their arguments as those of Go do, in a file that says that Go made it.
 *
 *   go_registers   main.work(size, kind) 25 times with 4000 and 7, main.(*T).Work(size) 10 times with 50,
 *                  and main.(*Other).Work, which the pattern main.(*T).Work does not mean, 5 times
 */
#include <unistd.h>

__asm__(".section .go.buildinfo, \"aw\"\n"
	".byte 0xff\n.ascii \" Go buildinf:\"\n.byte 8, 2\n.zero 16\n.byte 8\n.ascii \"go1.22.0\"\n"
	".text\n"
	".globl main.work\n.type main.work, @function\nmain.work: ret\n.size main.work, 1\n"
	".globl \"main.(*T).Work\"\n.type \"main.(*T).Work\", @function\n"
	"\"main.(*T).Work\": ret\n.size \"main.(*T).Work\", 1\n"
	".globl \"main.(*OtherT).Work\"\n.type \"main.(*OtherT).Work\", @function\n"
	"\"main.(*OtherT).Work\": ret\n.size \"main.(*OtherT).Work\", 1\n"
	"call_work: call main.work\nret\n"
	"call_method: call \"main.(*T).Work\"\nret\n"
	"call_other: call \"main.(*OtherT).Work\"\nret\n");

#define CALL(function, first, second)                                                              \
	__asm__ volatile("call " function : : "a"((long)(first)), "b"((long)(second)) : "memory", "cc")

int main(void)
{
	for (int i = 0; i < 25; i++)
		CALL("call_work", 4000, 7);
	for (int i = 0; i < 10; i++)
		CALL("call_method", 50, 0);
	for (int i = 0; i < 5; i++)
		CALL("call_other", 1, 0);
	sleep(1);
	return 0;
}
