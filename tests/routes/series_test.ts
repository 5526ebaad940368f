import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { seriesCsv } from "../../routes/series_csv.ts";
import { columnsOf } from "../../routes/series_json.ts";
import { busyApp } from "./busy_app.ts";
import { startHost } from "./host.ts";

const START = Date.UTC(2026, 0, 2, 3, 4, 5) / 1000;

Deno.test("/api/v1/series gives columns for metrics over a span", async () => {
  const host = startHost();
  for (const load of [0.25, 0.5, 0.75, 1]) host.tick(load);
  const response = await host.app.request("/api/v1/series?metric=load_1m,load_5m&span=2s");
  assertEquals(await response.json(), {
    cursor: "stageboot-4",
    time_seconds: [START + 2, START + 3, START + 4],
    series: [
      { metric: "load_1m", unit: "{task}", values: [0.5, 0.75, 1], coverage: null },
      { metric: "load_5m", unit: "{task}", values: [0.01, 0.01, 0.01], coverage: null },
    ],
  });
});

Deno.test("/api/v1/series gives the history of one instance", async () => {
  const host = startHost();
  for (const load of [0.25, 0.5]) host.tick(load);
  const response = await host.app.request(
    "/api/v1/series?metric=collector_success&instance=load&span=300s",
  );
  assertEquals((await response.json()).series, [
    {
      metric: "collector_success",
      instance: "load",
      unit: "{flag}",
      values: [null, 1],
      coverage: null,
    },
  ]);
});

Deno.test("/api/v1/series refuses what could hold no value, and says what could", async () => {
  const cases = [
    [
      "",
      400,
      'Cannot find parameter "metric": it is missing, and needed where there is no page=',
    ],
    [
      "metric=load_1m&since=3",
      400,
      'Cannot take parameter "since": it is unknown here, known: metric, page, cpu, instance, group, span, format',
    ],
    [
      "metric=load_1m,lod",
      400,
      'Cannot read metric "lod": it is not in the catalogue, needs an id that /api/v1/catalogue lists',
    ],
    [
      "metric=",
      400,
      'Cannot read metric "": it is not in the catalogue, needs an id that /api/v1/catalogue lists',
    ],
    [
      "metric=load_1m&span=16m",
      400,
      'Cannot take span "16m": needs a span of time from 1s to 15m, such as 5m or 300s',
    ],
    [
      "metric=load_1m&instance=0",
      400,
      'Cannot read a series of "load_1m" of instance "0": it is the host\'s, needs none',
    ],
    [
      "metric=collector_success&instance=lod",
      404,
      'Cannot read a series of "collector_success" of collector "lod": there is none of that name, ' +
      "needs one of load",
    ],
    [
      "metric=collector_success",
      400,
      'Cannot read a series of "collector_success": it has a value for each collector and none for ' +
      "the host, needs instance=, one of load",
    ],
    [
      "metric=load_1m&group=socket:0",
      400,
      'Cannot read a series of "load_1m" of group socket:0: it is the host\'s, needs none',
    ],
    [
      "metric=load_1m&group=rack:0",
      400,
      'Cannot take group "rack:0": needs one of core_type, l3_domain, socket, a colon and a name, ' +
      "such as socket:0",
    ],
    [
      "metric=load_1m&group=socket",
      400,
      'Cannot take group "socket": needs one of core_type, l3_domain, socket, a colon and a name, ' +
      "such as socket:0",
    ],
    [
      "metric=collector_success&group=socket:0",
      400,
      'Cannot read a series of "collector_success": it has a value for each collector and none for ' +
      "a group, needs instance=, one of load",
    ],
    [
      "metric=collector_success&group=socket:0&instance=load",
      400,
      'Cannot read instance "load" of a group: needs instance= or group=',
    ],
    [
      "metric=load_1m&page=overview",
      400,
      'Cannot read the series of page "overview" and others: needs page= alone, or metric=',
    ],
    ["page=doctor", 400, 'Cannot read the series of page "doctor": needs overview or cpus'],
    [
      "metric=load_1m&cpu=0",
      400,
      'Cannot read the series of CPU "0" without a page: needs page=cpus, or metric= and instance=',
    ],
    ["metric=load_1m&format=xml", 400, 'Cannot write format "xml": needs json or csv'],
    [
      `metric=${"load_1m,".repeat(32)}load_1m`,
      400,
      "Cannot read 33 metrics at once: needs 32 or fewer",
    ],
    [
      `metric=load_1m&instance=${"x".repeat(257)}`,
      400,
      "Cannot take an instance of 257 characters: needs 256 or fewer",
    ],
  ] as const;
  const host = startHost();
  host.tick(0.25);
  for (const [query, status, message] of cases) {
    const response = await host.app.request(`/api/v1/series?${query}`);
    assertEquals(await response.json(), { error: { status, message } });
    assertEquals(response.status, status);
  }
});

Deno.test("/api/v1/series gives all lines of a page", async () => {
  const columns = [{ metric: "load_1m" }, { metric: "collector_success", instance: "load" }];
  const host = startHost({ columns });
  for (const load of [0.25, 0.5]) host.tick(load);
  const response = await host.app.request("/api/v1/series?page=overview&span=1m");
  const { series } = await response.json();
  assertEquals(
    series.map((
      { metric, instance, values }: Record<string, unknown>,
    ) => [metric, instance, values]),
    [["load_1m", undefined, [null, 0.5]], ["collector_success", "load", [null, 1]]],
  );
});

Deno.test("/api/v1/series as CSV is a file named by host and time, a row for each time", async () => {
  const host = startHost();
  for (const load of [0.25, 0.5]) host.tick(load);
  const response = await host.app.request("/api/v1/series?metric=load_1m,load_5m&format=csv");
  assertEquals(response.headers.get("content-type"), "text/csv; charset=utf-8; header=present");
  assertEquals(
    response.headers.get("content-disposition"),
    'attachment; filename="ringside-stage-20260102T030407Z.csv"',
  );
  assertEquals(
    await response.text(),
    "time,time_seconds,load_1m [{task}],load_5m [{task}]\r\n" +
      `2026-01-02T03:04:06.000Z,${START + 1},,\r\n` +
      `2026-01-02T03:04:07.000Z,${START + 2},0.5,0.01\r\n`,
  );
});

Deno.test("a series in JSON has its coverage, null where nothing was measured and where all is exact", () => {
  const found = {
    seconds: [1, 2, 3],
    values: [[null, 5, 6], [null, 5, 6]],
    shares: [[1, 0.6200000001, 1], null],
    sequence: 3,
  };
  const group = { grouping: "socket", name: "0" };
  const keys = [{ metric: "cpu_cycles", group }, { metric: "cpu_cycles", instance: "1" }];
  const { series } = columnsOf(keys, found);
  assertEquals(series, [
    {
      metric: "cpu_cycles",
      group: "socket:0",
      unit: "{cycle}/s",
      values: [null, 5, 6],
      coverage: [null, 0.62, 1],
    },
    {
      metric: "cpu_cycles",
      instance: "1",
      unit: "{cycle}/s",
      values: [null, 5, 6],
      coverage: null,
    },
  ]);
  // Of a part that is exact there is nothing to say.
  assertEquals(columnsOf(keys, found, 1).series.map(({ coverage }) => coverage), [null, null]);
});

Deno.test("/api/v1/series refuses what is made of values that the host has none of", async () => {
  const get = await busyApp();
  const { metrics } = await (await get("/api/v1/snapshot")).json();
  const names = Object.keys(metrics.filesystem_used_ratio.instances);
  for (const id of ["filesystem_used_ratio", "filesystem_files_used_ratio"]) {
    const response = await get(`/api/v1/series?metric=${id}`);
    assertEquals([response.status, (await response.json()).error?.message], [
      400,
      `Cannot read a series of "${id}": it has a value for each mountpoint and none for the host, ` +
      `needs instance=, one of ${names.join(", ")}`,
    ]);
  }
  const one = await get("/api/v1/series?metric=filesystem_used_ratio&instance=/");
  assertEquals(one.status, 200);
  // What the host has a sum of, it has a share of.
  assertEquals((await get("/api/v1/series?metric=interface_receive_ratio")).status, 200);
});

Deno.test("seriesCsv quotes names, and no cell of it is a formula", () => {
  const names = ['=cmd|"/c calc"!A1', "@x", "+1", "-1", "a,b", "line\r\nbreak"];
  const keys = names.map((instance) => ({ metric: "disk_read_bytes", instance }));
  const values = names.map(() => [-5, null]);
  const shares = names.map((_, index) => index === 0 ? [0.25, 1] : null);
  const text = seriesCsv(keys, { seconds: [0.5, 1.5], values, shares, sequence: 2 });
  assertEquals(
    text,
    "time,time_seconds," +
      '"disk_read_bytes{=cmd|""/c calc""!A1} [By/s]","disk_read_bytes_coverage{=cmd|""/c calc""!A1} [1]",' +
      "disk_read_bytes{@x} [By/s],disk_read_bytes{+1} [By/s],disk_read_bytes{-1} [By/s]," +
      '"disk_read_bytes{a,b} [By/s]","disk_read_bytes{line\r\nbreak} [By/s]"\r\n' +
      "1970-01-01T00:00:00.500Z,0.5,-5,0.25,-5,-5,-5,-5,-5\r\n" +
      "1970-01-01T00:00:01.500Z,1.5,,,,,,,\r\n",
  );
});

Deno.test("seriesCsv has no formula behind a semicolon in a name, where that sets cells apart", () => {
  const keys = [{ metric: "interface_receive_bytes", instance: "a;=1+1;b" }];
  const text = seriesCsv(keys, { seconds: [], values: [[]], shares: [[0.25]], sequence: 0 });
  assertEquals(text, 'time,time_seconds,"interface_receive_bytes{a;\'=1+1;b} [By/s]"\r\n');
});

Deno.test("/api/v1/series of one group is its part of the whole", async () => {
  const get = await busyApp();
  const valuesOf = async (more: string): Promise<number[]> => {
    const response = await get(`/api/v1/series?metric=cpu_cycles${more}`);
    const { series: [{ values, group }] } = await response.json();
    assertEquals(group, /&group=(.*)/.exec(more)?.[1]);
    return values.slice(1);
  };
  const [whole, first, second] = [
    await valuesOf(""),
    await valuesOf("&group=socket:0"),
    await valuesOf("&group=socket:1"),
  ];
  assertEquals(whole.length, 4);
  for (const [at, value] of whole.entries()) {
    assert(first[at]! > 0 && second[at]! > 0);
    assertAlmostEquals(first[at]! + second[at]!, value, value * 1e-9);
  }
  const missing = await get("/api/v1/series?metric=cpu_cycles&group=socket:2");
  assertEquals([missing.status, (await missing.json()).error.message], [
    404,
    'Cannot read a series of "cpu_cycles" of group "socket:2": its cpus are in no such group, ' +
    "needs one of socket:0, socket:1",
  ]);
});

Deno.test("/api/v1/series of the overview is one table, with its coverage beside what is not exact", async () => {
  const get = await busyApp();
  const json = await (await get("/api/v1/series?page=overview")).json();
  const csv = await (await get("/api/v1/series?page=overview&format=csv")).text();
  const [titles, ...rows] = csv.trimEnd().split("\r\n").map((line) => line.split(","));
  const estimated = json.series.filter(({ coverage }: { coverage: unknown }) => coverage !== null);
  assert(estimated.length > 0, "counters that take turns are estimates");
  assertEquals(titles!.length, 2 + json.series.length + estimated.length);
  assertEquals(rows.map((row) => Number(row[1])), json.time_seconds);
  assert(rows.every((row) => row.length === titles!.length));
  const [{ metric, unit, values, coverage }] = estimated;
  const at = titles!.indexOf(`${metric} [${unit}]`);
  assertEquals(titles![at + 1], `${metric}_coverage [1]`);
  const cells = (column: number): (number | null)[] =>
    rows.map((row) => row[column] === "" ? null : Number(row[column]));
  assertEquals([cells(at), cells(at + 1)], [values, coverage]);
});
