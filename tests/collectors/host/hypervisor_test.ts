import { assertEquals } from "@std/assert";
import { hypervisorOf } from "../../../collectors/host/hypervisor.ts";
import { TextTree } from "../../text_tree.ts";

const CLOCKS = "/sys/devices/system/clocksource/clocksource0/available_clocksource";

function dmi(sysVendor: string, productName: string): Record<string, string> {
  return {
    "/sys/class/dmi/id/sys_vendor": `${sysVendor}\n`,
    "/sys/class/dmi/id/product_name": `${productName}\n`,
  };
}

function hypervisor(
  guest: boolean | undefined,
  files: Readonly<Record<string, string>>,
): string | undefined {
  return hypervisorOf(new TextTree(files), guest);
}

Deno.test("hypervisorOf() names an x86 guest's by its firmware", () => {
  for (
    const [sysVendor, productName, name] of [
      ["VMware, Inc.", "VMware20,1", "VMware"],
      ["innotek GmbH", "VirtualBox", "VirtualBox"],
      ["Microsoft Corporation", "Virtual Machine", "Hyper-V"],
      ["Amazon EC2", "m7i.large", "KVM"],
      ["Google", "Google Compute Engine", "KVM"],
      ["OpenStack Foundation", "OpenStack Nova", "KVM"],
      ["Red Hat", "KVM", "KVM"],
      ["Xen", "HVM domU", "Xen"],
      ["QEMU", "Standard PC (Q35 + ICH9, 2009)", "QEMU"],
      ["Example", "Box 1", "unknown"],
    ] as const
  ) {
    assertEquals(hypervisor(true, dmi(sysVendor, productName)), name);
  }
});

Deno.test("hypervisorOf() names an x86 guest's by its clocks where firmware does not", () => {
  for (
    const [clocks, name] of [
      ["tsc kvm-clock \n", "KVM"],
      ["hyperv_clocksource_tsc_page acpi_pm\n", "Hyper-V"],
      ["xen tsc\n", "Xen"],
      ["tsc hpet acpi_pm\n", "unknown"],
    ] as const
  ) {
    assertEquals(hypervisor(true, { [CLOCKS]: clocks }), name);
  }
  const qemu = dmi("QEMU", "Standard PC (i440FX + PIIX, 1996)");
  assertEquals(hypervisor(true, { ...qemu, [CLOCKS]: "kvm-clock tsc\n" }), "KVM");
});

Deno.test("hypervisorOf() believes an x86 CPU that is no guest, whatever the firmware says", () => {
  assertEquals(hypervisor(false, dmi("Amazon EC2", "m7i.metal-24xl")), undefined);
  assertEquals(hypervisor(false, dmi("Google", "Google Compute Engine")), undefined);
  assertEquals(hypervisor(false, { [CLOCKS]: "tsc hpet\n" }), undefined);
});

Deno.test("hypervisorOf() finds Xen where it paravirtualises and the CPU tells nothing", () => {
  for (const guest of [true, false, undefined]) {
    assertEquals(hypervisor(guest, { "/sys/hypervisor/type": "xen\n" }), "Xen");
  }
});

Deno.test("hypervisorOf() tells an Arm guest from an Arm machine", () => {
  for (
    const [files, name] of [
      [dmi("Amazon EC2", "m7g.large"), "KVM"],
      [dmi("Amazon EC2", "m7g.metal"), undefined],
      [dmi("QEMU", "QEMU Virtual Machine"), "QEMU"],
      [dmi("Microsoft Corporation", "Virtual Machine"), "Hyper-V"],
      [dmi("GIGABYTE", "R272-P30"), undefined],
      [{ "/proc/device-tree/compatible": "linux,dummy-virt\0" }, "unknown"],
      [{ "/proc/device-tree/compatible": "raspberrypi,4-model-b\0brcm,bcm2711\0" }, undefined],
      [{ "/proc/device-tree/hypervisor/compatible": "xen,xen-4.17\0xen,xen\0" }, "Xen"],
      [{ "/proc/device-tree/hypervisor/compatible": "linux,kvm\0" }, "KVM"],
      [{ "/proc/device-tree/hypervisor/compatible": "acme,hv\0" }, "unknown"],
      [{}, undefined],
    ] as const
  ) {
    assertEquals(hypervisor(undefined, files), name, JSON.stringify(files));
  }
});
