import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { diagnose } from "../../../collectors/doctor/diagnosis.ts";
import { ERRNO } from "../../../collectors/kernel/errno.ts";
import type { Snapshot } from "../../../collectors/readings/snapshot.ts";
import { createViews } from "../../../views/mod.ts";
import { GUEST, PerfMachine, type PerfRules } from "../../fakes/perf_machine.ts";
import { HandFilled } from "../hand_filled.ts";

const doctor = await createViews({ url: (name) => `/static/${name}`, version: "1.2.3" }).doctor();

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

const KEEP =
  "echo kernel.perf_event_paranoid=0 | sudo tee /etc/sysctl.d/90-perf-event-paranoid.conf";

const TEXT = `stage, Linux 6.12.0

0 of 13 quantities are counted. 1 step here unlocks 1; whoever runs the host
could bring up to 9; 2 cannot be had on this machine.

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

What to do here

1. Let the service count on whole CPUs
   Cannot count "dummy" on cpu 2: EACCES, permission denied, perf_event_paranoid
   is 2, needs 0 or lower, or CAP_PERFMON.
   Unlocks: Kernel events per CPU.
   Needed with step 2 for: Cycles, instructions; Branches; L1 data cache; L1
   instruction cache; L2 cache; TLBs; Stalled cycles; Reference cycles;
   Last-level cache.
   Start it with CAP_PERFMON:
     ${START}
     Takes: a right for this service alone.
     Risk: The service may then watch what runs on this machine by performance
     events, the kernel included; it can change nothing of it.
     Lasts: The right ends when the service does.
     To make it last: Run it as a systemd service, with this under [Service] in
     its unit:
       AmbientCapabilities=CAP_PERFMON
     Then: Start the service again.
     Check: CAP_PERFMON reads held below.
   Or lower the level:
     sudo sysctl -w kernel.perf_event_paranoid=0
     Takes: a right for every user.
     Risk: Every user of this machine may then count on whole CPUs. What others
     run leaves traces in such counts, which attacks by side channels can use.
     Lasts: The level holds until the next boot.
     To make it last:
       ${KEEP}
     Then: The service tries again by itself, after ten minutes at the latest.
     Check: It prints 0:
       cat /proc/sys/kernel/perf_event_paranoid

What whoever runs the host can do

2. Have the counters of the CPU passed on
   Cannot count hardware events: no PMU of the CPU cores in
   /sys/bus/event_source/devices, found breakpoint, msr, software, tracepoint,
   needs a hypervisor that passes one on.
   Unlocks after step 1, if the hardware has counters for it: Cycles,
   instructions; Branches; L1 data cache; L1 instruction cache; L2 cache; TLBs;
   Stalled cycles; Reference cycles; Last-level cache.
   Whoever runs the host can pass its PMU on where the virtual machine monitor
   is able to, for example QEMU with -cpu host,pmu=on, or libvirt with cpu
   mode='host-passthrough' and features pmu state='on'.
     Takes: whoever runs the host.
     Risk: A guest with a PMU can often be moved live only to hosts whose CPUs
     count alike.
     Lasts: It is a setting of the virtual machine, so it lasts.

What cannot be had on this machine

- Memory bandwidth; Energy
  Cannot count outside of the cores: no PMU for it in
  /sys/bus/event_source/devices, found breakpoint, msr, software, tracepoint,
  needs bare metal: hypervisors pass on none.

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
  const lines = text.replace(START, "").replace(KEEP, "").split("\n");
  for (const line of lines) assert(line.length <= 80, line);
});

Deno.test("the doctor's text leaves no control character of a machine to the terminal", () => {
  const diagnosis = diagnose(guest());
  const facts = [{ id: "cpu", name: "CPU", value: "a\u001b[2Jb" }];
  const text = doctor.text({ ...diagnosis, facts });
  assertStringIncludes(text, "CPU                        a?[2Jb\n");
});

Deno.test("the doctor says in a line what works, what does not, and who can change it", () => {
  const diagnosis = diagnose(guest());
  const { rows, plan } = diagnosis;
  const line = (more: Partial<typeof diagnosis>): string =>
    doctor.text({ ...diagnosis, ...more }).split("\n\n")[1]!.replaceAll("\n", " ");
  const healthy = rows.map((row) => ({ ...row, state: "measured" as const, causes: [] }));
  const nothing = { steps: [], barred: [] };
  assertEquals(line({ rows: healthy, plan: nothing }), "Everything is counted.");
  const bare = "0 of 13 quantities are counted. Nothing that is missing can be had here";
  assertEquals(line({ plan: nothing }), `${bare}.`);
  const theirs = plan.steps.slice(1);
  assertEquals(
    line({ plan: { steps: theirs, barred: [] } }),
    `${bare}; whoever runs the host could bring up to 9.`,
  );
  // Few are told by their names.
  const few = healthy.map((row, index) => {
    const state = (["missing", "partial", "waiting"] as const)[index];
    return state === undefined ? row : { ...row, state };
  });
  assertEquals(
    line({ rows: few, plan: nothing }),
    "10 of 13 quantities are counted. Not: Cycles, instructions. In part: Branches. " +
      "Not yet: L1 data cache. Nothing that is missing can be had here.",
  );
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
  assertStringIncludes(soon, "\n0 of 13 quantities are counted. Not yet: 13.\n");
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
  const { steps, not_here } = json.plan;
  assertEquals(not_here, [{ causes: ["no_uncore"], costs: ["Memory bandwidth", "Energy"] }]);
  assertEquals(
    steps.map((
      { causes, outside, ways },
    ) => [causes[0], outside, ways.map(({ restart }) => restart)]),
    [["capability", false, [true, false]], ["no_pmu", true, [false]]],
  );
  assertEquals(steps[0]?.unlocks, [
    { id: "software", sureness: "sure", rest: false, after: [], with: [] },
  ]);
  assertEquals(steps[1]?.unlocks[0], {
    id: "core",
    sureness: "hardware",
    rest: false,
    after: ["step-capability"],
    with: [],
  });
  assertStringIncludes(json.summary, "1 step here unlocks 1;");
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
    "stage Linux 6.12.0 Look again 0 of 13 quantities are counted. 1 step here unlocks 1;",
  );
  assertStringIncludes(
    text,
    "Cycles, instructions no, step 1 , step 2 in the way not known in the way in the way ok ok",
  );
  assertStringIncludes(
    text,
    "1. Let the service count on whole CPUs Unlocks: Kernel events per CPU.",
  );
  assertStringIncludes(text, "What cannot be had on this machine Memory bandwidth, Energy Cannot");
  assertStringIncludes(text, "Software, whole CPU EACCES, permission denied");
  assertStringIncludes(html, '<a href="doctor" aria-current="page">Doctor</a>');
  assertStringIncludes(html, 'href="static/doctor.css"');
  // What sets the theme before the first paint, and what copies: no stream.
  const scripts = [...html.matchAll(/<script src="([^"]*)"/g)].map(([, src]) => src);
  assertEquals(scripts, ["static/theme.js", "static/copy.js"]);
  // What is pasted has a box with a button, what is read has none.
  const boxes = [...html.matchAll(/<code>([^<]*)<\/code><\/pre><button[^>]*data-copy/g)]
    .map(([, text]) => text!);
  assertEquals(boxes.slice(1, 5), [
    "AmbientCapabilities=CAP_PERFMON",
    "sudo sysctl -w kernel.perf_event_paranoid=0",
    KEEP,
    "cat /proc/sys/kernel/perf_event_paranoid",
  ]);
  assertStringIncludes(boxes[5] ?? "", "Please let the virtual machine stage count");
  assertEquals(boxes.length, 6);
  assertStringIncludes(html, "<p>Whoever runs the host can pass its PMU on");
  // All that is linked is there.
  const linked = [...html.matchAll(/href="#([^"]*)"/g)].map(([, id]) => id!);
  for (const id of ["step-capability", "step-no-pmu", "barred-1"]) assert(linked.includes(id), id);
  for (const id of linked) assertEquals(html.split(`id="${id}"`).length, 2, id);
  const bad = /\b(NaN|undefined|null|\[object \w+\])\b/.exec(text);
  assertEquals(bad, null);
});

Deno.test("the doctor's page has no plan where nothing is in the way", () => {
  const snapshot = guest();
  const plan = { steps: [], barred: [] };
  const diagnosis = { ...diagnose(snapshot), causes: [], rows: [], plan };
  const html = doctor.document({ snapshot, diagnosis });
  for (const part of ["What to do here", "What whoever", "What cannot be had", 'class="act"']) {
    assert(!html.includes(part), part);
  }
  assertStringIncludes(html, "Everything is counted.");
});

Deno.test("the page tells every cause: those of counters in steps and rows, all others in a list", () => {
  const problem = (key: string, message: string, quiet?: true) => ({
    key,
    collector: "load",
    reason: "failed",
    message,
    ...(quiet === undefined ? {} : { quiet }),
  } as const);
  const problems = [
    problem("one", 'Cannot read "/proc/<b>": EIO'),
    problem("two", "Cannot find a second one", true),
  ];
  const { snapshot } = new HandFilled([{ load_1m: 1 }], { problems });
  const html = doctor.document({ snapshot, diagnosis: diagnose(snapshot) });
  const rest = /<ul class="rest">(.*?)<\/ul>/s.exec(html)![1]!;
  assertEquals(rest.match(/<li>/g)?.length, 1);
  assertStringIncludes(rest, "Cannot read &quot;/proc/&lt;b&gt;&quot;: EIO.");
  const calm = new HandFilled([{ load_1m: 1 }]).snapshot;
  assert(!doctor.document({ snapshot: calm, diagnosis: diagnose(calm) }).includes('class="rest"'));
});
