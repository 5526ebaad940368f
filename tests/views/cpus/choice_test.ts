import { assert, assertEquals } from "@std/assert";
import { metric, METRICS } from "../../../collectors/catalogue.ts";
import { CPU_PAGE } from "../../../collectors/catalogue/cpu_page.ts";
import {
  COLUMNS,
  cpusHref,
  cpusQuery,
  HEAT_KEYS,
  HEATS,
  SORT_KEYS,
} from "../../../views/cpus/choice.ts";

Deno.test("cpusQuery is the same for the same choice, in whatever order it was made", () => {
  assertEquals(cpusQuery({}), "");
  assertEquals(cpusQuery({ order: "asc", sort: "ipc", by: "busy" }), "by=busy&sort=ipc&order=asc");
  assertEquals(cpusQuery({ cpu: "17", rows: undefined }), "cpu=17");
});

Deno.test("cpusHref changes one thing and keeps the others", () => {
  const choice = { by: "busy", sort: "ipc", order: "asc" } as const;
  assertEquals(cpusHref(choice, { by: "llc" }), "cpus?by=llc&sort=ipc&order=asc");
  assertEquals(
    cpusHref(choice, { rows: "all" }, "#x"),
    "cpus?by=busy&sort=ipc&order=asc&rows=all#x",
  );
  assertEquals(cpusHref({ cpu: "1" }, { cpu: undefined }), "cpus");
});

Deno.test("the page of the CPUs compares quantities of CPUs, each under one key", () => {
  const quantities = CPU_PAGE.sections.flatMap((section) => section.quantities);
  for (const { metrics } of quantities) {
    for (const id of metrics) assertEquals(metric(id).scope, CPU_PAGE.scope, id);
  }
  for (const id of CPU_PAGE.range.metrics) assertEquals(metric(id).scope, CPU_PAGE.scope);
  const keys = [...quantities.map(({ key }) => key), ...SORT_KEYS.slice(0, 4)];
  assertEquals(new Set(keys).size, keys.length);
  assertEquals(HEATS.map(({ key }) => key), HEAT_KEYS);
  for (const { heat } of HEATS) {
    assert(heat !== undefined && heat.top > 0);
    if (heat.topMetric !== undefined) assert(METRICS.has(heat.topMetric));
  }
  assert(COLUMNS.length >= 8);
});
