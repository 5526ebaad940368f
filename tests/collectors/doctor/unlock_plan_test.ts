/** The way out of what the doctor found: its order, and that no step promises what it does not bring. */
import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { leastFullType } from "../../../collectors/doctor/cloud_pmu.ts";
import type { Cause, Cells } from "../../../collectors/doctor/layers.ts";
import { ERRNO } from "../../../collectors/kernel/errno.ts";
import { waysOf } from "../../../collectors/kernel/remedy.ts";
import { OBSTACLES } from "../../../collectors/kernel/obstacle.ts";
import { RUNTIMES } from "../../../collectors/host/runtime.ts";
import { effectsOf } from "../../../collectors/doctor/unlock_effects.ts";
import {
  type Plan,
  type PlannedRow,
  planOf,
  type Step,
} from "../../../collectors/doctor/unlock_plan.ts";
import { GUEST, PerfMachine } from "../../fakes/perf_machine.ts";
import { HandFilled } from "../../views/hand_filled.ts";
import { diagnosisOf } from "./diagnosed.ts";

const PROFILE = new HandFilled([{ load_1m: 1 }]).snapshot.profile;
const CELLS: Cells = {
  hardware: "ok",
  driver: "ok",
  paranoid: "ok",
  capability: "ok",
  seccomp: "ok",
  limit: "ok",
};

function row(id: string, causes: readonly string[], more: Partial<PlannedRow> = {}): PlannedRow {
  return { id, name: id.toUpperCase(), state: "missing", cells: CELLS, causes, ...more };
}

function cause(id: string, remedy?: string, outside?: true): Cause {
  const rest = outside === undefined ? {} : { outside };
  return { id, layers: [], message: `Cannot ${id}`, remedy, ...rest };
}

const MODPROBE = "Load the module: `sudo modprobe amd_uncore`";
const MOUNT = "Mount it: `sudo mount -t resctrl resctrl /sys/fs/resctrl`";
const SYSCTL = "Lower it: `sudo sysctl -w kernel.perf_event_paranoid=2`";
const UNIT = "Give it: `AmbientCapabilities=CAP_PERFMON`";
const ASK = "Whoever runs the host can pass its PMU on";

/** Cause, rows that it unlocks, rows that take other steps too, in the order of the steps. */
function lines({ steps }: Plan): string[] {
  const ids = (gains: Step["unlocks"]): string =>
    gains.map(({ id, after, with: later }) => [id, ...after, ...later].join("+")).join(" ");
  return steps.map(({ causes, unlocks, opens }) =>
    `${causes.join("+")}: ${ids(unlocks)} | ${ids(opens)}`
  );
}

Deno.test("planOf() asks for the least first, and of that for what brings most", () => {
  const rows = [row("a", ["lower"]), row("b", ["mount"]), row("c", ["load"]), row("d", ["load"])];
  const causes = [
    cause("ask", ASK, true),
    cause("lower", SYSCTL),
    cause("mount", MOUNT),
    cause("load", MODPROBE),
    cause("unit", UNIT),
  ];
  const plan = planOf([...rows, row("e", ["unit"]), row("f", ["ask"])], causes, PROFILE);
  assertEquals(lines(plan), [
    "unit: e | ",
    "load: c d | ",
    "mount: b | ",
    "lower: a | ",
    "ask: f | ",
  ]);
  assertEquals(plan.steps.map(({ privilege, outside }) => [privilege, outside]), [
    ["service", false],
    ["root_once", false],
    ["root_once", false],
    ["everyone", false],
    ["outside", true],
  ]);
  assertEquals(plan.barred, []);
});

Deno.test("planOf() promises a row at the last of the steps that it takes, and says which others", () => {
  const plan = planOf(
    [row("a", ["ask", "unit"]), row("b", ["unit"])],
    [cause("ask", ASK, true), cause("unit", UNIT)],
    PROFILE,
  );
  assertEquals(lines(plan), ["unit: b | a+step-ask", "ask: a+step-unit | "]);
});

Deno.test("planOf() promises nothing of a row that something else keeps away for good", () => {
  const rows = [
    row("a", ["none", "unit"]),
    row("b", ["none", "load"]),
    row("c", ["unit"]),
    row("d", ["none"]),
    // Of what is counted in part each cause has a part of its own.
    row("e", ["none", "unit"], { state: "partial" }),
  ];
  const causes = [cause("none"), cause("unit", UNIT), cause("load", MODPROBE)];
  const plan = planOf(rows, causes, PROFILE);
  assertEquals(lines(plan), ["unit: c e | "]);
  assertEquals(plan.steps[0]?.unlocks.map(({ rest }) => rest), [false, true]);
  assertEquals(plan.barred, [
    { causes: ["none"], whys: ["Cannot none"], costs: ["A", "B", "D", "E"] },
  ]);
});

Deno.test("planOf() tells once of the quantities that several things keep away", () => {
  const plan = planOf([row("a", ["x", "y"])], [cause("x"), cause("y")], PROFILE);
  assertEquals(plan.barred, [
    { causes: ["x", "y"], whys: ["Cannot x", "Cannot y"], costs: ["A"] },
  ]);
});

Deno.test("planOf() makes one step of causes that one remedy takes away", () => {
  const rows = [row("a", ["x"]), row("b", ["y"]), row("c", ["x", "y"])];
  const plan = planOf(rows, [cause("x", MODPROBE), cause("y", MODPROBE)], PROFILE);
  assertEquals(lines(plan), ["x+y: a b c | "]);
  assertEquals(plan.steps[0]?.whys, ["Cannot x", "Cannot y"]);
});

Deno.test("planOf() puts what waits for another step behind it, though it asks for less", () => {
  const rows = [row("a", ["load", "lower"]), row("b", ["lower"]), row("c", ["ask"])];
  const causes = [cause("ask", ASK, true), cause("load", MODPROBE), cause("lower", SYSCTL)];
  assertEquals(lines(planOf(rows, causes, PROFILE)), [
    "lower: b | a+step-load",
    "load: a+step-lower | ",
    "ask: c | ",
  ]);
});

Deno.test("planOf() says what is to be done on the host of a container", () => {
  const on = (runtime: (typeof RUNTIMES)[number]) => {
    const perfAccess = { ...new PerfMachine({ paranoid: 0 }).access(), runtime };
    const [step] = planOf(
      [row("a", ["load"]), row("b", ["unit"])],
      [cause("load", MODPROBE), cause("unit", UNIT)],
      { ...PROFILE, perfAccess },
    ).steps.filter(({ causes }) => causes.includes("load"));
    return step?.ways[0]?.onHost;
  };
  assertEquals([on("docker"), on("systemd"), on("host")], [true, false, false]);
});

Deno.test("planOf() is not sure of what a rule may keep away that cannot be seen yet", () => {
  const { plan } = diagnosisOf({ paranoid: 2, filter: ERRNO.EPERM });
  const [step] = plan.steps;
  assertEquals(step?.causes, ["filter"]);
  assertEquals(new Set(step?.unlocks.map(({ sureness }) => sureness)), new Set(["unseen"]));
});

Deno.test("planOf() is only sure of what takes no hardware", () => {
  const of = (hardware: Cells["hardware"]) =>
    planOf([row("a", ["unit"], { cells: { ...CELLS, hardware } })], [cause("unit", UNIT)], PROFILE)
      .steps[0]?.unlocks[0]?.sureness;
  assertEquals([of("not_needed"), of("ok"), of("unknown"), of("blocked")], [
    "sure",
    "events",
    "hardware",
    "hardware",
  ]);
});

Deno.test("a step has every way that takes its cause away, each with what it risks and how to keep it", () => {
  const { plan } = diagnosisOf({ paranoid: 2 });
  const step = plan.steps.find(({ causes }) => causes.includes("capability"))!;
  assertEquals(step.ways.map(({ privilege }) => privilege), ["service", "everyone"]);
  const [own, all] = step.ways;
  assertStringIncludes(own!.text, "setpriv");
  assertStringIncludes(own!.keep.join(), "AmbientCapabilities=CAP_PERFMON");
  assertEquals(own!.noticed, undefined);
  assertStringIncludes(all!.risks.join(), "Every user");
  assertEquals(all!.keep, [
    "`echo kernel.perf_event_paranoid=0 | sudo tee /etc/sysctl.d/90-perf-event-paranoid.conf`",
  ]);
  assertStringIncludes(all!.checks.join(), "`cat /proc/sys/kernel/perf_event_paranoid`");
  assertMatch(all!.noticed ?? "", /by itself/);
});

Deno.test("a way of two parts is noticed when the slower part is", () => {
  const { plan } = diagnosisOf({ paranoid: 3, patched: true });
  const [way] = plan.steps.find(({ causes }) => causes.includes("level"))!.ways;
  assertEquals(way?.lasts.length, 2);
  assertEquals([way?.privilege, way?.noticed], ["everyone", undefined]);
});

Deno.test("the plan of a guest: its own step first, then a letter to whoever runs the host", () => {
  const { plan } = diagnosisOf(
    { paranoid: 2, cycles: ERRNO.ENOENT, devices: GUEST },
    { outside: false, profile: { hypervisor: "Xen", cpuVendor: "intel", hostname: "web-1" } },
  );
  assertEquals(plan.steps.map(({ id }) => id), ["step-capability", "step-no-pmu"]);
  const [own, theirs] = plan.steps;
  assertEquals(own?.unlocks.map(({ id, sureness }) => [id, sureness]), [["software", "sure"]]);
  assertEquals(own?.opens.length, 9);
  assertEquals(own?.ask, undefined);
  assertEquals(
    theirs?.ask,
    "Please let the virtual machine web-1 count hardware events (a virtual PMU). " +
      "You can boot the host's hypervisor with vpmu=on.",
  );
  assertEquals(plan.barred.map(({ costs }) => costs), [["Memory bandwidth", "Energy"]]);
});

Deno.test("who rents an EC2 instance is told a size, and writes no letter", () => {
  const perfAccess = {
    ...new PerfMachine({ paranoid: 0, cycles: ERRNO.ENOENT, devices: GUEST }).access(),
    firmware: "Amazon EC2 m6i.large",
  };
  const { plan } = diagnosisOf({ paranoid: 0, cycles: ERRNO.ENOENT, devices: GUEST }, {
    soft: true,
    profile: { hypervisor: "KVM", perfAccess },
  });
  const [step] = plan.steps;
  assertStringIncludes(step?.note ?? "", "from m6i.16xlarge on");
  assertEquals([step?.ask, step?.outside], [undefined, true]);
});

Deno.test("leastFullType() knows what the guide lists, and guesses nothing", () => {
  const of = (product: string) => leastFullType(`Amazon EC2 ${product}`);
  assertEquals(
    ["c5.large", "c5n.xlarge", "m5d.xlarge", "r7g.medium", "m7a.large", "c8gn.large"].map(of),
    ["c5.9xlarge", "c5n.9xlarge", "m5d.12xlarge", "r7g.16xlarge", "m7a.24xlarge", "c8gn.24xlarge"],
  );
  // AMD's of the fifth generation are not on the list, nor are other families.
  for (const type of ["t3.micro", "m5a.large", "m4.large", "x2gd.large"]) {
    assertEquals(of(type), undefined, type);
  }
  assertEquals(leastFullType("Google Compute Engine"), undefined);
});

Deno.test("every way that removes an obstacle says what it risks, for every runtime", () => {
  const silent: string[] = [];
  for (const runtime of RUNTIMES) {
    for (const obstacle of OBSTACLES) {
      const perfAccess = {
        ...new PerfMachine({ paranoid: 2 }).access(),
        runtime,
      };
      for (const way of waysOf(obstacle, { ...PROFILE, perfEventParanoid: 2, perfAccess })) {
        if (!effectsOf(way).some(({ risk }) => risk !== undefined)) {
          silent.push(`${runtime} ${obstacle}: ${way}`);
        }
      }
    }
  }
  assertEquals(silent, []);
  assert(effectsOf("Ask somebody").length === 0);
});
