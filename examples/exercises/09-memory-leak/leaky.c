/*
 * A server that leaks.   leaky REQUESTS SECONDS
 *
 * For each of REQUESTS it makes a session (200 bytes) and a reply (3000 bytes), and frees both; but of each tenth
 * session it forgets to. Then it stays for SECONDS. What it leaks is REQUESTS / 10 sessions.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

__attribute__((noinline)) static char *new_session(void)
{
	char *session = malloc(200);
	if (!session)
		exit(1);
	memset(session, 1, 200);
	return session;
}

__attribute__((noinline)) static char *make_reply(void)
{
	char *reply = malloc(3000);
	if (!reply)
		exit(1);
	memset(reply, 2, 3000);
	return reply;
}

__attribute__((noinline)) static void handle_request(long number)
{
	char *session = new_session();
	char *reply = make_reply();
	free(reply);
	if (number % 10 != 0)
		free(session);
	/* keeps the session from being seen as lost */
	__asm__ volatile("" : : "r"(session) : "memory");
}

int main(int argc, char **argv)
{
	if (argc != 3) {
		fputs("usage: leaky REQUESTS SECONDS\n", stderr);
		return 2;
	}
	for (long i = 0; i < atol(argv[1]); i++)
		handle_request(i);
	sleep(atoi(argv[2]));
	return 0;
}
