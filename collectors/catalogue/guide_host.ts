/** What is normal for memory, pressure, disks, networks, NUMA, and this service itself. */
import type { GuideTexts } from "./guide_text.ts";

export const HOST_GUIDE: GuideTexts = {
  memory_available_bytes: {
    normal:
      "This is the figure to watch: what new programs could have without swapping. Some tenth of " +
      "the memory is comfortable on most hosts; near 0 the kernel begins to look for pages in the way " +
      "of programs.",
    misread: "It is an estimate: cache that is in use all the time is counted as free to take.",
    beside: ["pressure_memory_waiting_seconds", "memory_used_bytes", "swap_out_pages"],
  },
  memory_used_bytes: {
    normal:
      "As high as the programs are. Growth that never ends is a leak, a step is a new program.",
    misread:
      "Tools define it differently: some count the cache as used, some what is not available.",
    beside: ["memory_available_bytes", "memory_anonymous_bytes"],
  },
  memory_free_bytes: {
    normal:
      "Low on a host that is up for long: memory that holds nothing is of no use, so it becomes " +
      "cache.",
    misread: "Little free memory is no lack of memory: look at what is available.",
    beside: ["memory_available_bytes"],
  },
  memory_cache_bytes: {
    normal: "It takes what programs leave, and gives it back when they ask.",
    misread: "It is not wasted, and dropping it by hand makes the next reads slow.",
    beside: ["memory_available_bytes", "page_faults_major"],
  },
  memory_dirty_bytes: {
    normal:
      "It rises while files are written and falls every few seconds. The kernel makes writers wait " +
      "when it comes to a share of the available memory (20 % by default).",
    misread: "A program's write that was quick may not be on the disk yet.",
    beside: ["memory_writeback_bytes", "disk_write_latency_seconds"],
  },
  memory_transparent_huge_bytes: {
    normal:
      "From nothing to most of the programs' memory, by the setting and by how they allocate.",
    misread: "More is mostly fewer TLB misses, and at times more memory than was asked for.",
    beside: ["dtlb_mpki"],
  },
  swap_used_bytes: {
    normal: "Some is normal on a host that is up for long: pages that nobody asks for.",
    misread: "What is in swap costs nothing; what goes in and out does.",
    beside: ["swap_in_pages", "pressure_memory_waiting_seconds"],
  },
  swap_in_pages: {
    normal: "0 most of the time. A rate that stays is memory that is too small for what is in use.",
    misread: "A burst after long idle times is old pages that come back once.",
    beside: ["pressure_memory_waiting_seconds", "memory_available_bytes"],
  },
  swap_out_pages: { as: "swap_in_pages" },
  page_faults: {
    normal:
      "Thousands to hundreds of thousands a second: each new process and each fresh page of memory makes " +
      "them. A minor one takes about a microsecond or less.",
    misread: "They are how memory is handed out and no errors.",
    beside: ["page_faults_major", "interrupts_tlb_shootdown"],
  },
  software_page_faults: { as: "page_faults" },
  software_minor_faults: { as: "page_faults" },
  page_faults_major: {
    normal:
      "Near 0 once programs run; hundreds while they start. A rate that stays is a working set " +
      "that does not fit the memory.",
    misread: "Reading mapped files makes them too: a database may do that on purpose.",
    beside: ["pressure_memory_waiting_seconds", "swap_in_pages", "disk_read_latency_seconds"],
  },
  software_major_faults: { as: "page_faults_major" },
  pages_scanned_direct: {
    normal: "0. When programs must look for memory themselves, their latency shows it.",
    misread:
      "Scanning in the background (kswapd) is normal work. And 0 does not say that no program looks for " +
      "memory: those in a control group at its limit do, and the kernel counts that for the group alone.",
    beside: ["pressure_memory_waiting_seconds", "pages_reclaimed_direct"],
  },
  oom_kills_since_boot: {
    normal: "0. One is a process that ended without a word, often a large one.",
    misread: "The host need not have been short of memory: a limit of a control group is enough.",
    beside: ["memory_available_bytes"],
  },
  pressure_cpu_waiting_seconds: {
    normal:
      "It is the share of time in which at least one task was ready and had no CPU. Batch hosts live " +
      "with 50 % and more; for services some per cent already are longer answers.",
    misread:
      "One task that waits counts as much as a hundred. A limit of a control group makes it rise " +
      "while CPUs are idle.",
    beside: ["cpu_busy_ratio", "tasks_running", "cpu_steal_ratio"],
  },
  pressure_memory_waiting_seconds: {
    normal:
      "0. Everything above is time that tasks lost to reclaim, swap or contents that were thrown " +
      "out too early; above 10 % a host is in trouble.",
    misread: "It is about time lost and not about memory in use: full memory with 0 here is well.",
    beside: ["memory_available_bytes", "page_faults_major", "swap_in_pages"],
  },
  pressure_memory_stalled_seconds: { as: "pressure_memory_waiting_seconds" },
  pressure_io_waiting_seconds: {
    normal:
      "Databases and builds have some tens of per cent and may be well. What counts is how much " +
      "of the time nothing else could be done meanwhile, which the line “all” tells.",
    misread: "It says that somebody waited, not that the disk is slow.",
    beside: ["pressure_io_stalled_seconds", "disk_read_latency_seconds", "cpu_iowait_ratio"],
  },
  pressure_io_stalled_seconds: { as: "pressure_io_waiting_seconds" },
  pressure_irq_stalled_seconds: {
    normal: "Below 1 %, more on hosts with heavy network traffic.",
    misread: "It needs a kernel with CONFIG_IRQ_TIME_ACCOUNTING.",
    beside: ["cpu_interrupts_ratio"],
  },
  pressure_10s_ratio: {
    normal:
      "The kernel's own averages of the same, over 10, 60 and 300 s: rising from the third to the " +
      "first, it gets worse; falling, it gets better.",
    misread: "They decay and do not end: 10 s after an event a third of it is still in the first.",
    beside: ["pressure_cpu_waiting_seconds", "pressure_memory_waiting_seconds"],
  },
  pressure_60s_ratio: { as: "pressure_10s_ratio" },
  pressure_300s_ratio: { as: "pressure_10s_ratio" },
  disk_busy_ratio: {
    normal:
      "A single spinning disk is full at 100 %. An SSD or an array serves many requests at once " +
      "and may be busy all the time with nine tenths of its power unused.",
    misread: "It is no share of what the drive can do: look at the wait and at the queue.",
    beside: ["disk_read_latency_seconds", "disk_queue_length", "pressure_io_waiting_seconds"],
  },
  disk_read_latency_seconds: {
    normal:
      "NVMe below 0.2 ms, SATA SSDs below 1 ms, spinning disks 5 to 15 ms, cloud volumes about 1 ms. " +
      "Large requests take longer.",
    misread:
      "It is a mean: one slow read in a hundred hides in it. The queue in the kernel is in it.",
    beside: ["disk_queue_length", "disk_busy_ratio"],
  },
  disk_write_latency_seconds: {
    normal:
      "Often shorter than reads, since drives take writes into a cache; much longer when that is " +
      "full, or when each write is followed by a flush.",
    misread: "Most programs do not wait for it: the kernel writes later.",
    beside: ["disk_flushes", "memory_dirty_bytes"],
  },
  disk_queue_length: {
    normal:
      "Below 1 on quiet disks; NVMe takes tens without longer waits, a spinning disk hardly two.",
    misread:
      "It grows with the load and with the wait: their product by Little's law. While a disk hangs and " +
      "no request ends it is 0, and pressure on I/O is not.",
    beside: ["disk_read_latency_seconds", "disk_busy_ratio"],
  },
  volume_busy_ratio: { as: "disk_busy_ratio" },
  volume_read_latency_seconds: { as: "disk_read_latency_seconds" },
  volume_write_latency_seconds: { as: "disk_write_latency_seconds" },
  volume_queue_length: { as: "disk_queue_length" },
  filesystem_used_ratio: {
    normal: "Below 80 to 90 %. Filesystems get slower when they have to look for gaps.",
    misread:
      "At 100 % root may still write, where blocks are kept for it. Files that are deleted and " +
      "still open keep their space.",
    beside: ["filesystem_files_used_ratio", "filesystem_available_bytes"],
  },
  filesystem_files_used_ratio: {
    normal: "Low, except where there are millions of small files.",
    misread: "With none left nothing can be created, however much space is free.",
    beside: ["filesystem_used_ratio"],
  },
  interface_receive_ratio: {
    normal: "Far below its speed on most hosts. From 80 % on bursts begin to be dropped.",
    misread:
      "A second is long: a burst of 10 ms at full speed shows as 1 %. The speed of a virtual " +
      "interface is often made up.",
    beside: ["interface_receive_drops", "softirqs_net_rx"],
  },
  interface_transmit_ratio: { as: "interface_receive_ratio" },
  interface_receive_errors: {
    normal: "0. Frames that arrive broken point to a cable, a plug or an optic.",
    misread: "Errors are not drops: those are whole packets that found no room or no use.",
    beside: ["interface_receive_drops"],
  },
  interface_receive_drops: {
    normal:
      "0, or few. A rate that stays is a host that does not take packets in fast enough, or packets " +
      "that nobody here wants.",
    misread: "What the card drops before the kernel sees it is not always in it.",
    beside: ["softirqs_net_rx", "interface_receive_errors"],
  },
  numa_remote_ratio: {
    normal:
      "Near 0 while each node has free memory: the kernel hands out pages of the node that a task runs " +
      "on. More comes from memory that is spread over nodes on purpose, or from a node that is full. A " +
      "remote access takes about half as long again, up to twice as long.",
    misread:
      "Pages are counted when they are handed out and not when they are used: a task that moved " +
      "away from its memory does not show.",
    beside: ["mbm_remote_bytes", "numa_miss_pages", "software_cpu_migrations"],
  },
  numa_miss_pages: {
    normal: "0 while each node has free memory.",
    misread: "A miss here is another node that had to help, and no cache miss.",
    beside: ["numa_foreign_pages", "numa_memory_free_bytes"],
  },
  numa_foreign_pages: { as: "numa_miss_pages" },
  processes_disk_sleep: {
    normal: "0, or few for a moment.",
    misread: "They count as load. Some that stay for minutes hang on a disk or on a file server.",
    beside: ["tasks_blocked", "pressure_io_waiting_seconds"],
  },
  processes_zombie: {
    normal: "0, or few for a moment. They hold no memory.",
    misread: "They cannot be killed: their parent has to ask for them.",
  },
  process_cpu_ratio: {
    normal: "100 % is one CPU in full use; a process with threads may have more.",
    misread: "Short processes that live between two looks are not seen.",
    beside: ["cpu_busy_ratio"],
  },
  process_resident_bytes: {
    normal: "What the program uses, and what it shares with others.",
    misread: "Shared pages count for each process, so the sum is more than the memory.",
    beside: ["memory_used_bytes"],
  },
  self_cpu_seconds: {
    normal:
      "Below 1 % of one CPU at an interval of a second with few viewers; more with many CPUs, short " +
      "intervals and open pages.",
    misread:
      "It does not hold what reading a counter costs the CPU that is read: a short interrupt.",
    beside: ["self_resident_bytes", "tick_duration_seconds", "interrupts_function_call"],
  },
  tick_lateness_seconds: {
    normal: "Far below a millisecond on a quiet host, some milliseconds on one that is full.",
    misread: "A late tick makes no wrong rate: rates go by the time that passed.",
    beside: ["tick_missed", "pressure_cpu_waiting_seconds"],
  },
  tick_missed: {
    normal:
      "0. Some are a host that did not run this service in time, or an interval that is too short " +
      "for its number of CPUs.",
    misread: "Nothing that happened meanwhile is lost: the next tick holds it.",
    beside: ["tick_lateness_seconds", "tick_duration_seconds"],
  },
};
