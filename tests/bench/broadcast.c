/*
 * The floor under a tick that goes to many: a server that only writes the same bytes to all of its
 * clients once a second, and knows nothing of what it writes.
 *
 * Arguments: a file with the bytes of one message. Prints the port that it listens on. Each connection
 * is answered as an endless stream, whatever it asks for. The first bytes of each message are a number
 * that rises, so that clients can tell one second from the next. It ends with standard input.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <unistd.h>

enum { CLIENTS_MOST = 65536, MESSAGE_MOST = 1 << 20, BACKLOG = 4096 };

static const char HEAD[] =
    "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ncontent-encoding: gzip\r\n"
    "transfer-encoding: chunked\r\n\r\n";
static int clients[CLIENTS_MOST], count;
static char message[MESSAGE_MOST + 32];

static void fail(const char *what) {
  fprintf(stderr, "Cannot %s: %s\n", what, strerror(errno));
  exit(1);
}

static void answer(int fd) {
  char request[4096];
  int on = 1;
  if (count == CLIENTS_MOST) fail("take more clients");
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  /* It has been sent before the connection is accepted, or is dropped when it comes. */
  (void)!recv(fd, request, sizeof request, MSG_DONTWAIT);
  if (send(fd, HEAD, sizeof HEAD - 1, MSG_NOSIGNAL) < 0) fail("answer");
  clients[count++] = fd;
}

int main(int argc, char **argv) {
  FILE *file = argc > 1 ? fopen(argv[1], "r") : NULL;
  if (!file) fail("read the message");
  static char body[MESSAGE_MOST];
  size_t length = fread(body, 1, sizeof body, file);
  int head = snprintf(message, 32, "%zx\r\n", length);
  memcpy(message + head, body, length);
  memcpy(message + head + length, "\r\n", 2);
  size_t whole = head + length + 2;

  struct rlimit limit;
  getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
  int listening = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  socklen_t size = sizeof address;
  if (bind(listening, (struct sockaddr *)&address, size) < 0 || listen(listening, BACKLOG) < 0)
    fail("listen");
  getsockname(listening, (struct sockaddr *)&address, &size);
  printf("%d\n", ntohs(address.sin_port));
  fflush(stdout);

  int timer = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC), polling = epoll_create1(EPOLL_CLOEXEC);
  struct itimerspec second = {.it_value.tv_sec = 1, .it_interval.tv_sec = 1};
  timerfd_settime(timer, 0, &second, NULL);
  for (int i = 0; i < 3; i++) {
    int fd = (int[]){0, listening, timer}[i];
    struct epoll_event event = {.events = EPOLLIN, .data.fd = fd};
    epoll_ctl(polling, EPOLL_CTL_ADD, fd, &event);
  }
  for (uint32_t tick = 1;;) {
    struct epoll_event event;
    if (epoll_wait(polling, &event, 1, -1) < 1) continue;
    if (event.data.fd == 0) return 0;
    if (event.data.fd == listening) {
      int fd;
      while ((fd = accept4(listening, NULL, NULL, SOCK_CLOEXEC)) >= 0) answer(fd);
      continue;
    }
    uint64_t times;
    if (read(timer, &times, sizeof times) < 0) fail("read the timer");
    tick++;
    memcpy(message + head, &tick, sizeof tick);
    for (int i = 0; i < count;) {
      if (send(clients[i], message, whole, MSG_NOSIGNAL | MSG_DONTWAIT) >= 0 || errno == EAGAIN) i++;
      else {
        close(clients[i]);
        clients[i] = clients[--count];
      }
    }
  }
}
