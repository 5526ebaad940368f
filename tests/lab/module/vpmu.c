// SPDX-License-Identifier: GPL-2.0
/*
 * vpmu - virtual performance monitoring units with known answers.
 *
 * The module registers PMUs that look, to perf_event_open() and to sysfs, like
 * the ones real x86 machines have, and that count at fixed, declared rates.
 * perf core does everything else it does for real hardware: it picks the PMU,
 * schedules events onto a limited number of counters, rotates them when they
 * do not fit, and keeps time_enabled and time_running.
 *
 * An event's count is rate * (time it was on a counter), and that time is read
 * from the same clock perf core uses for time_running. So for every read
 *
 *	count == rate * time_running			(to within one count)
 *
 * and a correctly scaled count is rate * time_enabled, however much the event
 * was multiplexed. Parameters make the rates pulse, and events and counters
 * misbehave, in ways that are declared just as exactly; see README.md.
 */
#include <linux/bitmap.h>
#include <linux/cpu.h>
#include <linux/cpumask.h>
#include <linux/kernel.h>
#include <linux/math64.h>
#include <linux/module.h>
#include <linux/perf_event.h>
#include <linux/sched/clock.h>
#include <linux/slab.h>
#include <linux/tick.h>
#include <linux/topology.h>

#define MAX_COUNTERS	64
#define MAX_ATTRS	40
#define MAX_PMUS	16
#define MAX_NAMES	40
#define MAX_BOXES	8

/* ---------------------------------------------------------------- parameters */

static int counters = 4;
module_param(counters, int, 0444);
MODULE_PARM_DESC(counters, "general counters per CPU on each core PMU (0-64)");

static bool fixed;
module_param(fixed, bool, 0444);
MODULE_PARM_DESC(fixed, "cycles, instructions and ref-cycles have counters of their own");

static char *unsupported[MAX_NAMES];
static int n_unsupported;
module_param_array(unsupported, charp, &n_unsupported, 0444);
MODULE_PARM_DESC(unsupported, "generic core events to refuse, by perf's name for them");

static char *atom_unsupported[MAX_NAMES];
static int n_atom_unsupported;
module_param_array(atom_unsupported, charp, &n_atom_unsupported, 0444);
MODULE_PARM_DESC(atom_unsupported, "more generic events to refuse, on cpu_atom only");

static char *stuck[MAX_NAMES];
static int n_stuck;
module_param_array(stuck, charp, &n_stuck, 0444);
MODULE_PARM_DESC(stuck, "core events that open and run but count nothing");

static char *slow[MAX_NAMES];
static int n_slow;
module_param_array(slow, charp, &n_slow, 0444);
MODULE_PARM_DESC(slow, "core events that count only 400 per second");

static int unsupported_errno = ENOENT;
module_param(unsupported_errno, int, 0444);
MODULE_PARM_DESC(unsupported_errno, "errno for refused events (2 ENOENT, 22 EINVAL, 95 EOPNOTSUPP)");

static uint pulse_ms;
module_param(pulse_ms, uint, 0444);
MODULE_PARM_DESC(pulse_ms, "core rates are high for this long, then low for as long (0 steady)");

static int pulse_pct = 50;
module_param(pulse_pct, int, 0444);
MODULE_PARM_DESC(pulse_pct, "how far pulsing rates go above and below the average (0-100)");

static bool offset_2p53;
module_param(offset_2p53, bool, 0444);
MODULE_PARM_DESC(offset_2p53, "counts start at 2^53 - 1000");

static int hog;
static int set_hog(const char *value, const struct kernel_param *param);
static const struct kernel_param_ops hog_ops = { .set = set_hog, .get = param_get_int };
module_param_cb(hog, &hog_ops, &hog, 0644);
MODULE_PARM_DESC(hog, "general counters that another client holds on each CPU, now");

static int get_clock(char *text, const struct kernel_param *param)
{
	return sysfs_emit(text, "%llu\n", local_clock());
}
static const struct kernel_param_ops clock_ops = { .get = get_clock };
module_param_cb(clock, &clock_ops, NULL, 0444);
MODULE_PARM_DESC(clock, "the clock the pulse follows, in ns (only to read)");

static bool idle_scale;
module_param(idle_scale, bool, 0444);
MODULE_PARM_DESC(idle_scale, "per-CPU core events do not count while the CPU is idle");

static int cpu_step;
module_param(cpu_step, int, 0444);
MODULE_PARM_DESC(cpu_step, "core rates on CPU n are n * cpu_step percent higher");

static int user_pct = 75;
module_param(user_pct, int, 0444);
MODULE_PARM_DESC(user_pct, "percent of a core event's rate that counts as user mode (0-100)");

static bool core = true;
module_param(core, bool, 0444);
MODULE_PARM_DESC(core, "register a core PMU at all");

static char *atom;
module_param(atom, charp, 0444);
MODULE_PARM_DESC(atom, "CPU list that belongs to cpu_atom; the others become cpu_core");

static char *uncore[8] = { "imc" };
static int n_uncore = 1;
module_param_array(uncore, charp, &n_uncore, 0444);
MODULE_PARM_DESC(uncore, "uncore PMUs: any of imc,freerun,imc_icx,freerun_icx,client,umc,df,l3,power, or none");

static int uncore_counters = 4;
module_param(uncore_counters, int, 0444);
MODULE_PARM_DESC(uncore_counters, "counters per package on each programmable uncore PMU (0-64)");

static ulong imc_read[MAX_BOXES] = { 1000, 2000 };
static int n_read = 2;
module_param_array(imc_read, ulong, &n_read, 0444);
MODULE_PARM_DESC(imc_read, "MiB/s read by each memory controller; sets how many there are");

static ulong imc_write[MAX_BOXES] = { 400, 800 };
static int n_write = 2;
module_param_array(imc_write, ulong, &n_write, 0444);
MODULE_PARM_DESC(imc_write, "MiB/s written by each memory controller");

static ulong watts[3] = { 35, 20, 5 };
static int n_watts = 3;
module_param_array(watts, ulong, &n_watts, 0444);
MODULE_PARM_DESC(watts, "power drawn by package, cores and memory");

/* -------------------------------------------------------------------- events */

/* One generic core event: how perf core names it, and how fast it counts. */
struct core_event {
	const char	*name;		/* as perf spells it */
	u32		type;		/* PERF_TYPE_HARDWARE or PERF_TYPE_HW_CACHE */
	u64		config;
	u32		per_us;		/* counts per microsecond on a counter */
	u16		raw;		/* umask << 8 | event, 0 for none */
	bool		fixed;
	enum { WITH_CYCLES, STEADY, AGAINST_CYCLES } pulse;
};

#define HW(n, c, rate, ...) \
	{ n, PERF_TYPE_HARDWARE, PERF_COUNT_HW_##c, rate, ##__VA_ARGS__ }
#define CACHE(n, level, op, result, rate, ...) \
	{ n, PERF_TYPE_HW_CACHE, \
	  PERF_COUNT_HW_CACHE_##level | PERF_COUNT_HW_CACHE_OP_##op << 8 | \
	  PERF_COUNT_HW_CACHE_RESULT_##result << 16, rate, ##__VA_ARGS__ }

static const struct core_event core_events[] = {
	HW("cpu-cycles",		CPU_CYCLES,		3000, 0x003c, true),
	HW("instructions",		INSTRUCTIONS,		4500, 0x00c0, true, AGAINST_CYCLES),
	HW("ref-cycles",		REF_CPU_CYCLES,		2600, 0x0300, true),
	HW("bus-cycles",		BUS_CYCLES,		100, 0x013c),
	HW("cache-references",		CACHE_REFERENCES,	90, 0x4f2e),
	HW("cache-misses",		CACHE_MISSES,		18, 0x412e),
	HW("branch-instructions",	BRANCH_INSTRUCTIONS,	900, 0x00c4),
	HW("branch-misses",		BRANCH_MISSES,		27, 0x00c5, .pulse = STEADY),
	HW("stalled-cycles-frontend",	STALLED_CYCLES_FRONTEND, 450),
	HW("stalled-cycles-backend",	STALLED_CYCLES_BACKEND,	750),

	CACHE("L1-dcache-loads",	L1D, READ, ACCESS,	1200),
	CACHE("L1-dcache-load-misses",	L1D, READ, MISS,	60, .pulse = STEADY),
	CACHE("L1-dcache-stores",	L1D, WRITE, ACCESS,	640),
	CACHE("L1-icache-loads",	L1I, READ, ACCESS,	1600),
	CACHE("L1-icache-load-misses",	L1I, READ, MISS,	32),
	CACHE("LLC-loads",		LL, READ, ACCESS,	50),
	CACHE("LLC-load-misses",	LL, READ, MISS,		20, .pulse = AGAINST_CYCLES),
	CACHE("LLC-stores",		LL, WRITE, ACCESS,	24),
	CACHE("LLC-store-misses",	LL, WRITE, MISS,	6),
	CACHE("dTLB-loads",		DTLB, READ, ACCESS,	1250),
	CACHE("dTLB-load-misses",	DTLB, READ, MISS,	5),
	CACHE("dTLB-stores",		DTLB, WRITE, ACCESS,	660),
	CACHE("dTLB-store-misses",	DTLB, WRITE, MISS,	3),
	CACHE("iTLB-loads",		ITLB, READ, ACCESS,	1000),
	CACHE("iTLB-load-misses",	ITLB, READ, MISS,	1),
	CACHE("branch-loads",		BPU, READ, ACCESS,	905),
	CACHE("branch-load-misses",	BPU, READ, MISS,	28),
	CACHE("node-loads",		NODE, READ, ACCESS,	12),
	CACHE("node-load-misses",	NODE, READ, MISS,	4),
};

/* The raw bits the core PMU accepts: event, umask, edge, inv and cmask. */
#define CORE_RAW_MASK	0xff84ffffULL

/* One uncore event: its encoding, counts per second, and how perf shows it. */
struct unc_event {
	const char	*name;		/* sysfs alias, NULL for none */
	const char	*code;		/* what the alias stands for */
	u64		config;
	u64		per_sec;
	const char	*scale, *unit;
};

/* ---------------------------------------------------------------------- PMUs */

/* A sysfs directory whose files all hold fixed text. */
struct vdir {
	struct attribute_group		group;
	struct attribute		*list[MAX_ATTRS + 1];
	struct perf_pmu_events_attr	attr[MAX_ATTRS];
	char				name[MAX_ATTRS][40];
	char				text[MAX_ATTRS][96];
	int				n;
};

struct vpmu {
	struct pmu			pmu;
	char				name[40];
	unsigned long __percpu		*used;		/* counters in use */
	int				counters;
	cpumask_t			cpus;
	bool				is_core, is_atom, fixed_function;
	struct unc_event		events[8];
	int				n_events;
	struct vdir			format, alias, files;
	const struct attribute_group	*groups[4];
};

static struct vpmu *vpmus[MAX_PMUS];
static int n_vpmus;

static struct vpmu *to_vpmu(struct pmu *pmu)
{
	return container_of(pmu, struct vpmu, pmu);
}

__printf(3, 4)
static void vdir_add(struct vdir *dir, const char *name, const char *fmt, ...)
{
	struct perf_pmu_events_attr *a;
	va_list args;
	int i = dir->n;

	if (WARN_ON(i >= MAX_ATTRS))
		return;
	strscpy(dir->name[i], name, sizeof(dir->name[i]));
	va_start(args, fmt);
	vscnprintf(dir->text[i], sizeof(dir->text[i]), fmt, args);
	va_end(args);

	a = &dir->attr[i];
	sysfs_attr_init(&a->attr.attr);
	a->attr.attr.name = dir->name[i];
	a->attr.attr.mode = 0444;
	a->attr.show = perf_event_sysfs_show;
	a->event_str = dir->text[i];
	dir->list[i] = &a->attr.attr;
	dir->n++;
}

/* ------------------------------------------------------------------ counting */

/*
 * What an event keeps in its hw_perf_event:
 *	config_base	counts per second, on average
 *	event_base	what is left of a count, in 1/UNITS_PER_SEC counts
 *	prev_count	the clock when the count was last brought up to date
 *	idx		counter, or -1 for one that needs none
 *	flags		the following
 */
#define OWN_COUNTER	1	/* never competes for a general one */
#define PULSE		2
#define PULSE_AGAINST	4

/* Time is multiplied in hundredths of nanoseconds, as the pulse is in percent. */
#define UNITS_PER_SEC	(100 * (u64)NSEC_PER_SEC)

/*
 * perf core's own clock for this event, and what the clock common to all
 * showed at that time; they were updated just before any call.
 */
static u64 vpmu_clock(struct perf_event *event, u64 *common)
{
	u64 now = event->ctx->time;

	*common = event->ctx->timestamp;
#ifdef CONFIG_CGROUP_PERF
	if (event->cgrp) {
		now = per_cpu_ptr(event->cgrp->info, event->cpu)->time;
		*common = per_cpu_ptr(event->cgrp->info, event->cpu)->timestamp;
	}
#endif
	if (idle_scale && to_vpmu(event->pmu)->is_core &&
	    !(event->attach_state & PERF_ATTACH_TASK))
		now -= get_cpu_idle_time_us(smp_processor_id(), NULL) * NSEC_PER_USEC;
	return now;
}

/* How long the pulse had been high by then, less how long it had been low. */
static s64 pulse_sum(u64 clock)
{
	u64 half = pulse_ms * (u64)NSEC_PER_MSEC, into = clock % (2 * half);

	return into < half ? into : 2 * half - into;
}

static void vpmu_update(struct perf_event *event)
{
	struct hw_perf_event *hwc = &event->hw;
	u64 common, now = vpmu_clock(event, &common);
	s64 ns = now - local64_read(&hwc->prev_count);
	u64 rate = hwc->config_base, time, whole, left;

	if (ns <= 0)
		return;
	local64_set(&hwc->prev_count, now);

	time = ns * 100;
	if (hwc->flags & PULSE)
		time += pulse_pct * (pulse_sum(common) - pulse_sum(common - ns));
	else if (hwc->flags & PULSE_AGAINST)
		time -= pulse_pct * (pulse_sum(common) - pulse_sum(common - ns));

	whole = mul_u64_u64_div_u64(time, rate, UNITS_PER_SEC);
	/* The high halves of both products agree, so this is the remainder. */
	left = time * rate - whole * UNITS_PER_SEC + hwc->event_base;
	if (left >= UNITS_PER_SEC) {
		left -= UNITS_PER_SEC;
		whole++;
	}
	hwc->event_base = left;
	local64_add(whole, &event->count);
}

static void vpmu_start(struct perf_event *event, int flags)
{
	u64 common;

	event->hw.state = 0;
	local64_set(&event->hw.prev_count, vpmu_clock(event, &common));
}

static void vpmu_stop(struct perf_event *event, int flags)
{
	if (event->hw.state & PERF_HES_STOPPED)
		return;
	vpmu_update(event);
	event->hw.state = PERF_HES_STOPPED | PERF_HES_UPTODATE;
}

static void vpmu_read(struct perf_event *event)
{
	if (!(event->hw.state & PERF_HES_STOPPED))
		vpmu_update(event);
}

static bool needs_counter(struct perf_event *event)
{
	return !(event->hw.flags & OWN_COUNTER);
}

static u64 core_rate_here(struct perf_event *event)
{
	u64 rate = event->hw.last_tag;

	return rate + div_u64(rate * cpu_step * smp_processor_id(), 100);
}

static int vpmu_add(struct perf_event *event, int flags)
{
	struct vpmu *v = to_vpmu(event->pmu);
	struct hw_perf_event *hwc = &event->hw;
	unsigned long *used = this_cpu_ptr(v->used);

	hwc->idx = -1;
	if (needs_counter(event)) {
		int idx = find_first_zero_bit(used, v->counters);

		if (idx >= v->counters)
			return -EAGAIN;
		__set_bit(idx, used);
		hwc->idx = idx;
	}
	if (v->is_core)
		hwc->config_base = core_rate_here(event);
	hwc->state = PERF_HES_STOPPED | PERF_HES_UPTODATE;
	if (flags & PERF_EF_START)
		vpmu_start(event, PERF_EF_RELOAD);
	return 0;
}

static void vpmu_del(struct perf_event *event, int flags)
{
	vpmu_stop(event, PERF_EF_UPDATE);
	if (event->hw.idx >= 0)
		__clear_bit(event->hw.idx, this_cpu_ptr(to_vpmu(event->pmu)->used));
	event->hw.idx = -1;
}

/* A group that could never be on the PMU all at once is refused when opened. */
static int check_group(struct perf_event *event)
{
	struct perf_event *leader = event->group_leader, *sibling;
	int n = needs_counter(event);

	if (leader == event)
		return n > to_vpmu(event->pmu)->counters ? -EINVAL : 0;
	if (leader->pmu == event->pmu)
		n += needs_counter(leader);
	for_each_sibling_event(sibling, leader)
		if (sibling->pmu == event->pmu)
			n += needs_counter(sibling);
	return n > to_vpmu(event->pmu)->counters ? -EINVAL : 0;
}

/* What is left to do for an event that can be opened. */
static int finish_init(struct perf_event *event, int flags)
{
	event->hw.event_base = 0;
	event->hw.idx = -1;
	event->hw.flags = flags;
	if (offset_2p53 && !event->parent)	/* inherited counts are added up */
		local64_set(&event->count, (1LL << 53) - 1000);
	return check_group(event);
}

/* ------------------------------------------------------------------ core PMU */

static bool listed(const char *name, char **list, int n)
{
	while (n--)
		if (!strcmp(name, list[n]))
			return true;
	return false;
}

static bool refused(const struct vpmu *v, const struct core_event *e)
{
	return listed(e->name, unsupported, n_unsupported) ||
	       (v->is_atom && listed(e->name, atom_unsupported, n_atom_unsupported));
}

static const struct core_event *find_core_event(u32 type, u64 config)
{
	int i;

	for (i = 0; i < ARRAY_SIZE(core_events); i++) {
		const struct core_event *e = &core_events[i];

		if (type == PERF_TYPE_RAW ? e->raw && e->raw == config :
		    e->type == type && e->config == config)
			return e;
	}
	return NULL;
}

static bool bad_generic(u32 type, u64 config)
{
	if (type == PERF_TYPE_HARDWARE)
		return config >= PERF_COUNT_HW_MAX;
	return config >> 24 || (config & 0xff) >= PERF_COUNT_HW_CACHE_MAX ||
	       (config >> 8 & 0xff) >= PERF_COUNT_HW_CACHE_OP_MAX ||
	       (config >> 16 & 0xff) >= PERF_COUNT_HW_CACHE_RESULT_MAX;
}

static int core_event_init(struct perf_event *event)
{
	struct vpmu *v = to_vpmu(event->pmu);
	struct perf_event_attr *attr = &event->attr;
	struct hw_perf_event *hwc = &event->hw;
	const struct core_event *e;
	u64 per_us, pct = 0;
	u32 type = attr->type;
	int flags = 0;

	if (type == event->pmu->type)
		type = PERF_TYPE_RAW;
	else if (type != PERF_TYPE_HARDWARE && type != PERF_TYPE_HW_CACHE)
		return -ENOENT;
	if (atom && event->cpu >= 0 && !cpumask_test_cpu(event->cpu, &v->cpus))
		return -ENOENT;
	if (attr->precise_ip || has_branch_stack(event))
		return -EOPNOTSUPP;

	if (type == PERF_TYPE_RAW) {
		if (attr->config & ~CORE_RAW_MASK)
			return -EINVAL;
		e = find_core_event(type, attr->config & 0xffff);
		per_us = e ? e->per_us : attr->config & 0xffff;
	} else {
		if (bad_generic(type, attr->config))
			return -EINVAL;
		e = find_core_event(type, attr->config);
		if (!e)
			return -ENOENT;
		if (refused(v, e))
			return -unsupported_errno;
		per_us = e->per_us;
	}

	if (!attr->exclude_user)
		pct += user_pct;
	if (!attr->exclude_kernel)
		pct += 100 - user_pct;
	if (v->is_atom)
		per_us /= 2;

	hwc->last_tag = per_us * pct * (USEC_PER_SEC / 100);	/* on CPU 0 */
	if (e && listed(e->name, slow, n_slow))
		hwc->last_tag = 400;
	if (e && listed(e->name, stuck, n_stuck))
		hwc->last_tag = 0;

	if (fixed && e && e->fixed)
		flags |= OWN_COUNTER;
	if (pulse_ms && (!e || e->pulse == WITH_CYCLES))
		flags |= PULSE;
	else if (pulse_ms && e->pulse == AGAINST_CYCLES)
		flags |= PULSE_AGAINST;
	return finish_init(event, flags);
}

static int core_filter_match(struct perf_event *event)
{
	return cpumask_test_cpu(smp_processor_id(), &to_vpmu(event->pmu)->cpus);
}

/* A misspelt name would quietly leave an event supported. */
static int check_names(char **list, int n)
{
	int i;

	while (n--) {
		for (i = 0; i < ARRAY_SIZE(core_events); i++)
			if (!strcmp(core_events[i].name, list[n]))
				break;
		if (i == ARRAY_SIZE(core_events)) {
			pr_err("vpmu: no event is called %s\n", list[n]);
			return -EINVAL;
		}
	}
	return 0;
}

/* ---------------------------------------------------------------- uncore PMU */

/* The CPU that counts for this one's package; nr_cpu_ids when it is offline. */
static unsigned int package_leader(struct vpmu *v, int cpu)
{
	return cpumask_first_and(topology_core_cpumask(cpu), &v->cpus);
}

static int uncore_event_init(struct perf_event *event)
{
	struct vpmu *v = to_vpmu(event->pmu);
	struct hw_perf_event *hwc = &event->hw;
	u64 per_sec = 0;
	unsigned int leader;
	int i;

	if (event->attr.type != event->pmu->type)
		return -ENOENT;
	if (hwc->sample_period || event->cpu < 0)
		return -EINVAL;
	leader = package_leader(v, event->cpu);
	if (leader >= nr_cpu_ids)
		return -EINVAL;
	for (i = 0; i < v->n_events; i++)
		if (v->events[i].config == event->attr.config)
			break;
	if (i < v->n_events)
		per_sec = v->events[i].per_sec;
	else if (v->fixed_function)
		return -EINVAL;		/* others accept any code and count nothing */

	event->cpu = leader;
	hwc->config_base = per_sec * (topology_physical_package_id(leader) + 1);
	return finish_init(event, v->fixed_function ? OWN_COUNTER : 0);
}

/* ------------------------------------------------- another client and hotplug */

/* Pinned events, which perf core prefers to everybody else's. */
static DEFINE_PER_CPU(struct perf_event *, hogs[MAX_COUNTERS]);

static void hog_cpu(struct vpmu *v, int cpu, int n)
{
	struct perf_event_attr attr = {
		.type = v->pmu.type, .size = sizeof(attr), .pinned = 1,
	};
	int i;

	for (i = 0; i < MAX_COUNTERS; i++) {
		struct perf_event **h = &per_cpu(hogs[i], cpu);

		if (i < n && !*h) {
			*h = perf_event_create_kernel_counter(&attr, cpu, NULL, NULL, NULL);
			if (IS_ERR(*h))
				*h = NULL;
		} else if (i >= n && *h) {
			perf_event_release_kernel(*h);
			*h = NULL;
		}
	}
}

static int set_hog(const char *value, const struct kernel_param *param)
{
	int i, cpu, err = param_set_int(value, param);

	if (err)
		return err;
	cpus_read_lock();
	for (i = 0; i < n_vpmus; i++)
		if (vpmus[i]->is_core)
			for_each_cpu_and(cpu, &vpmus[i]->cpus, cpu_online_mask)
				hog_cpu(vpmus[i], cpu, hog);
	cpus_read_unlock();
	return 0;
}

static cpumask_t atom_cpus;

/* v->cpus holds the CPUs online on a core PMU, one per package on the others. */
static void show_cpus(struct vpmu *v)
{
	scnprintf(v->files.text[0], sizeof(v->files.text[0]), "%*pbl",
		  cpumask_pr_args(&v->cpus));
}

static int cpu_comes(unsigned int cpu)
{
	int i;

	for (i = 0; i < n_vpmus; i++) {
		struct vpmu *v = vpmus[i];

		if (v->is_core && v->is_atom == cpumask_test_cpu(cpu, &atom_cpus)) {
			cpumask_set_cpu(cpu, &v->cpus);
			hog_cpu(v, cpu, hog);
		} else if (!v->is_core && package_leader(v, cpu) >= nr_cpu_ids) {
			cpumask_set_cpu(cpu, &v->cpus);
		}
		show_cpus(v);
	}
	return 0;
}

static int cpu_goes(unsigned int cpu)
{
	unsigned int other = cpumask_any_but(topology_core_cpumask(cpu), cpu);
	int i;

	for (i = 0; i < n_vpmus; i++) {
		struct vpmu *v = vpmus[i];

		if (!cpumask_test_and_clear_cpu(cpu, &v->cpus))
			continue;
		if (v->is_core) {
			hog_cpu(v, cpu, 0);
		} else if (other < nr_cpu_ids) {
			cpumask_set_cpu(other, &v->cpus);
			perf_pmu_migrate_context(&v->pmu, cpu, other);
		}
		show_cpus(v);
	}
	return 0;
}

/* -------------------------------------------------------------- registration */

static struct vpmu *vpmu_new(const char *name, int index)
{
	struct vpmu *v = n_vpmus < MAX_PMUS ? kzalloc(sizeof(*v), GFP_KERNEL) : NULL;

	if (!v)
		return NULL;
	v->used = alloc_percpu(unsigned long);
	if (!v->used) {
		kfree(v);
		return NULL;
	}
	if (index < 0)
		strscpy(v->name, name, sizeof(v->name));
	else
		snprintf(v->name, sizeof(v->name), "%s_%d", name, index);
	v->pmu.module = THIS_MODULE;
	v->pmu.add = vpmu_add;
	v->pmu.del = vpmu_del;
	v->pmu.start = vpmu_start;
	v->pmu.stop = vpmu_stop;
	v->pmu.read = vpmu_read;
	return v;
}

static int vpmu_register(struct vpmu *v, int type)
{
	struct { struct vdir *dir; const char *name; } dirs[] = {
		{ &v->format, "format" }, { &v->alias, "events" }, { &v->files, NULL },
	};
	int i, n = 0, err;

	for (i = 0; i < ARRAY_SIZE(dirs); i++) {
		if (!dirs[i].dir->n)
			continue;
		dirs[i].dir->group.name = dirs[i].name;
		dirs[i].dir->group.attrs = dirs[i].dir->list;
		v->groups[n++] = &dirs[i].dir->group;
	}
	v->pmu.attr_groups = v->groups;

	err = perf_pmu_register(&v->pmu, v->name, type);
	if (err) {
		pr_err("vpmu: cannot register %s: %d\n", v->name, err);
		free_percpu(v->used);
		kfree(v);
		return err;
	}
	vpmus[n_vpmus++] = v;
	pr_info("vpmu: %s is type %d\n", v->name, v->pmu.type);
	return 0;
}

static int add_core(const char *name, bool is_atom, int type)
{
	struct vpmu *v = vpmu_new(name, -1);
	int i;

	if (!v)
		return -ENOMEM;
	v->is_core = true;
	v->is_atom = is_atom;
	v->counters = counters;
	v->pmu.task_ctx_nr = perf_hw_context;
	v->pmu.capabilities = PERF_PMU_CAP_NO_INTERRUPT;
	v->pmu.event_init = core_event_init;
	if (atom) {
		v->pmu.capabilities |= PERF_PMU_CAP_HETEROGENEOUS_CPUS |
				       PERF_PMU_CAP_EXTENDED_HW_TYPE;
		v->pmu.filter_match = core_filter_match;
		vdir_add(&v->files, "cpus", "%s", "");
	}

	vdir_add(&v->format, "event", "config:0-7");
	vdir_add(&v->format, "umask", "config:8-15");
	vdir_add(&v->format, "edge", "config:18");
	vdir_add(&v->format, "inv", "config:23");
	vdir_add(&v->format, "cmask", "config:24-31");
	for (i = 0; i < ARRAY_SIZE(core_events); i++) {
		const struct core_event *e = &core_events[i];

		if (!e->raw || refused(v, e))
			continue;
		if (e->raw >> 8)
			vdir_add(&v->alias, e->name, "event=0x%02x,umask=0x%02x",
				 e->raw & 0xff, e->raw >> 8);
		else
			vdir_add(&v->alias, e->name, "event=0x%02x", e->raw);
	}
	return vpmu_register(v, type);
}

static int add_cores(void)
{
	int err;

	if (!atom)
		return add_core("cpu", false, PERF_TYPE_RAW);
	err = cpulist_parse(atom, &atom_cpus);
	if (!err)
		err = add_core("cpu_core", false, PERF_TYPE_RAW);
	if (!err)
		err = add_core("cpu_atom", true, -1);
	return err;
}

/* Formats and events of one uncore PMU; each list ends with an empty entry. */
static int add_uncore(const char *name, int index, bool fixed_function,
		      const char *const (*format)[2], const struct unc_event *events)
{
	struct vpmu *v = vpmu_new(name, index);
	char file[40];

	if (!v)
		return -ENOMEM;
	v->fixed_function = fixed_function;
	v->counters = uncore_counters;
	v->pmu.task_ctx_nr = perf_invalid_context;
	v->pmu.capabilities = PERF_PMU_CAP_NO_EXCLUDE | PERF_PMU_CAP_NO_INTERRUPT;
	v->pmu.event_init = uncore_event_init;

	for (; (*format)[0]; format++)
		vdir_add(&v->format, (*format)[0], "%s", (*format)[1]);
	for (; events->code; events++) {
		v->events[v->n_events++] = *events;
		if (!events->name)
			continue;
		vdir_add(&v->alias, events->name, "%s", events->code);
		if (!events->scale)
			continue;
		snprintf(file, sizeof(file), "%s.scale", events->name);
		vdir_add(&v->alias, file, "%s", events->scale);
		snprintf(file, sizeof(file), "%s.unit", events->name);
		vdir_add(&v->alias, file, "%s", events->unit);
	}
	vdir_add(&v->files, "cpumask", "%s", "");
	return vpmu_register(v, -1);
}

static const char *const fmt_event[][2] = {
	{ "event", "config:0-7" }, { }
};
static const char *const fmt_event_umask[][2] = {
	{ "event", "config:0-7" }, { "umask", "config:8-15" }, { }
};
static const char *const fmt_umc[][2] = {
	{ "event", "config:0-7" }, { "rdwrmask", "config:8-9" }, { }
};
static const char *const fmt_df[][2] = {
	{ "event", "config:0-7,32-35,59-60" }, { "umask", "config:8-15" }, { }
};

/* Memory traffic is counted in 64-byte lines, energy in 2^-32 joules. */
#define LINES(mib)	((u64)(mib) * (SZ_1M / 64))
#define MIB		"6.103515625e-5", "MiB"
#define ENERGY(w)	((u64)(w) << 32)
#define JOULES		"2.3283064365386962890625e-10", "Joules"

static int add_memory_box(const char *kind, int i)
{
	u64 rd = LINES(imc_read[i]), wr = LINES(i < n_write ? imc_write[i] : 0);

	if (!strcmp(kind, "imc")) {
		const struct unc_event ev[] = {
			{ "clockticks", "event=0x00", 0x00, 1200000000 },
			{ "cas_count_read", "event=0x04,umask=0x03", 0x0304, rd, MIB },
			{ "cas_count_write", "event=0x04,umask=0x0c", 0x0c04, wr, MIB },
			{ }
		};
		return add_uncore("uncore_imc", i, false, fmt_event_umask, ev);
	}
	if (!strcmp(kind, "freerun")) {
		const struct unc_event ev[] = {
			{ "data_total", "event=0xff,umask=0x10", 0x10ff, rd + wr, MIB },
			{ "data_read", "event=0xff,umask=0x20", 0x20ff, rd, MIB },
			{ "data_write", "event=0xff,umask=0x30", 0x30ff, wr, MIB },
			{ }
		};
		return add_uncore("uncore_imc_free_running", i, true, fmt_event_umask, ev);
	}
	/* The same on Ice Lake servers: other codes, other names. */
	if (!strcmp(kind, "imc_icx")) {
		const struct unc_event ev[] = {
			{ "clockticks", "event=0x00", 0x00, 1200000000 },
			{ "cas_count_read", "event=0x04,umask=0x0f", 0x0f04, rd, MIB },
			{ "cas_count_write", "event=0x04,umask=0x30", 0x3004, wr, MIB },
			{ }
		};
		return add_uncore("uncore_imc", i, false, fmt_event_umask, ev);
	}
	if (!strcmp(kind, "freerun_icx")) {
		const struct unc_event ev[] = {
			{ "dclk", "event=0xff,umask=0x10", 0x10ff, 1200000000 },
			{ "read", "event=0xff,umask=0x20", 0x20ff, rd, MIB },
			{ "write", "event=0xff,umask=0x21", 0x21ff, wr, MIB },
			{ "ddrt_read", "event=0xff,umask=0x30", 0x30ff, 0, MIB },
			{ "ddrt_write", "event=0xff,umask=0x31", 0x31ff, 0, MIB },
			{ }
		};
		return add_uncore("uncore_imc_free_running", i, true, fmt_event_umask, ev);
	}
	if (!strcmp(kind, "umc")) {
		const struct unc_event ev[] = {
			{ NULL, "clocks", 0x0000, 1600000000 },
			{ NULL, "any cas", 0x000a, rd + wr },
			{ NULL, "read cas", 0x010a, rd },
			{ NULL, "write cas", 0x020a, wr },
			{ }
		};
		return add_uncore("amd_umc", i, false, fmt_umc, ev);
	}
	return -EINVAL;
}

static int add_client_imc(void)
{
	u64 rd = LINES(imc_read[0]), wr = LINES(imc_write[0]);
	const struct unc_event ev[] = {
		{ "data_reads", "event=0x01", 0x01, rd, MIB },
		{ "data_writes", "event=0x02", 0x02, wr, MIB },
		{ "gt_requests", "event=0x03", 0x03, (rd + wr) / 8, MIB },
		{ "ia_requests", "event=0x04", 0x04, (rd + wr) / 2, MIB },
		{ "io_requests", "event=0x05", 0x05, (rd + wr) / 16, MIB },
		{ }
	};

	return add_uncore("uncore_imc", -1, true, fmt_event, ev);
}

/* One data fabric; each memory channel has an event of its own, both ways. */
static int add_df(void)
{
	struct unc_event ev[MAX_BOXES + 1] = { };
	int i;

	for (i = 0; i < min(n_read, MAX_BOXES); i++) {
		u64 event = 0x07 + 0x40 * i;

		ev[i].code = "channel data";
		ev[i].config = (event & 0xff) | (event >> 8) << 32 | 0x38 << 8;
		ev[i].per_sec = LINES(imc_read[i]) + LINES(i < n_write ? imc_write[i] : 0);
	}
	return add_uncore("amd_df", -1, false, fmt_df, ev);
}

/* One last-level cache per package, as AMD's driver shows it. */
static int add_l3(void)
{
	const struct unc_event ev[] = {
		{ NULL, "accesses", 0xff04, 70000000 },
		{ NULL, "misses", 0x0104, 14000000 },
		{ }
	};

	return add_uncore("amd_l3", -1, false, fmt_event_umask, ev);
}

static int add_power(void)
{
	const struct unc_event ev[] = {
		{ "energy-cores", "event=0x01", 0x01, ENERGY(watts[1]), JOULES },
		{ "energy-pkg", "event=0x02", 0x02, ENERGY(watts[0]), JOULES },
		{ "energy-ram", "event=0x03", 0x03, ENERGY(watts[2]), JOULES },
		{ }
	};

	return add_uncore("power", -1, true, fmt_event, ev);
}

static int add_kind(const char *kind)
{
	int i, err = 0;

	if (!strcmp(kind, "none"))
		return 0;
	if (!strcmp(kind, "client"))
		return add_client_imc();
	if (!strcmp(kind, "df"))
		return add_df();
	if (!strcmp(kind, "l3"))
		return add_l3();
	if (!strcmp(kind, "power"))
		return add_power();
	for (i = 0; i < n_read && !err; i++)
		err = add_memory_box(kind, i);
	return err;
}

static int hotplug;

static void vpmu_exit(void)
{
	if (hotplug > 0)
		cpuhp_remove_state_nocalls(hotplug);
	while (n_vpmus) {
		struct vpmu *v = vpmus[--n_vpmus];

		perf_pmu_unregister(&v->pmu);
		free_percpu(v->used);
		kfree(v);
	}
}

static int __init vpmu_init(void)
{
	int i, err;

	counters = clamp(counters, 0, MAX_COUNTERS);
	uncore_counters = clamp(uncore_counters, 0, MAX_COUNTERS);
	user_pct = clamp(user_pct, 0, 100);
	pulse_pct = clamp(pulse_pct, 0, 100);

	err = check_names(unsupported, n_unsupported);
	if (!err)
		err = check_names(atom_unsupported, n_atom_unsupported);
	if (!err)
		err = check_names(stuck, n_stuck);
	if (!err)
		err = check_names(slow, n_slow);
	if (!err && core)
		err = add_cores();
	for (i = 0; i < n_uncore && !err; i++)
		err = add_kind(uncore[i]);
	if (!err) {
		hotplug = cpuhp_setup_state(CPUHP_AP_ONLINE_DYN, "vpmu:online",
					    cpu_comes, cpu_goes);
		err = min(hotplug, 0);
	}
	if (err)
		vpmu_exit();
	return err;
}

module_init(vpmu_init);
module_exit(vpmu_exit);
MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Virtual performance monitoring units with known answers");
