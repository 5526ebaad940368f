/** What is normal for CPU time, the scheduler, interrupts, clocks and temperatures. */
import type { GuideTexts } from "./guide_text.ts";

export const CPU_TIME_GUIDE: GuideTexts = {
  cpu_busy_ratio: {
    normal:
      "A batch job may hold it at 100 % and be well. A service that answers people begins to queue " +
      "earlier: bursts shorter than the interval do not show. Two threads of one core share it, so with " +
      "SMT half of the CPUs busy can be most of what the machine can do. Pressure tells whether " +
      "anybody waited.",
    misread:
      "Busy is not working: a CPU that waits for memory or spins on a lock is busy. Stolen time " +
      "counts as busy here, because there was work to do.",
    beside: ["pressure_cpu_waiting_seconds", "instructions_per_cycle", "cpu_steal_ratio"],
  },
  cpu_user_ratio: {
    normal: "It is the programs' own code, and the larger part on most machines.",
    misread: "Virtual CPUs of guests are in it, whatever they do inside.",
    beside: ["cpu_system_ratio", "cpu_guest_ratio"],
  },
  cpu_system_ratio: {
    normal:
      "A few per cent for programs that compute, 10 to 40 % for those that move packets, files or many " +
      "small messages. A rise without more requests points to system calls, page faults, or the kernel " +
      "looking for free memory.",
    misread: "It is spent on behalf of programs: it is no overhead that could be switched off.",
    beside: ["context_switches", "page_faults", "pages_scanned_direct"],
  },
  cpu_interrupts_ratio: {
    normal:
      "Below 5 % on most hosts; packet routers and storage servers have more. One CPU with all of " +
      "it is a queue or an interrupt that is bound there.",
    misread: "Interrupts between two ticks are not measured by kernels without " +
      "CONFIG_IRQ_TIME_ACCOUNTING: they are then in user or system time.",
    beside: ["softirqs", "softirqs_net_rx", "pressure_irq_stalled_seconds"],
  },
  cpu_steal_ratio: {
    normal:
      "0 on a machine of one's own. In a guest short spells below 1 % are common; several per cent that " +
      "stay mean that the host is crowded, or that a size with credits has used them up.",
    misread:
      "Not every hypervisor reports it: 0 is no proof. Time of the guest's own tasks is longer " +
      "by it, so latencies grow before anything else shows.",
    beside: ["cpu_busy_ratio", "pressure_cpu_waiting_seconds"],
  },
  cpu_iowait_ratio: {
    normal:
      "Any value is normal. It is idle time in which some task that last ran on the CPU waited for " +
      "a disk: with more work for the CPU it falls, while the disk is as slow as before.",
    misread:
      "It is no load on the CPU and no measure of the disk. 0 does not mean that nobody waits: " +
      "pressure of I/O tells that.",
    beside: ["pressure_io_waiting_seconds", "disk_busy_ratio", "tasks_blocked"],
  },
  cpu_guest_ratio: {
    normal: "Only hosts of virtual machines have any.",
    misread: "It is part of user time, and says nothing of what the guests do.",
    beside: ["cpu_user_ratio"],
  },
  load_1m: {
    normal:
      "By the number of CPUs it is a rough measure of demand: 1 for each CPU is a machine in full use. " +
      "It is an average with a long tail, so it lags by minutes.",
    misread:
      "On Linux tasks that wait for a disk or a file server count too: a load of 100 with idle CPUs is a " +
      "hanging mount and no lack of CPUs. Threads that hold a CPU for microseconds are hit or missed by " +
      "the sampling every 5 s.",
    beside: ["tasks_running", "tasks_blocked", "pressure_cpu_waiting_seconds"],
  },
  load_5m: { as: "load_1m" },
  load_15m: { as: "load_1m" },
  tasks_running: {
    normal:
      "Up to the number of CPUs nobody waits. Short peaks above it are normal; several times as " +
      "many for seconds are a queue.",
    misread: "It is one moment in each tick, and the task that reads it is one of them.",
    beside: ["pressure_cpu_waiting_seconds", "load_1m"],
  },
  tasks_blocked: {
    normal: "0 most of the time; some while disks are at work.",
    misread: "It is one moment in each tick: pressure of I/O adds up the time.",
    beside: ["pressure_io_waiting_seconds", "cpu_iowait_ratio"],
  },
  context_switches: {
    normal:
      "Hundreds a second on an idle host, thousands to tens of thousands for each CPU of a busy one. " +
      "Programs that hand work between threads have most. A switch takes one to some microseconds, and " +
      "more where the next task finds cold caches.",
    misread:
      "Most are tasks that wait of their own will, so many switches are work in small pieces " +
      "rather than a fight for CPUs.",
    beside: ["tasks_running", "software_cpu_migrations", "cpu_system_ratio"],
  },
  software_context_switches: { as: "context_switches" },
  software_cpu_migrations: {
    normal:
      "Far fewer than context switches. The scheduler moves tasks to keep CPUs busy; bound tasks " +
      "never move.",
    misread:
      "A migration inside a cache costs little, one to another socket leaves the memory behind.",
    beside: ["context_switches", "numa_remote_ratio"],
  },
  forks: {
    normal:
      "A few a second. Shell scripts, builds and servers that start a process for each request " +
      "reach hundreds and more.",
    misread: "Threads are counted too.",
    beside: ["context_switches"],
  },
  interrupts: {
    normal:
      "Each busy CPU takes 100 to 1,000 timer interrupts a second, by the kernel's HZ; idle ones nearly " +
      "none. Network and NVMe add thousands to hundreds of thousands. What matters is a change at the " +
      "same load.",
    misread:
      "Devices gather several completions in one interrupt: fewer may be more work. On some " +
      "architectures this number leaves local timers out.",
    beside: ["cpu_interrupts_ratio", "context_switches"],
  },
  cpu_interrupts: { as: "interrupts" },
  interrupts_timer: { as: "interrupts" },
  interrupts_device: { as: "interrupts" },
  interrupts_rescheduling: {
    normal: "It follows wake-ups of tasks on other CPUs, so messages between threads raise it.",
    misread: "An idle CPU that polls is woken without one, so it is no count of wake-ups.",
    beside: ["context_switches", "interrupts_function_call"],
  },
  interrupts_tlb_shootdown: {
    normal:
      "Programs with many threads that unmap, protect or move memory make them: allocators that give " +
      "memory back, garbage collectors, automatic NUMA balancing. Each stops every CPU that runs the " +
      "program for a moment.",
    misread: "It is no miss of a TLB, but one of the reasons for misses that follow.",
    beside: ["dtlb_mpki", "page_faults", "interrupts_function_call"],
  },
  interrupts_nmi: {
    normal:
      "The watchdog makes about one in ten seconds for each busy CPU. A profiler that samples makes as " +
      "many as it takes samples.",
    misread: "Counting as this service does makes next to none.",
    beside: ["interrupts_machine_check"],
  },
  interrupts_machine_check: {
    normal: "0. What is counted here is mostly memory errors that were corrected.",
    misread: "A few a month are common in large memories; a run of them is a module that fails.",
    beside: ["interrupts_nmi"],
  },
  interrupts_thermal: {
    normal: "0, or few while a machine gets hot.",
    misread: "Each is the crossing of a limit, not the time spent beyond it.",
    beside: ["core_throttles", "sensor_temperature_celsius"],
  },
  softirqs: {
    normal:
      "They follow timers, packets and disk completions. Network reception bound to one CPU shows " +
      "as time in soft interrupts there.",
    misread: "Their number is not their time: one of them may handle hundreds of packets.",
    beside: ["softirqs_net_rx", "cpu_interrupts_ratio"],
  },
  softirqs_net_rx: { as: "softirqs" },
  cpu_frequency_hertz: {
    normal:
      "It changes many times a second. Under load it should be at the nominal clock or above.",
    misread:
      "Where the driver cannot measure, it is what was asked for and not what was had; in a guest it is " +
      "often a constant or missing. The active clock, by counters, is the truth.",
    beside: ["active_frequency_hertz", "core_throttles"],
  },
  core_throttles: {
    normal: "0 on a machine that is cooled well. Laptops under load have some.",
    misread: "A count of events is no time: one of them may last a millisecond or an hour.",
    beside: ["sensor_temperature_celsius", "active_frequency_hertz", "package_throttles"],
  },
  package_throttles: { as: "core_throttles" },
  sensor_temperature_celsius: {
    normal:
      "CPUs run at 40 to 85 °C and are made for it; at the critical value, often 90 to 105 °C, " +
      "they slow down by themselves. What is normal is what the same load had before.",
    misread: "Sensors have offsets, and some count down to a limit: compare a sensor with itself.",
    beside: ["core_throttles", "energy_package_joules"],
  },
};
