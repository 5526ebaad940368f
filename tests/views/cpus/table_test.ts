import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import type { Snapshot } from "../../../collectors/readings/snapshot.ts";
import type { CpusChoice } from "../../../views/cpus/choice.ts";
import { CpusCount, CpusTable } from "../../../views/cpus/table.tsx";
import { render } from "../../../views/html.ts";
import { linesOf, type SomeCpu, someCpus } from "../some_cpus.ts";

function table(snapshot: Snapshot, choice: CpusChoice = {}): string {
  return render(CpusTable({ choice, snapshot }));
}

function headings(html: string): readonly string[] {
  return [...html.matchAll(/<th scope="col".*?<\/th>/g)].map(([heading]) =>
    linesOf(heading).join(" ")
  );
}

/** CPU and what stands in a column, for each row. */
function columnOf(html: string, name: string): readonly string[] {
  const at = headings(html).indexOf(name);
  return [...html.matchAll(/<tr><th scope="row">(.*?)<\/tr>/g)].map(([, row]) => {
    const said = row!.replace(/<svg[^>]* aria-label="([^"]*)">/g, "$1<svg>");
    const cells = said.split(/<td[^>]*>/).map((cell) => linesOf(cell).join(" "));
    return `${cells[0]}: ${cells[at]}`;
  });
}

const FOUR: Readonly<Record<string, SomeCpu>> = {
  "0": { busy: 0.5, ipc: 2 },
  "1": { busy: 0.75, ipc: 0.5, coverage: 0.62 },
  "2": { busy: 0.25 },
  "10": { busy: 0.75, ipc: 25 },
};

Deno.test("CpusTable is in the order of the CPUs at first, with a column for what there is", () => {
  const html = table(someCpus(FOUR));
  const [time, counts] = [["Busy", "User", "System", "Stolen"], ["IPC", "Clock", "Instructions"]];
  // Caches are not counted here; what is not read yet may come.
  assertEquals(headings(html), ["CPU", ...time, ...counts, "Interrupts", "Switches"]);
  assertEquals(columnOf(html, "IPC"), [
    "0: 2.00",
    "1: 0.50 estimated, counted 62 % of the time",
    "2: not available",
    "10: 25.0 implausible",
  ]);
  assertStringIncludes(html, 'aria-label="CPU 10"');
  // Another click on the column that sorts turns it round.
  assert(
    /aria-sort="ascending"><a href="cpus\?sort=cpu&amp;order=desc#cpus-figures">CPU</.test(html),
  );
});

Deno.test("CpusTable sorts by values, those without one last in either order", () => {
  const snapshot = someCpus(FOUR);
  const order = (choice: CpusChoice): string =>
    columnOf(table(snapshot, choice), "CPU").map((row) => row.split(":")[0]).join(" ");
  assertEquals(order({ sort: "ipc" }), "0 1 10 2");
  assertEquals(order({ sort: "ipc", order: "asc" }), "1 0 10 2");
  // Equal ones stay in the order of their numbers.
  assertEquals(order({ sort: "busy", order: "desc" }), "1 10 0 2");
  assertEquals(order({ sort: "cpu", order: "desc" }), "10 2 1 0");
  // What this machine has not got sorts nothing.
  assertEquals(order({ sort: "llc", order: "desc" }), "0 1 2 10");
  const html = table(snapshot, { by: "busy", sort: "ipc" });
  assertEquals(html.match(/aria-sort="\w+"/g), ['aria-sort="descending"']);
  assertStringIncludes(html, 'href="cpus?by=busy&amp;sort=ipc&amp;order=asc#cpus-figures">IPC<');
  assertStringIncludes(
    html,
    'href="cpus?by=busy&amp;sort=user&amp;order=desc#cpus-figures">User<',
  );
});

Deno.test("CpusTable says where a CPU is as far as that tells them apart", () => {
  const at = (socket: string, core: string, type = "cpu"): SomeCpu => ({
    groups: { socket, core, core_type: type },
  });
  const two = table(someCpus({ "0": at("0", "0"), "1": at("1", "1"), "8": at("0", "0") }));
  assertEquals(headings(two).slice(0, 4), ["CPU", "Socket", "Core", "Busy"]);
  assertEquals(columnOf(two, "Socket"), ["0: 0", "1: 1", "8: 0"]);
  assertEquals(columnOf(two, "Core"), ["0: 0", "1: 1", "8: 0"]);
  const hybrid = someCpus({ "0": at("0", "0", "cpu_core"), "4": at("0", "4", "cpu_atom") });
  assertEquals(columnOf(table(hybrid, { sort: "type" }), "Type"), ["4: cpu_atom", "0: cpu_core"]);
  assertEquals(headings(table(hybrid)).slice(0, 3), ["CPU", "Type", "Busy"]);
});

Deno.test("CpusTable shows all of 64 CPUs, and of more the first of the order until all are asked for", () => {
  const many = (count: number): Snapshot =>
    someCpus(Object.fromEntries(
      Array.from({ length: count }, (_, cpu) => [cpu, { busy: cpu / count }]),
    ));
  const rows = (snapshot: Snapshot, choice: CpusChoice = {}): number =>
    columnOf(table(snapshot, choice), "CPU").length;
  const said = (snapshot: Snapshot, choice: CpusChoice): string =>
    linesOf(render(CpusCount({ choice, snapshot }))).join(" ");
  const [few, more] = [many(64), many(65)];
  assertEquals([rows(few), said(few, {})], [64, "64 CPUs."]);
  assertEquals(rows(more), 32);
  assertEquals(said(more, {}), "The first 32 of 65 CPUs in this order. Show all 65");
  assertEquals(columnOf(table(more, { sort: "busy" }), "CPU")[0], "64: 64");
  assertEquals(rows(more, { rows: "all" }), 65);
  assertEquals(said(more, { rows: "all" }), "65 CPUs. Show the first 32 only");
  assertStringIncludes(
    render(CpusCount({ choice: { sort: "busy" }, snapshot: more })),
    'href="cpus?sort=busy&amp;rows=all#cpus-figures"',
  );
});
