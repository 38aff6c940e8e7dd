/*
 * N TCP connections of this process to itself, on the loopback interface; the last is to a port where nobody
 * listens.
 *
 *   tcp N PORT
 *
 * Causes N + 1 connects to PORT and PORT + 1 of 127.0.0.1.
 */
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	if (argc != 3) {
		fputs("usage: tcp N PORT\n", stderr);
		return 2;
	}
	struct sockaddr_in at = { .sin_family = AF_INET, .sin_port = htons(atoi(argv[2])),
				  .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int yes = 1, listener = socket(AF_INET, SOCK_STREAM, 0);
	setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
	if (bind(listener, (void *)&at, sizeof at) || listen(listener, 16))
		return 1;
	for (long i = 0; i < atol(argv[1]); i++) {
		int one = socket(AF_INET, SOCK_STREAM, 0);
		if (connect(one, (void *)&at, sizeof at))
			return 1;
		close(accept(listener, NULL, NULL));
		close(one);
	}
	at.sin_port = htons(atoi(argv[2]) + 1);
	return connect(socket(AF_INET, SOCK_STREAM, 0), (void *)&at, sizeof at) == 0;
}
