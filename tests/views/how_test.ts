import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import type { Card } from "../../collectors/card.ts";
import { CARDS, METRICS } from "../../collectors/catalogue.ts";
import { TSC_FREQUENCY } from "../../collectors/catalogue/tsc.ts";
import { CollectorError } from "../../collectors/collector.ts";
import type { Source } from "../../collectors/source.ts";
import type { Problem } from "../../collectors/trust.ts";
import { hasHow, How, howId, type HowShown } from "../../views/how.tsx";
import { render } from "../../views/html.ts";
import { BRANCHES, TLBS } from "./hand_cards.ts";
import { HandFilled, type HandFilledOptions } from "./hand_filled.ts";

const card = (id: string): Card => [BRANCHES, TLBS, ...CARDS].find((card) => card.id === id)!;

function source(metric: string, events: readonly string[], more: Partial<Source> = {}): Source {
  const fixed = { pmu: "cpu", instances: ["0", "1"], group: 1, provenance: "kernel" } as const;
  return { metric, events, ...fixed, ...more };
}

const SOURCES = [
  source("branch_instructions", ["branches"]),
  source("branch_misses", ["branch-misses"], { note: "Speculative ones too." }),
  source("branch_group_instructions", ["instructions"]),
];

function host(options: HandFilledOptions = {}): HandFilled {
  const all = ["branch_instructions", "branch_misses", "branch_group_instructions"];
  const cells = Object.fromEntries(
    all.flatMap((id) => [id, `${id}_time_enabled_seconds`, `${id}_time_running_seconds`])
      .filter((id) => METRICS.has(id)).map((id) => [`${id}{0}`, 0]),
  );
  return new HandFilled([cells, cells], { sources: SOURCES, ...options });
}

function how(id: string, { snapshot }: HandFilled, shown: HowShown = "closed"): string {
  return render(How({ card: card(id), snapshot, shown }));
}

function textOf(html: string): string {
  return html.replace(/<[^>]*>/g, "\n").replace(/&#39;/g, "'").replace(/\n+/g, "\n").trim();
}

Deno.test("How tells once of the figures of a group: names, events, formulas, note and command", () => {
  const html = how("branches", host());
  assertEquals(textOf(html).split("\n"), [
    "How it is measured",
    "On cpu, 2 CPUs: the kernel's events",
    "branches",
    ": Branches",
    "branch-misses",
    ": Branch misses",
    "instructions",
    ": Instructions",
    "What is made of them",
    "Branch miss ratio = Branch misses ÷ Branches",
    "Branch MPKI = 1000 × Branch misses ÷ Instructions (same group)",
    "Speculative ones too.",
    "perf stat -a -e '{branches,branch-misses,instructions}' sleep 1",
    "Copy",
  ]);
  assertEquals(howId(card("branches")), "card-branches-how");
  assert(/^<details class="how" id="card-branches-how"/.test(html) && !/^<[^>]* open/.test(html));
});

Deno.test("How is linked on a first visit, and told on the page that the link leads to", () => {
  const linked = how("branches", host(), "linked");
  assertEquals(textOf(linked), "How it is measured\nEvents and perf commands");
  assertStringIncludes(linked, 'href="?how=open#card-branches-how"');
  const open = how("branches", host(), "open");
  assert(/^<details class="how" id="card-branches-how"[^>]* open/.test(open), open);
  assertEquals(textOf(open), textOf(how("branches", host())));
});

Deno.test("How tells apart what is counted in different groups, each event once, in one command", () => {
  const [first, second, third] = SOURCES;
  // Numbers of the collector's own: a reader counts from one.
  const apart = [{ ...first!, group: 31 }, { ...second!, group: 8 }, { ...third!, group: 8 }];
  const html = how("branches", host({ sources: apart }));
  const groups = [...html.matchAll(/<h3>Group (\d)|<code>([^<]*)/g)];
  assertEquals(groups.map(([, group, code]) => group ?? code?.replaceAll("&#39;", "'")), [
    "1",
    "branches",
    "2",
    "branch-misses",
    "instructions",
    "perf stat -a -e branches -e '{branch-misses,instructions}' sleep 1",
  ]);
});

Deno.test("How says of which formula the terms are mixed, and of its terms no more than that", () => {
  const at = (second: number) =>
    Object.fromEntries(
      ["branch_instructions", "branch_misses", "branch_group_instructions"].flatMap((id) =>
        [[id, 1e6], [`${id}_time_enabled_seconds`, 1], [`${id}_time_running_seconds`, 1]] as const
      ).filter(([id]) => METRICS.has(id)).map(([id, rate]) => [`${id}{0}`, rate * second]),
    );
  const [first, second, third] = SOURCES;
  const sources = [first!, { ...second!, group: 2 }, { ...third!, group: 2 }];
  const text = textOf(how("branches", new HandFilled([at(1), at(2)], { sources })));
  assertStringIncludes(
    text,
    "Branch miss ratio = Branch misses ÷ Branches, mixed: counted at different times\n" +
      "Branch MPKI = 1000 × Branch misses ÷ Instructions (same group)\n",
  );
});

Deno.test("How says who names an event where those of a group differ in it", () => {
  const [first, second, third] = SOURCES;
  const sources = [first!, { ...second!, provenance: "third_party" as const }, third!];
  const text = textOf(how("branches", host({ sources })));
  assertStringIncludes(text, "On cpu, 2 CPUs\nbranches\n: Branches (the kernel's event)\n");
  assertStringIncludes(text, ": Branch misses (an event that one other source names)\n");
});

Deno.test("How says on which kind of core something is not counted, and on how many CPUs", () => {
  const cells = Object.fromEntries(
    [0, 1, 2].flatMap((cpu) =>
      ["branch_instructions", "branch_misses"].flatMap((id) => [
        [`${id}{${cpu}}`, 1],
        [`${id}_time_enabled_seconds{${cpu}}`, 1],
        [`${id}_time_running_seconds{${cpu}}`, 1],
      ])
    ),
  );
  const groups = {
    "0": { core_type: "cpu_core" },
    "1": { core_type: "cpu_core" },
    "2": { core_type: "cpu_atom" },
  };
  const said = (instances: readonly string[]): string => {
    const sources = [
      source("branch_instructions", ["branches"], { instances: ["0", "1", "2"] }),
      source("branch_misses", ["branch-misses"], { instances }),
    ];
    return textOf(how("branches", new HandFilled([cells], { sources, groups })));
  };
  assertStringIncludes(said(["0", "1"]), "\nBranch misses: not on cpu_atom.\n");
  assertStringIncludes(said(["0", "2"]), "\nBranch misses: on 2 of 3 CPUs.\n");
  assert(!said(["0", "1", "2"]).includes("Branch misses: "));
});

Deno.test("How is the same object until what it tells of changes", () => {
  const cells = Object.fromEntries(
    ["branch_instructions", "branch_misses"].flatMap((id) => [
      [`${id}{0}`, 1],
      [`${id}_time_enabled_seconds{0}`, 1],
      [`${id}_time_running_seconds{0}`, 1],
    ]),
  );
  const filled = new HandFilled([cells], { sources: SOURCES });
  const told = (): unknown =>
    How({ card: card("branches"), snapshot: filled.snapshot, shown: "closed" });
  const first = told();
  filled.tick(cells);
  assert(told() === first, "rendered anew for nothing");
  // One CPU more.
  filled.tick({ ...cells, "branch_misses{1}": 1 });
  assert(told() !== first, "kept though it is of other CPUs");
  assert(how("branches", host({ sources: SOURCES.slice(0, 1) })) !== String(first));
});

Deno.test("How sums events, and names the PMU of each kind of core", () => {
  const sources = [
    source("branch_instructions", ["cpu_core/branches/"], { pmu: "cpu_core", instances: ["0"] }),
    source("branch_instructions", ["cpu_atom/event=0xc4/", "cpu_atom/event=0xc5/"], {
      pmu: "cpu_atom",
      instances: ["1"],
      group: 7,
      provenance: "vendor",
    }),
  ];
  const text = textOf(how("branches", host({ sources })));
  assertStringIncludes(
    text,
    "On cpu_core, 1 CPU: the kernel's events\ncpu_core/branches/\n: Branches",
  );
  assertStringIncludes(
    text,
    "On cpu_atom, 1 CPU: events of the maker's list\n" +
      "cpu_atom/event=0xc4/ + cpu_atom/event=0xc5/\n: Branches",
  );
});

Deno.test("How says why a figure of the card is not measured", () => {
  const problem = {
    key: "none",
    collector: "core_counters",
    reason: "not_supported",
    message: "Cannot count branch misses here",
    metrics: ["branch_misses"],
  } as const;
  const cells = {
    "branch_instructions{0}": 1,
    "branch_instructions_time_enabled_seconds{0}": 1,
    "branch_instructions_time_running_seconds{0}": 1,
    "branch_misses{0}": undefined,
  };
  const sources = SOURCES.slice(0, 1);
  const text = textOf(how("branches", new HandFilled([cells], { sources, problems: [problem] })));
  assertStringIncludes(
    text,
    "Branch misses, Branch miss ratio, Branch MPKI: Cannot count branch misses here.",
  );
});

Deno.test("How shows once what would help against causes of what is not measured", () => {
  const at = (metric: string): Problem => ({
    key: metric,
    collector: "core_counters",
    reason: "not_counted",
    message: `Cannot count ${metric}`,
    remedy: "Free a counter: `stop others`",
    metrics: [metric],
  });
  const cells = {
    "branch_instructions{0}": 1,
    "branch_instructions_time_enabled_seconds{0}": 1,
    "branch_instructions_time_running_seconds{0}": 1,
    "branch_misses{0}": undefined,
    "branch_group_instructions{0}": undefined,
  };
  const problems = [at("branch_misses"), at("branch_group_instructions")];
  const sources = SOURCES.slice(0, 1);
  const tell = (some: readonly Problem[]): string =>
    textOf(how("branches", new HandFilled([cells, cells], { sources, problems: some })));
  const text = tell(problems);
  assertStringIncludes(
    text,
    "Cannot count branch_misses.\nFree a counter:\nstop others\nCopy\n",
  );
  assertEquals(text.split("stop others").length, 2, text);
  const [first] = problems;
  assert(!tell([{ ...first!, remedy: undefined }]).includes("stop others"));
});

Deno.test("How writes in the middle of a phrase as one does there", () => {
  const sources = (metric: string, instances: readonly string[], pmu: string): Source[] => [
    source(metric, ["some-event"], { pmu, instances }),
  ];
  const said = (id: string, metric: string, pmu: string, names: readonly string[]): string => {
    const at = (second: number) => ({
      [TSC_FREQUENCY]: 2e9,
      ...Object.fromEntries(
        names.flatMap((name) => [
          [`${metric}{${name}}`, 1e6 * second],
          [`${metric}_time_enabled_seconds{${name}}`, second],
          [`${metric}_time_running_seconds{${name}}`, second],
        ]).filter(([key]) => METRICS.has(String(key).split("{")[0]!)),
      ),
    });
    return textOf(
      how(id, new HandFilled([at(0), at(1)], { sources: sources(metric, names, pmu) })),
    );
  };
  const line = (text: string): string | undefined => text.split("\n")[1];
  assertEquals(
    [
      line(said("memory_bandwidth", "memory_read_bytes", "uncore_imc", ["a", "b"])),
      line(said("energy", "energy_package_joules", "power", ["0"])),
      line(said("cstates", "core_c6_ticks", "cstate_core", ["0", "1"])),
    ],
    [
      "On uncore_imc, 2 memory controllers: the kernel's events",
      "On power, 1 package: the kernel's events",
      "On cstate_core, 2 cores at rest: the kernel's events",
    ],
  );
});

Deno.test("How is hidden where nothing of the card is counted", () => {
  const none = new CollectorError("not_supported", "Cannot find a PMU");
  const html = how(
    "branches",
    new HandFilled([{ "load_1m": 1 }], { refused: { core_counters: none } }),
  );
  assert(/^<details[^>]* hidden/.test(html), html);
  assertEquals(textOf(html), "How it is measured");
});

Deno.test("How knows the kernel's own events without being told", () => {
  const at = (seconds: number) => ({
    "software_page_faults{0}": seconds,
    "software_time_enabled_seconds{0}": seconds,
    "software_time_running_seconds{0}": seconds,
  });
  const text = textOf(how("software_events", new HandFilled([at(0), at(1)])));
  assertStringIncludes(
    text,
    "On software, 1 CPU: the kernel's events\npage-faults\n: Page faults",
  );
  assertStringIncludes(text, "perf stat -a -e page-faults sleep 1");
});

Deno.test("hasHow is for cards of which perf can count something", () => {
  const ids = CARDS.filter(hasHow).map(({ id }) => id);
  assertEquals(ids.filter((id) => ["memory", "disks", "cpu_time"].includes(id)), []);
  assertEquals(ids, [
    "ipc",
    "caches",
    "memory_bandwidth",
    "energy",
    "cstates",
    "memory_reconciliation",
    "software_events",
  ]);
});
