/*
 * Many clients of one server in one cheap process, for measurements: what they cost must not be mixed
 * with what they measure, nor take the machine away from it.
 *
 *     crowd stream HOST PORT CLIENTS DUMP PATH     each holds one endless answer of gzip'd events open
 *     crowd get    HOST PORT CLIENTS MS gzip|plain PATH...  each asks for all paths once in MS milliseconds
 *
 * A stream's messages are told apart by the empty stored block that a deflate flush ends with
 * (00 00 ff ff), and known by their length and bytes: the first client's are numbered as they come,
 * and the others' are looked up among them. So it is known of every client which message it had when the
 * first client got its next one, without anything decompressed. What the first client gets is written to
 * DUMP, so that somebody can. A message that the first client never got, as after one that was skipped,
 * is counted as odd, and taken for as new as what the first client had when it came.
 *
 * "open" is printed once when all have had an answer. A line "message BYTES MS" is printed for each
 * message of the first client, with the wall clock. For each line on standard input all sums since the
 * last are printed as JSON. It ends with standard input.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { LINE_MOST = 256, PATHS_MOST = 16, KNOWN = 256, CONNECTING_MOST = 64, READ_BYTES = 65536 };
/* What of an answer comes next. */
enum part { NOTHING, HEAD, BODY, UNTIL_CLOSE, CHUNK_SIZE, CHUNK, CHUNK_END, TRAILER };

struct message {
  unsigned long long length, sum, first;
};

struct client {
  int fd, path, answered, connecting;
  enum part part;
  long long left, due;
  int chunked, status, closes;
  char line[LINE_MOST];
  int line_length;
  unsigned tail;
  struct message now, last;
  long long number; /* Of the newest message that it had. */
  long long heard;  /* Number of the newest message of all when it got its last. */
  long long joined; /* The same when it came: what is older than that was not meant for it. */
};

static struct {
  long long wire, body, answers, bad, missed, closed, messages, odd, late_most;
} sums;

static struct client *clients;
static int count, streaming, gzip, paths_count, polling, opened, open_told, connecting, reached;
static char **paths, *host_name;
static long long period;
static struct sockaddr_in address;
static struct message known[KNOWN];
static long long newest = -1;
static FILE *dump;

static void fail(const char *what) {
  fprintf(stderr, "Cannot %s: %s\n", what, strerror(errno));
  exit(1);
}

static long long now_us(clockid_t clock) {
  struct timespec now;
  clock_gettime(clock, &now);
  return now.tv_sec * 1000000LL + now.tv_nsec / 1000;
}

static int same(const struct message *a, const struct message *b) {
  return a->length == b->length && a->sum == b->sum && a->first == b->first;
}

/* Finds the client's last message among those that the first client had. */
static void place(struct client *client) {
  if (client->last.length == 0) return;
  for (long long number = newest; number >= 0 && number > newest - KNOWN; number--)
    if (same(&known[number % KNOWN], &client->last)) {
      if (number >= client->joined && number > client->number) client->number = number;
      client->last.length = 0;
      return;
    }
}

/* The first client got its next message: who does not even have the one before it? */
static void look_at_all(void) {
  for (int i = 1; i < count; i++) {
    struct client *client = &clients[i];
    place(client);
    /* Before its first known message it is not late but new: it began with what it was told alone. */
    if (client->number < 0) continue;
    /* One that is not known is ahead of the first client, or was made when it came. */
    long long late = newest - 1 - (client->last.length == 0 ? client->number : client->heard);
    if (late > sums.late_most) sums.late_most = late;
  }
}

static void message_ends(struct client *client) {
  sums.messages++;
  if (client == clients) {
    known[++newest % KNOWN] = client->now;
    look_at_all();
    printf("message %llu %lld\n", client->now.length, now_us(CLOCK_REALTIME) / 1000);
    fflush(stdout);
  }
  place(client);
  if (client->last.length != 0 && client->number >= 0 && client != clients) sums.odd++;
  client->last = client->now;
  client->heard = newest;
  memset(&client->now, 0, sizeof client->now);
}

static void take(struct message *message, const unsigned char *at, size_t length) {
  for (size_t i = 0; message->length + i < 8 && i < length; i++)
    message->first = message->first << 8 | at[i];
  unsigned long long sum = 0;
  for (size_t i = 0; i < length; i++) sum += at[i];
  message->sum += sum;
  message->length += length;
}

static void payload(struct client *client, const unsigned char *at, size_t length) {
  sums.body += length;
  if (!streaming) return;
  if (client == clients && dump) fwrite(at, 1, length, dump);
  size_t begun = 0, from = 0;
  while (from < length) {
    const unsigned char *found = memchr(at + from, 0xff, length - from);
    if (!found) break;
    from = found - at + 1;
    unsigned before = client->tail;
    for (size_t i = from > 4 ? from - 4 : 0; i < from; i++) before = before << 8 | at[i];
    if (before != 0x0000ffff) continue;
    take(&client->now, at + begun, from - begun);
    begun = from;
    message_ends(client);
  }
  take(&client->now, at + begun, length - begun);
  for (size_t i = length > 4 ? length - 4 : 0; i < length; i++)
    client->tail = client->tail << 8 | at[i];
}

static void finish(struct client *client) {
  sums.answers++;
  if (client->status != 200) sums.bad++;
  if (!client->answered) opened++;
  client->answered = 1;
  client->part = NOTHING;
  client->path++;
}

static void head_ends(struct client *client) {
  if (streaming) {
    if (client->status != 200) {
      fprintf(stderr, "Cannot open stream: status %d\n", client->status);
      exit(1);
    }
    if (!client->answered) opened++;
    client->answered = 1;
    client->joined = newest;
  }
  if (client->chunked) client->part = CHUNK_SIZE;
  else if (client->left > 0) client->part = BODY;
  else if (client->left == 0) finish(client);
  else client->part = UNTIL_CLOSE;
}

static void line_ends(struct client *client) {
  char *line = client->line;
  line[client->line_length] = 0;
  int empty = client->line_length == 0;
  client->line_length = 0;
  switch (client->part) {
    case HEAD:
      if (empty) head_ends(client);
      else if (strncmp(line, "HTTP/", 5) == 0) {
        sscanf(line, "%*s %d", &client->status);
        client->closes = strncmp(line, "HTTP/1.0", 8) == 0;
      } else if (strcasecmp(line, "connection: close") == 0) client->closes = 1;
      else if (strncasecmp(line, "content-length:", 15) == 0) client->left = atoll(line + 15);
      else if (strncasecmp(line, "transfer-encoding:", 18) == 0) client->chunked = 1;
      break;
    case CHUNK_SIZE:
      client->left = strtoll(line, NULL, 16);
      client->part = client->left > 0 ? CHUNK : TRAILER;
      break;
    case CHUNK_END:
      client->part = CHUNK_SIZE;
      break;
    case TRAILER:
      if (empty) finish(client);
      break;
    default:
      break;
  }
}

static void got(struct client *client, const unsigned char *at, size_t length) {
  while (length > 0) {
    size_t taken = 1;
    switch (client->part) {
      case NOTHING:
        return;
      case BODY:
      case CHUNK:
        taken = (long long)length < client->left ? length : (size_t)client->left;
        payload(client, at, taken);
        client->left -= taken;
        if (client->left == 0 && client->part == BODY) finish(client);
        else if (client->left == 0) client->part = CHUNK_END;
        break;
      case UNTIL_CLOSE:
        taken = length;
        payload(client, at, taken);
        break;
      default:
        if (*at == '\n') line_ends(client);
        else if (*at != '\r' && client->line_length < LINE_MOST - 1)
          client->line[client->line_length++] = *at;
    }
    at += taken;
    length -= taken;
  }
}

static void ask(struct client *client) {
  char request[2048];
  int length = snprintf(request, sizeof request, "GET %s HTTP/1.1\r\nHost: %s\r\n%s\r\n",
                        paths[client->path], host_name,
                        gzip ? "Accept-Encoding: gzip\r\n" : "");
  client->part = HEAD;
  client->left = -1;
  client->chunked = client->status = client->closes = client->line_length = 0;
  if (send(client->fd, request, length, MSG_NOSIGNAL) != length) fail("send a request");
}

static void reach(struct client *client) {
  client->fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (client->fd < 0) fail("make a socket");
  int on = 1;
  setsockopt(client->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  if (connect(client->fd, (struct sockaddr *)&address, sizeof address) < 0 && errno != EINPROGRESS)
    fail("connect");
  client->connecting = 1;
  connecting++;
  struct epoll_event event = {.events = EPOLLIN | EPOLLOUT, .data.ptr = client};
  if (epoll_ctl(polling, EPOLL_CTL_ADD, client->fd, &event) < 0) fail("watch a socket");
}

static void closed(struct client *client) {
  close(client->fd);
  client->fd = -1;
  client->tail = 0;
  if (client->part == UNTIL_CLOSE && !streaming) finish(client);
  else if (client->part != NOTHING) {
    sums.closed++;
    client->part = NOTHING;
    client->path++;
  }
}

/* The next path of this turn, on a connection of its own where the server keeps none. */
static void go_on(struct client *client) {
  if (streaming || client->part != NOTHING || client->connecting || client->path >= paths_count) return;
  if (client->fd < 0) reach(client);
  else ask(client);
}

static void ready(struct client *client, unsigned events) {
  if (client->connecting) {
    int error = 0;
    socklen_t length = sizeof error;
    getsockopt(client->fd, SOL_SOCKET, SO_ERROR, &error, &length);
    if (error != 0) {
      errno = error;
      fail("connect");
    }
    if (!(events & EPOLLOUT)) return;
    client->connecting = 0;
    connecting--;
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = client};
    epoll_ctl(polling, EPOLL_CTL_MOD, client->fd, &event);
    ask(client);
    return;
  }
  static unsigned char buffer[READ_BYTES];
  ssize_t length = recv(client->fd, buffer, sizeof buffer, 0);
  if (length < 0 && (errno == EAGAIN || errno == EINTR)) return;
  if (length <= 0) closed(client);
  else {
    sums.wire += length;
    got(client, buffer, length);
    if (client->closes && client->part == NOTHING && client->fd >= 0) {
      close(client->fd);
      client->fd = -1;
    }
  }
  go_on(client);
}

static void report(void) {
  printf("{\"clients\":%d,\"wireBytes\":%lld,\"bodyBytes\":%lld,\"answers\":%lld,\"bad\":%lld,"
         "\"missed\":%lld,\"closed\":%lld,\"messages\":%lld,\"odd\":%lld,\"lateMost\":%lld}\n",
         opened, sums.wire, sums.body, sums.answers, sums.bad, sums.missed, sums.closed,
         sums.messages, sums.odd, sums.late_most);
  fflush(stdout);
  if (dump) fflush(dump);
  memset(&sums, 0, sizeof sums);
}

/* Begins what is due; microseconds until the next, -1 for none. */
static long long begin_due(long long now) {
  long long next = -1;
  /* The first stream is there before all others, so that it misses nothing that they get. */
  while (streaming && reached < count && connecting < CONNECTING_MOST && (reached == 0 || opened > 0))
    reach(&clients[reached++]);
  for (int i = 0; !streaming && i < count; i++) {
    struct client *client = &clients[i];
    while (client->due <= now) {
      client->due += period;
      if (client->path < paths_count) sums.missed++;
      else {
        client->path = 0;
        go_on(client);
      }
    }
    if (next < 0 || client->due - now < next) next = client->due - now;
  }
  return next;
}

int main(int argc, char **argv) {
  if (argc < 7) {
    fprintf(stderr, "Cannot run: see the head of crowd.c for what is needed\n");
    return 2;
  }
  streaming = strcmp(argv[1], "stream") == 0;
  host_name = argv[2];
  address.sin_family = AF_INET;
  address.sin_port = htons(atoi(argv[3]));
  inet_pton(AF_INET, host_name, &address.sin_addr);
  count = atoi(argv[4]);
  paths = argv + (streaming ? 6 : 7);
  paths_count = argc - (streaming ? 6 : 7);
  period = streaming ? 0 : atoll(argv[5]) * 1000;
  gzip = streaming || strcmp(argv[6], "gzip") == 0;
  if (streaming && !(dump = fopen(argv[5], "w"))) fail("write what the first stream gets");
  struct rlimit limit;
  getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
  clients = calloc(count, sizeof *clients);
  polling = epoll_create1(EPOLL_CLOEXEC);
  long long begun = now_us(CLOCK_MONOTONIC);
  for (int i = 0; i < count; i++) {
    clients[i].fd = -1;
    clients[i].number = -1;
    clients[i].path = streaming ? 0 : paths_count;
    clients[i].due = begun + i * period / count;
  }
  struct epoll_event input = {.events = EPOLLIN, .data.ptr = NULL}, events[256];
  epoll_ctl(polling, EPOLL_CTL_ADD, 0, &input);
  for (;;) {
    long long next = begin_due(now_us(CLOCK_MONOTONIC));
    int found = epoll_wait(polling, events, 256, next < 0 ? -1 : (int)((next + 999) / 1000));
    for (int i = 0; i < found; i++) {
      if (events[i].data.ptr) {
        ready(events[i].data.ptr, events[i].events);
        continue;
      }
      char asked[64];
      ssize_t length = read(0, asked, sizeof asked);
      if (length <= 0) return 0;
      report();
    }
    if (opened == count && !open_told) {
      open_told = 1;
      printf("open\n");
      fflush(stdout);
    }
  }
}
