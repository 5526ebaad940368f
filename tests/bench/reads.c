/*
 * The floor under one tick: the reads of a tick and nothing else, into buffers made once.
 *
 * Standard input says what a round of ticks reads, a line each, in order:
 *
 *     file PATH        keep it open at first sight, pread it to its end
 *     list PATH        open the directory, read its entries, close it
 *     statvfs PATH     statvfs(2)
 *     perf CPU N HEX.. open a group of N events at first sight (attr bytes in hex), start and read it
 *     tick             the tick ends here
 *
 * Arguments: rounds to run. Prints nanoseconds of CPU of this thread for one tick: the median over rounds.
 * Or: 0 and milliseconds, after which each next tick is due. It then runs until it is killed.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <fcntl.h>
#include <linux/perf_event.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

enum { STEPS_MOST = 65536, BUFFER_BYTES = 8 << 20, LINE_BYTES = 1 << 20, EVENTS_MOST = 64 };
enum kind { READ_FILE, LIST, STATVFS, PERF, TICK };

struct step {
  enum kind kind;
  int fd;
  char *path;
};

static struct step steps[STEPS_MOST];
static int count;
static char buffer[BUFFER_BYTES];
static char line[LINE_BYTES];

static int same_before(enum kind kind, const char *path) {
  for (int i = 0; i < count; i++)
    if (steps[i].kind == kind && strcmp(steps[i].path, path) == 0) return steps[i].fd;
  return -1;
}

static void fail(const char *what, const char *path) {
  fprintf(stderr, "Cannot %s \"%s\"\n", what, path);
  exit(1);
}

static int open_group(const char *text) {
  char *copy = strdup(text), *save = NULL;
  int cpu = atoi(strtok_r(copy, " ", &save));
  int events = atoi(strtok_r(NULL, " ", &save));
  int leader = -1;
  for (int i = 0; i < events && i < EVENTS_MOST; i++) {
    const char *hex = strtok_r(NULL, " ", &save);
    unsigned char attr[256] = {0};
    for (size_t at = 0; hex && at < strlen(hex) / 2; at++) sscanf(hex + 2 * at, "%2hhx", &attr[at]);
    int fd = syscall(SYS_perf_event_open, attr, -1, cpu, leader, 8);
    if (fd < 0) fail("open event", text);
    if (leader < 0) leader = fd;
  }
  /* A group that is stopped is read without asking its CPU. */
  if (ioctl(leader, PERF_EVENT_IOC_ENABLE, PERF_IOC_FLAG_GROUP) < 0) fail("start group", text);
  free(copy);
  return leader;
}

static void add(enum kind kind, const char *path) {
  if (count == STEPS_MOST) fail("take more steps than", "65536");
  struct step *step = &steps[count];
  step->kind = kind;
  step->path = strdup(path);
  step->fd = -1;
  if (kind == READ_FILE || kind == PERF) {
    step->fd = same_before(kind, path);
    if (step->fd < 0) step->fd = kind == PERF ? open_group(path) : open(path, O_RDONLY | O_CLOEXEC);
    if (step->fd < 0) fail("open", path);
  }
  count++;
}

static void run(const struct step *step) {
  switch (step->kind) {
    case READ_FILE: {
      ssize_t got, at = 0;
      while ((got = pread(step->fd, buffer + at, sizeof buffer - at, at)) > 0) at += got;
      break;
    }
    case LIST: {
      int fd = open(step->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
      while (fd >= 0 && syscall(SYS_getdents64, fd, buffer, 32768) > 0) {}
      if (fd >= 0) close(fd);
      break;
    }
    case STATVFS: {
      struct statvfs size;
      if (statvfs(step->path, &size) != 0) fail("statvfs", step->path);
      break;
    }
    case PERF:
      if (read(step->fd, buffer, 4096) < 0) fail("read group", step->path);
      break;
    case TICK:
      break;
  }
}

static long long cpu_ns(void) {
  struct timespec now;
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return now.tv_sec * 1000000000LL + now.tv_nsec;
}

static int ascending(const void *a, const void *b) {
  long long x = *(const long long *)a, y = *(const long long *)b;
  return x < y ? -1 : x > y;
}

/* Ticks when they are due, for as long as there is somebody to look at it. */
static void run_paced(long interval_ms) {
  struct timespec due;
  clock_gettime(CLOCK_MONOTONIC, &due);
  for (int i = 0;; i = (i + 1) % count) {
    run(&steps[i]);
    if (steps[i].kind != TICK) continue;
    due.tv_nsec += interval_ms * 1000000;
    due.tv_sec += due.tv_nsec / 1000000000;
    due.tv_nsec %= 1000000000;
    clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &due, NULL);
  }
}

int main(int argc, char **argv) {
  int rounds = argc > 1 ? atoi(argv[1]) : 100, ticks = 0;
  while (fgets(line, sizeof line, stdin)) {
    line[strcspn(line, "\n")] = 0;
    if (strncmp(line, "file ", 5) == 0) add(READ_FILE, line + 5);
    else if (strncmp(line, "list ", 5) == 0) add(LIST, line + 5);
    else if (strncmp(line, "statvfs ", 8) == 0) add(STATVFS, line + 8);
    else if (strncmp(line, "perf ", 5) == 0) add(PERF, line + 5);
    else if (strcmp(line, "tick") == 0) { add(TICK, ""); ticks++; }
    else fail("understand", line);
  }
  if (ticks > 0 && argc > 2) run_paced(atol(argv[2]));
  if (ticks == 0 || rounds < 1) fail("run without a tick or a round", "");
  memset(buffer, 0, sizeof buffer);
  long long *spent = calloc(rounds, sizeof *spent);
  for (int round = -2; round < rounds; round++) {
    long long begun = cpu_ns();
    for (int i = 0; i < count; i++) run(&steps[i]);
    if (round >= 0) spent[round] = (cpu_ns() - begun) / ticks;
  }
  qsort(spent, rounds, sizeof *spent, ascending);
  printf("%lld\n", spent[rounds / 2]);
  return 0;
}
