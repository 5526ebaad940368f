/** What is normal for memory traffic and energy. */
import type { GuideTexts } from "./guide_text.ts";

export const TRAFFIC_GUIDE: GuideTexts = {
  memory_bytes_per_second: {
    normal:
      "How much is much depends on the memory: look at the share of the peak. At the same load a service " +
      "moves the same bytes for each request, so bytes by requests compare well. It has what devices " +
      "move by DMA in it, what was fetched ahead in vain, and the lines that a store reads before it " +
      "changes them: to copy 1 GB by ordinary stores moves 3 GB.",
    misread:
      "What is behind ≥ was worked out from cache misses or a monitor and leaves parts out. Packets and " +
      "disk blocks that a CPU places in its cache (DDIO and the like) may never come to memory.",
    beside: ["memory_peak_ratio", "llc_mpki", "stalled_backend_ratio"],
  },
  memory_controller_bytes_per_second: { as: "memory_bytes_per_second" },
  memory_peak_ratio: {
    normal:
      "Three quarters to nine tenths are all that can be had, less where reads and writes take turns or " +
      "where few channels have all the work. The wait for each access grows long before: slowly from " +
      "about half of the peak on, steeply near the end. So a program that needs quick answers may be " +
      "held up at 60 %, and one that streams may be well at 85 %.",
    misread:
      "A second is long: a burst of 100 ms at the limit shows as a tenth. Two sockets together can look " +
      "idle while one of them is full: look at the table.",
    beside: ["memory_bytes_per_second", "llc_mpki", "numa_remote_ratio"],
  },
  memory_read_bytes: {
    normal:
      "Most loads read more than they write, often twice as much and more. A store to memory shows here " +
      "first, since its line is read before it is changed; only stores past the caches (non-temporal " +
      "ones), and whole lines that some CPUs notice, do not.",
    misread: "Not all of it was asked for by a program: prefetchers and devices read too.",
    beside: ["memory_write_bytes", "memory_peak_ratio"],
  },
  memory_write_bytes: {
    normal:
      "They are lines that caches give back, so they come later than the stores that changed them, and a " +
      "variable that is written a million times in the cache is written here once. A load that only " +
      "reads has some too: devices, the kernel and tables that are kept up.",
    misread: "Few writes here do not mean that a program stores little.",
    beside: ["memory_read_bytes"],
  },
  memory_combined_bytes: { as: "memory_bytes_per_second" },
  second_memory_bytes: {
    normal:
      "It should agree with the memory controllers within some per cent: it is the same traffic, " +
      "counted elsewhere. Where it does not, one of both leaves something out or has another unit.",
    misread: "It never comes on top.",
    beside: ["memory_residual_second_bytes_per_second"],
  },
  memory_residual_second_bytes_per_second: {
    normal:
      "Near 0, above it or below. A share of the traffic that stays, such as a third, tells of a " +
      "channel or a unit that one source has wrong.",
    misread: "The two are not read at one moment: at short intervals it swings.",
    beside: ["second_memory_bytes", "memory_controller_bytes_per_second"],
  },
  memory_residual_mbm_bytes_per_second: {
    normal:
      "What is left are bytes that no core of an L3 cache moved: devices by DMA, graphics. A server that " +
      "serves files or packets has much of it, a program that computes next to none. Below 0, the " +
      "monitors count what did not come from the memory here.",
    misread: "It is no error of either: they count at different places.",
    beside: ["mbm_total_bytes", "memory_device_traffic_bytes_per_second"],
  },
  memory_llc_traffic_bytes_per_second: {
    normal:
      "It is a lower bound of what was read. It lies far below the controllers where prefetchers " +
      "do most of the work, and close to them where access is random.",
    misread:
      "It has no writes in it. With several last-level caches what one of them gave another is in it, " +
      "and was not read from memory.",
    beside: ["llc_misses_per_second", "memory_residual_llc_bytes_per_second"],
  },
  memory_residual_llc_bytes_per_second: {
    normal:
      "As much as half of the traffic and more is common: write-backs, prefetches and devices are " +
      "in it.",
    misread: "It is not lost, and nothing is wrong with it.",
    beside: ["memory_llc_traffic_bytes_per_second", "memory_write_bytes"],
  },
  memory_device_traffic_bytes_per_second: {
    normal:
      "It is what disks and networks moved, each byte once. In memory a byte may be moved several " +
      "times: by DMA, by a copy to a program, by a checksum.",
    misread:
      "A byte that stays in the page cache or in the CPU's caches is no traffic of the memory.",
    beside: ["memory_residual_device_bytes_per_second"],
  },
  memory_residual_device_bytes_per_second: {
    normal:
      "It is what the cores move, and devices that are neither disk nor network, such as GPUs: on " +
      "most machines nearly everything.",
    misread: "Less than 0 does not mean a fault: bytes may go to the caches and not to memory.",
    beside: ["memory_device_traffic_bytes_per_second"],
  },
  mbm_total_bytes: {
    normal:
      "It follows the memory controllers from below, since it has the cores of an L3 cache in it " +
      "and no devices. With several sockets total less local is what was fetched from the others.",
    misread:
      "The kernel reads these monitors at some grain and CPUs differ in what they leave out: it " +
      "compares best with itself.",
    beside: ["mbm_remote_bytes", "memory_residual_mbm_bytes_per_second"],
  },
  mbm_local_bytes: { as: "mbm_total_bytes" },
  mbm_remote_bytes: {
    normal:
      "With one node 0. With several, some is normal; a share that grows tells of tasks and memory " +
      "on different nodes.",
    misread: "On AMD nodes may be parts of a socket: remote is then not always another socket.",
    beside: ["numa_remote_ratio", "mbm_total_bytes"],
  },
  hbm_read_bytes: { as: "memory_read_bytes" },
  hbm_write_bytes: { as: "memory_write_bytes" },
  pmem_read_bytes: { as: "memory_read_bytes" },
  pmem_write_bytes: { as: "memory_write_bytes" },
  energy_package_joules: {
    normal:
      "An idle server package uses some tens of watts, a busy one up to its limit (TDP) and for moments " +
      "more. Fans, disks, power supply and the board are not in it, nor the memory, which has a meter of " +
      "its own on some machines. It is measured on Intel's server CPUs since Haswell; on other CPUs it " +
      "is partly a model.",
    misread:
      "It is no bill: at the plug there is more. Watts of two machines do not compare without " +
      "what was done with them.",
    beside: ["energy_per_billion_instructions_joules", "active_frequency_hertz"],
  },
  energy_cores_watts: {
    normal:
      "The rest of the package's power is caches, fabric, memory controllers and I/O, which on " +
      "large servers is a third and more, and stays when the cores idle.",
    misread: "It is a part of the package's power and must not be added to it.",
    beside: ["energy_package_joules"],
  },
  energy_cores_joules: { as: "energy_cores_watts" },
  energy_core_joules: { as: "energy_cores_watts" },
  energy_gpu_joules: { as: "energy_package_joules" },
  energy_platform_joules: { as: "energy_package_joules" },
  energy_memory_joules: {
    normal:
      "It rises with the traffic from a floor that refreshing takes. Some watts for each module are " +
      "common.",
    misread: "On a machine without this meter the package's power does not hold it.",
    beside: ["energy_per_gigabyte_joules", "memory_bytes_per_second"],
  },
  energy_per_billion_instructions_joules: {
    normal:
      "100 W at 50 × 10⁹ instructions a second are 2 J. What the package uses while idle is in it, so it " +
      "falls as the load rises and is very high on an idle machine. Compare it at the same load.",
    misread:
      "It is a price for instructions, not for work: vector code needs more for each and fewer " +
      "of them.",
    beside: ["energy_package_joules", "instructions_per_cycle"],
  },
  energy_per_gigabyte_joules: {
    normal:
      "It falls as traffic rises, since the floor is shared by more bytes. Compare it at the same " +
      "bandwidth.",
    misread:
      "Where the memory has no meter, it is the packages' energy, which is spent on much else.",
    beside: ["energy_memory_joules", "memory_bytes_per_second"],
  },
  core_c1_residency_ratio: {
    normal:
      "Idle cores should be in the deepest state that the platform allows: mostly C6, and C1 for naps. " +
      "Many short idle times, or a limit set for quick answers (BIOS, kernel options, PM QoS), keep them " +
      "in C1. The deeper the state, the more power is saved and the longer waking takes, up to some " +
      "hundred microseconds for packages.",
    misread:
      "A CPU that is not listed in any state ran, or is in one that has no counter. A high share is good " +
      "for the bill, and no sign that the machine has room: it says only that it was idle.",
    beside: ["core_c6_residency_ratio", "package_c6_residency_ratio", "cpu_busy_ratio"],
  },
  core_c3_residency_ratio: { as: "core_c1_residency_ratio" },
  core_c6_residency_ratio: { as: "core_c1_residency_ratio" },
  core_c7_residency_ratio: { as: "core_c1_residency_ratio" },
  module_c6_residency_ratio: { as: "core_c1_residency_ratio" },
  package_c2_residency_ratio: {
    normal:
      "A package rests only while all of its cores do, so one busy core keeps it awake, and a server at " +
      "work shows 0 in the deep states. On laptops and idle clients most of the time is in the deepest.",
    misread: "0 is normal on a server, and no fault.",
    beside: ["core_c6_residency_ratio", "energy_package_joules"],
  },
  package_c3_residency_ratio: { as: "package_c2_residency_ratio" },
  package_c6_residency_ratio: { as: "package_c2_residency_ratio" },
  package_c7_residency_ratio: { as: "package_c2_residency_ratio" },
  package_c8_residency_ratio: { as: "package_c2_residency_ratio" },
  package_c9_residency_ratio: { as: "package_c2_residency_ratio" },
  package_c10_residency_ratio: { as: "package_c2_residency_ratio" },
};
