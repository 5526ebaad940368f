import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { diagnose } from "../../collectors/diagnosis.ts";
import { ERRNO } from "../../collectors/kernel/errno.ts";
import type { Snapshot } from "../../collectors/snapshot.ts";
import { createViews } from "../../views/mod.ts";
import { GUEST, PerfMachine, type PerfRules } from "../fakes/perf_machine.ts";
import { HandFilled } from "./hand_filled.ts";

const { doctor } = createViews({ url: (name) => `/static/${name}`, version: "1.2.3" });

function snapshotOf(rules: PerfRules, hypervisor?: string): Snapshot {
  const perfAccess = new PerfMachine(rules).access();
  const perfEventParanoid = perfAccess.paranoid;
  const profile = { perfAccess, perfEventParanoid, hypervisor };
  return new HandFilled([{ load_1m: 1 }], { profile }).snapshot;
}

/** A guest without PMU, for nobody at level 2. */
function guest(): Snapshot {
  return snapshotOf({ paranoid: 2, cycles: ERRNO.ENOENT, devices: GUEST }, "KVM");
}

/** In one line, however long, so that it can be pasted. */
const START = 'sudo env PATH="$PATH" HOME="$HOME" setpriv --reuid="$USER" --regid="$(id -g)" ' +
  "--init-groups --inh-caps=+perfmon --ambient-caps=+perfmon deno task start";

const TEXT = `stage, Linux 6.12.0

                      counted hardware driver paranoid capability seccomp limit
Cycles, instructions  no      NO       ?      NO       NO         ok      ok
Branches              no      NO       ?      NO       NO         ok      ok
L1 data cache         no      NO       ?      NO       NO         ok      ok
L1 instruction cache  no      NO       ?      NO       NO         ok      ok
L2 cache              no      NO       ?      NO       NO         ok      ok
TLBs                  no      NO       ?      NO       NO         ok      ok
Stalled cycles        no      NO       ?      NO       NO         ok      ok
Reference cycles      no      NO       ?      NO       NO         ok      ok
Last-level cache      no      NO       ?      NO       NO         ok      ok
Memory bandwidth      no      NO       ?      NO       NO         ok      ok
Energy                no      NO       ?      NO       NO         ok      ok
Kernel events per CPU no      -        ok     NO       NO         ok      ok
Memory monitor (MBM)  no      -        -      -        -          -       -

ok: not in the way   NO: in the way   ?: not known   -: not needed

1. Cannot count hardware events: no PMU of the CPU cores in
   /sys/bus/event_source/devices, found breakpoint, msr, software, tracepoint,
   needs a hypervisor that passes one on.
   Costs: Cycles, instructions; Branches; L1 data cache; L1 instruction cache;
   L2 cache; TLBs; Stalled cycles; Reference cycles; Last-level cache.
   To unlock: Whoever runs the host can pass its PMU on where the virtual
   machine monitor is able to, for example QEMU with -cpu host,pmu=on, or
   libvirt with cpu mode='host-passthrough' and features pmu state='on'.

2. Cannot count "dummy" on cpu 2: EACCES, permission denied, perf_event_paranoid
   is 2, needs 0 or lower, or CAP_PERFMON.
   Costs: Cycles, instructions; Branches; L1 data cache; L1 instruction cache;
   L2 cache; TLBs; Stalled cycles; Reference cycles; Last-level cache; Memory
   bandwidth; Energy; Kernel events per CPU.
   To unlock: Start it with CAP_PERFMON:
     ${START}
   Or lower the level:
     sudo sysctl -w kernel.perf_event_paranoid=0

3. Cannot count outside of the cores: no PMU for it in
   /sys/bus/event_source/devices, found breakpoint, msr, software, tracepoint,
   needs bare metal: hypervisors pass on none.
   Costs: Memory bandwidth; Energy.
   Nothing unlocks it on this machine.

13 of 13 quantities not fully counted; 1 change here would help, and one by
whoever runs the host.

What was looked at
CPU                        Example CPU
Hypervisor                 KVM
PMUs in sysfs              breakpoint, msr, software, tracepoint
perf_event_paranoid        2
CAP_PERFMON                not held
CAP_SYS_ADMIN              not held
User namespace             the first one
seccomp                    off
Started by                 a shell
Descriptors                3 open, limit 1024, at most 4096
NMI watchdog               on: it holds a counter of each CPU
perf_event_open            the kernel answers
Software, own process      works
Software, whole CPU        EACCES, permission denied
Cycles, own process        ENOENT, no such file, directory or event
Cycles, whole CPU          EACCES, permission denied
`;

Deno.test("the doctor's text is a matrix, causes and facts in 80 columns", () => {
  const text = doctor.text(diagnose(guest()));
  assertEquals(text, TEXT);
  for (const line of text.replace(START, "").split("\n")) assert(line.length <= 80, line);
});

Deno.test("the doctor's text leaves no control character of a machine to the terminal", () => {
  const diagnosis = diagnose(guest());
  const facts = [{ id: "cpu", name: "CPU", value: "a\u001b[2Jb" }];
  const text = doctor.text({ ...diagnosis, facts });
  assertStringIncludes(text, "CPU                        a?[2Jb\n");
});

Deno.test("the doctor says in a line what its exit code says", () => {
  const diagnosis = diagnose(guest());
  const healthy = diagnosis.rows.map((row) => ({ ...row, state: "measured" as const, causes: [] }));
  const all = doctor.text({ ...diagnosis, rows: healthy, causes: [], exitCode: 0 });
  assertStringIncludes(all, "\nEverything is counted.\n");
  const causes = diagnosis.causes.map((cause) => ({ ...cause, remedy: undefined }));
  const hopeless = doctor.text({ ...diagnosis, causes, exitCode: 0 });
  assertStringIncludes(hopeless, "Nothing unlocks it on this machine.");
  const lacking =
    "\n13 of 13 quantities not fully counted. Nothing that is missing can be had here";
  assertStringIncludes(hopeless, `${lacking}.\n`);
  const elsewhere = doctor.text({
    ...diagnosis,
    causes: diagnosis.causes.slice(0, 1),
    exitCode: 0,
  });
  assertStringIncludes(elsewhere, `${lacking};\nwhoever runs the host could bring some.\n`);
});

Deno.test("the doctor does not pass over what is counted less well", () => {
  const diagnosis = diagnose(guest());
  const rows = diagnosis.rows.map((row) => ({ ...row, state: "measured" as const, causes: [] }));
  const caveats = {
    coverageLeast: 0.239,
    implausible: ["Instructions per cycle"],
    mixed: ["A", "B", "C", "D", "E"],
  };
  const text = doctor.text({ ...diagnosis, rows, causes: [], caveats, exitCode: 0 });
  assertStringIncludes(
    text.replaceAll("\n", " "),
    " Everything is counted. Counters take turns: as little as 23 % of the time. " +
      "Implausible: Instructions per cycle. " +
      "Mixed, of terms counted at different times: A, B, C and 2 more. ",
  );
  const waiting = rows.map((row) => ({ ...row, state: "waiting" as const }));
  const soon = doctor.text({ ...diagnosis, rows: waiting, causes: [], exitCode: 0 });
  assertStringIncludes(soon, "\n13 of 13 quantities not counted yet.\n");
});

Deno.test("the doctor's JSON has each row, each cause once, and the exit code", () => {
  const json = doctor.json(diagnose(guest()));
  assertEquals(json.exit_code, 1);
  assertEquals(json.layers, [
    "hardware",
    "driver",
    "paranoid",
    "capability",
    "seccomp",
    "limit",
  ]);
  assertEquals(json.quantities[0], {
    id: "core",
    name: "Cycles, instructions",
    state: "missing",
    layers: {
      hardware: "blocked",
      driver: "unknown",
      paranoid: "blocked",
      capability: "blocked",
      seccomp: "ok",
      limit: "ok",
    },
    causes: ["no_pmu", "capability"],
  });
  assertEquals(json.causes.map(({ id, layers }) => ({ id, layers })), [
    { id: "no_pmu", layers: ["hardware"] },
    { id: "capability", layers: ["paranoid", "capability"] },
    { id: "no_uncore", layers: ["hardware"] },
  ]);
  assertEquals(json.causes.map(({ outside }) => outside), [true, false, false]);
  assertEquals(json.caveats, { coverage_least: 1, implausible: [], mixed: [] });
  assertEquals(json.facts.try_cpu_software, "EACCES, permission denied");
  assertEquals(JSON.parse(JSON.stringify(json)), json);
});

/** The text between the tags, spaces as one. */
function textOf(html: string): string {
  return html.replace(/<[^>]*>/g, " ").replace(/\s+/g, " ");
}

Deno.test("the doctor's page shows the same without any script", () => {
  const snapshot = guest();
  const html = doctor.document({ snapshot, diagnosis: diagnose(snapshot) });
  const text = textOf(html);
  assertStringIncludes(
    text,
    "stage Linux 6.12.0 13 of 13 quantities not fully counted; 1 change here",
  );
  assertStringIncludes(
    text,
    "Cycles, instructions no [1] [2] in the way not known in the way in the way ok ok",
  );
  assertStringIncludes(text, "Costs: Memory bandwidth; Energy. Nothing unlocks it");
  assertStringIncludes(text, "Software, whole CPU EACCES, permission denied");
  assertStringIncludes(html, '<a href="/doctor" aria-current="page">Doctor</a>');
  assertStringIncludes(html, 'href="/static/doctor.css"');
  // What sets the theme before the first paint, and what copies: no stream.
  const scripts = [...html.matchAll(/<script src="([^"]*)"/g)].map(([, src]) => src);
  assertEquals(scripts, ["/static/theme.js", "/static/live.js"]);
  // What is pasted has a box with a button, what is read has none.
  const boxes = [...html.matchAll(/<code>([^<]*)<\/code><\/pre><button[^>]*data-copy/g)];
  assertEquals(boxes.length, 2);
  assertEquals(boxes[1]?.[1], "sudo sysctl -w kernel.perf_event_paranoid=0");
  assertStringIncludes(html, "<p>Whoever runs the host can pass its PMU on");
  for (const number of [1, 2, 3]) {
    assert(html.includes(`href="#cause-${number}"`) && html.includes(`id="cause-${number}"`));
  }
  assertEquals(html.match(/id="cause-/g)?.length, 3);
  const bad = /\b(NaN|undefined|null|\[object \w+\])\b/.exec(text);
  assertEquals(bad, null);
});

Deno.test("the doctor's page has no list of causes where there are none", () => {
  const snapshot = guest();
  const diagnosis = { ...diagnose(snapshot), causes: [], rows: [] };
  const html = doctor.document({ snapshot, diagnosis });
  assert(!html.includes("What is in the way</h2>"));
  assertStringIncludes(html, "Everything is counted.");
});
