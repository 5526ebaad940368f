/*
 * Prints how many thousands of ticks a second this machine's time stamp counter makes, which is the one that
 * a guest of QEMU without KVM reads.
 *
 * The guest's kernel would find out by itself, against a timer that QEMU emulates: where that thread has to
 * wait for a CPU meanwhile, the result is wrong by several times, and so are all of the guest's clocks.
 */
#include <stdio.h>
#include <time.h>

#if !defined(__x86_64__)
int main(void)
{
	return 0;	/* QEMU makes one up, and what it counts is its own affair. */
}
#else
#include <x86intrin.h>

#define SPAN_NS 100000000LL
#define LOOKS 16

static long long now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC_RAW, &t);
	return t.tv_sec * 1000000000LL + t.tv_nsec;
}

/* Both clocks at one time: of some looks the one that took least, whatever else ran between them. */
static void look(long long *ns, unsigned long long *ticks)
{
	unsigned long long least = ~0ULL;

	for (int i = 0; i < LOOKS; i++) {
		unsigned long long from = __rdtsc();
		long long at = now();
		unsigned long long took = __rdtsc() - from;

		if (took >= least)
			continue;
		least = took;
		*ns = at;
		*ticks = from + took / 2;
	}
}

int main(void)
{
	const struct timespec span = { .tv_nsec = SPAN_NS };
	long long ns, ns_then;
	unsigned long long ticks, ticks_then;

	look(&ns_then, &ticks_then);
	nanosleep(&span, NULL);
	look(&ns, &ticks);
	printf("%.0f\n", (double)(ticks - ticks_then) * 1e6 / (double)(ns - ns_then));
	return 0;
}
#endif
