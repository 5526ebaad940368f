/** The guide's page, on machines that have much and on one that has little. */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { metric } from "../../../collectors/catalogue.ts";
import { GUIDE_SECTIONS } from "../../../collectors/catalogue/guide.ts";
import { createViews } from "../../../views/mod.ts";
import {
  exposedText,
  formulaText,
  scopeText,
  termsOf,
  unitText,
} from "../../../views/guide/words.ts";
import { BusyHost } from "../../busy_host.ts";

const guide = await createViews({ url: (name) => `/static/${name}`, version: "1.2.3" }).guide();
const GZIP_BYTES_MOST = 60_000;

async function pageOf(machine: string): Promise<string> {
  const host = await BusyHost.load(machine);
  for (let tick = 0; tick < 3; tick++) host.tick();
  return guide.document(guide.standing(host.sampler.feed.latest()!));
}

/** The text between the tags, spaces as one. */
function textOf(html: string): string {
  return html.replace(/<[^>]*>/g, " ").replace(/\s+/g, " ");
}

function entryOf(html: string, id: string): string {
  const from = html.indexOf(`<article id="${id}"`);
  assert(from >= 0, id);
  return html.slice(from, html.indexOf("</article>", from));
}

for (const machine of ["server-2socket", "firecracker-2cpu", "minimal-container"]) {
  Deno.test(`the guide on ${machine} has a place for every metric, and every link leads to one`, async () => {
    const html = await pageOf(machine);
    const ids = [...html.matchAll(/\sid="([^"]*)"/g)].map(([, id]) => id!);
    assertEquals(ids.length, new Set(ids).size);
    const places = new Set(ids);
    for (const { metrics } of GUIDE_SECTIONS) for (const id of metrics) assert(places.has(id), id);
    for (const [, id] of html.matchAll(/\shref="#([^"]+)"/g)) assert(places.has(id!), id);
    assertEquals(/\b(NaN|undefined|null|\[object \w+\])\b/.exec(textOf(html)), null);
    const gzip = new Response(
      new Blob([html]).stream().pipeThrough(new CompressionStream("gzip")),
    );
    const { byteLength } = await gzip.arrayBuffer();
    assert(byteLength < GZIP_BYTES_MOST, String(byteLength));
  });
}

Deno.test("the guide says what counts a metric here", async () => {
  const html = await pageOf("server-2socket");
  assertStringIncludes(
    textOf(entryOf(html, "branch_misses")),
    "On this host branch-misses, PMU cpu",
  );
  assertStringIncludes(
    textOf(entryOf(html, "memory_read_bytes")),
    "On this host uncore_imc/cas_count_read/, PMU uncore_imc",
  );
  const ipc = textOf(entryOf(html, "instructions_per_cycle"));
  assert(!ipc.includes("not here"));
  assertStringIncludes(ipc, "Normal There is no good value");
  assertStringIncludes(ipc, "Formula Δ Instructions ÷ Δ Cycles");
  assertStringIncludes(ipc, "Made of Instructions , Cycles In JSON instructions_per_cycle");
});

Deno.test("the guide says what is not here, each reason once for a card", async () => {
  const html = await pageOf("firecracker-2cpu");
  const entry = entryOf(html, "instructions_per_cycle");
  assertStringIncludes(entry, '<a href="#why-ipc-1">not here</a>');
  const reason = "Cannot count hardware events: no PMU of the CPU cores";
  const [, section] = html.split('id="about-ipc"');
  const ipc = section!.slice(0, section!.indexOf("</section>"));
  assertEquals(ipc.split(reason).length, 2);
  assertStringIncludes(ipc, '<a href="doctor">What would unlock it</a>');
  // What a machine merely does not have cannot be unlocked.
  const [, caches] = (await pageOf("server-2socket")).split('id="about-caches"');
  assert(!caches!.slice(0, caches!.indexOf("</section>")).includes("unlock"));
});

Deno.test("the guide depends on what a machine has, and on no value", async () => {
  const host = await BusyHost.load("server-2socket");
  // By then everything was looked for.
  for (let tick = 0; tick < 30; tick++) host.tick();
  const standing = () => JSON.stringify(guide.standing(host.sampler.feed.latest()!));
  const before = standing();
  for (let tick = 0; tick < 5; tick++) host.tick();
  assert(standing() === before);
});

Deno.test("a metric in words: unit, scope, formula, terms, exposition", () => {
  const words = (id: string) => `${unitText(metric(id))}, of ${scopeText(metric(id))}`;
  assertEquals(words("llc_mpki"), "misses for 1,000 instructions, of each CPU, and together");
  assertEquals(words("branch_misses"), "misses a second, of each CPU, and together");
  assertEquals(words("context_switches"), "switches a second, of the host");
  assertEquals(words("sensor_temperature_celsius"), "°C, of each sensor");
  assertEquals(words("energy_package_joules"), "watts, of each package, and together");
  assertEquals(words("l3_misses"), "misses a second, of each L3 cache, and together");
  const formula = (id: string) => {
    const entry = metric(id);
    assert(entry.kind === "derived");
    return formulaText(entry.formula);
  };
  assertEquals(formula("branch_mpki"), "1000 × Δ Branch misses ÷ Δ Instructions (same group)");
  // In place of the group's own instructions those that everybody knows; times have no place.
  assertEquals(termsOf(metric("branch_mpki")).map(({ id }) => id), [
    "branch_misses",
    "instructions",
  ]);
  assertEquals(termsOf(metric("core_c6_residency_ratio")).map(({ id }) => id), [
    "core_c6_ticks",
    "tsc_frequency_hertz",
  ]);
  assertEquals(
    exposedText(metric("cpu_user_seconds")),
    'node_cpu_seconds_total{mode="user"}',
  );
  assertEquals(exposedText(metric("memory_total_bytes")), "node_memory_MemTotal_bytes");
  assertEquals(exposedText(metric("llc_mpki")), undefined);
});
