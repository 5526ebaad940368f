import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { CollectorError } from "../../../collectors/collector.ts";
import type { Snapshot } from "../../../collectors/readings/snapshot.ts";
import type { CpusChoice } from "../../../views/cpus/choice.ts";
import { HeatCard, HeatChoices } from "../../../views/cpus/heat.tsx";
import { render } from "../../../views/html.ts";
import { linesOf, someCpus } from "../some_cpus.ts";

function heat(snapshot: Snapshot, choice: CpusChoice = {}): string {
  return render(HeatCard({ choice, snapshot }));
}

/** Class, address, CPU and number of each cell, in their order. */
function cells(html: string): string[][] {
  const CELL =
    /<a class="([^"]*)" href="([^"]*)"(?: title="([^"]*)")? ?><i>(\d+)<\/i><(b|s)(?: class="sr")?>([^<]*)/g;
  return [...html.matchAll(CELL)].map(([, classes, href, title, name, tag, number]) => [
    name!,
    tag === "s" ? `(${number!.trim()})` : number!.replace(/[\u2007\u2008]/g, ""),
    classes!,
    title ?? "",
    href!,
  ]);
}

Deno.test("HeatCard colours each CPU by its value, from 0 to the end of the scale", () => {
  const ipcs = [0, 0.39, 0.41, 1.99, 2, 3.99, 4, 5.5];
  const snapshot = someCpus(
    Object.fromEntries(ipcs.map((ipc, cpu) => [cpu, { ipc: ipc === 0 ? 0.002 : ipc }])),
  );
  const html = heat(snapshot);
  assertEquals(cells(html).map(([, number, classes]) => `${number} ${classes}`), [
    "≈0 q0",
    "0.39 q0",
    "0.41 q1",
    "1.99 q4",
    "2.00 q5",
    "3.99 q9",
    "4.00 q9",
    "5.50 q9",
  ]);
  const lines = linesOf(html);
  assertStringIncludes(lines.join("|"), "|0|4 and more|");
  // Each has one place in the scale, and leads to its CPU.
  assertEquals(html.match(/<i class="q\d">/g)?.length, 10);
  assertEquals(cells(html)[3]![4], "cpus?cpu=3");
});

Deno.test("HeatCard shows a share from 0 to 100 %, and keeps the choice in each link", () => {
  const shares = [0, 0.1, 0.3, 0.7, 0.9, 1];
  const snapshot = someCpus(
    Object.fromEntries(shares.map((busy, cpu) => [cpu, { busy, ipc: 1 }])),
  );
  const html = heat(snapshot, { by: "busy", sort: "ipc" });
  assertEquals(cells(html).map(([, number, classes]) => `${number} ${classes}`), [
    "0 q0",
    "10.0 q1",
    "30.0 q3",
    "70.0 q7",
    "90.0 q9",
    "100 q9",
  ]);
  assertEquals(cells(html)[5]![4], "cpus?by=busy&amp;cpu=5");
  assertStringIncludes(linesOf(html).join("|"), "|0 %|100 %|");
  assertStringIncludes(linesOf(html).join(" "), "50.0 % 6 CPUs together");
});

Deno.test("HeatCard: what is not exact has a mark and words, what is not measured no colour", () => {
  const snapshot = someCpus({
    "0": { ipc: 1 },
    "1": { ipc: 1, coverage: 0.62 },
    "2": { ipc: 1, coverage: 0.1 },
    "3": {},
  });
  assertEquals(cells(heat(snapshot)).map((cell) => cell.slice(0, 4)), [
    ["0", "1.00", "q2", ""],
    ["1", "1.00", "q2 est", "estimated, counted 62 % of the time"],
    ["2", "1.00", "q2 low", "low, counted 10 % of the time"],
    ["3", "not available", "no", "not available"],
  ]);
});

Deno.test("HeatCard strikes out what cannot be, and colours it not", () => {
  const snapshot = someCpus({ "0": { ipc: 25 }, "1": { ipc: 1 } });
  assertEquals(cells(heat(snapshot)).map((cell) => cell.slice(0, 4)), [
    ["0", "(25.0)", "bad", "implausible"],
    ["1", "1.00", "q2", ""],
  ]);
});

Deno.test("HeatCard: sockets and types of core are groups, threads of a core stand together", () => {
  const at = (socket: string, core: string): { ipc: number; groups: Record<string, string> } => ({
    ipc: 1,
    groups: { socket, core },
  });
  const html = heat(someCpus({
    "0": at("0", "0"),
    "1": at("1", "1"),
    "2": at("0", "2"),
    "10": at("0", "0"),
    "11": at("1", "1"),
  }));
  assertEquals(
    [...html.matchAll(/<header>(<h3.*?)<\/header>/g)].map(([, title]) => linesOf(title!)),
    [
      ["Socket 0", "3 CPUs", "1.00"],
      ["Socket 1", "2 CPUs", "1.00"],
    ],
  );
  const cores = [...html.matchAll(/<li>(<a.*?)<\/li>/g)]
    .map(([, core]) => cells(core!).map(([name]) => name));
  assertEquals(cores, [["0", "10"], ["2"], ["1", "11"]]);
  assertEquals(html.match(/class="group pairs"/g)?.length, 2);
  const hybrid = heat(someCpus({
    "0": { ipc: 2, groups: { core_type: "cpu_core", core: "0" } },
    "1": { ipc: 1, groups: { core_type: "cpu_atom", core: "1" } },
  }));
  assertEquals(
    [...hybrid.matchAll(/<header>(<h3.*?)<\/header>/g)].map(([, title]) => linesOf(title!)),
    [
      ["Core type cpu_core", "1 CPU", "2.00"],
      ["Core type cpu_atom", "1 CPU", "1.00"],
    ],
  );
  assert(!hybrid.includes("of one core"));
});

Deno.test("HeatCard lists the CPUs that are offline, each a link", () => {
  const snapshot = someCpus({ "0": { ipc: 1 }, "2": { ipc: 1 } }, {
    profile: { presentCpus: [0, 1, 2, 3] },
  });
  const [, offline] = /class="unused">(.*)$/.exec(heat(snapshot))!;
  assertEquals(linesOf(offline!), ["Offline", "2 CPUs", "1", "3"]);
  assertStringIncludes(offline!, 'href="cpus?cpu=3"');
  assert(
    !heat(someCpus({ "0": { ipc: 1 } }, { profile: { presentCpus: [0] } })).includes("unused"),
  );
});

Deno.test("without counters utilisation leads, and the others say that and why they are not there", () => {
  const refusal = new CollectorError(
    "not_supported",
    "Cannot count hardware events: no PMU",
    "Ask for one",
  );
  const snapshot = someCpus({ "0": { busy: 0.25 } }, { refused: { core_counters: refusal } });
  const choices = render(HeatChoices({ choice: {}, snapshot }));
  assertEquals(linesOf(choices).slice(0, 3), ["IPC", "not available", "Busy"]);
  assertStringIncludes(choices, '<a href="cpus?by=busy" aria-current="true">Busy</a>');
  assertEquals(cells(heat(snapshot)).map((cell) => cell.slice(0, 3)), [["0", "25.0", "q2"]]);

  const lacking = heat(snapshot, { by: "ipc" });
  assertEquals(linesOf(lacking), [
    "Instructions per cycle (IPC)",
    "Not available on this system",
    "Cannot count hardware events: no PMU.",
    "Ask for one.",
  ]);
  assertEquals(cells(lacking), []);
});
