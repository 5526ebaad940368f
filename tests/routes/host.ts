/**
 * A small host behind the app, with renderings so plain that a test can say them by heart: the load
 * averages are all that there is.
 *
 * @module
 */
import { assertEquals } from "@std/assert";
import type { Hono } from "hono";
import { load } from "../../collectors/load.ts";
import { type Mark, Marks } from "../../collectors/readings/marks.ts";
import type { SeriesKey } from "../../collectors/readings/series.ts";
import { isMeasured } from "../../collectors/trust.ts";
import { createApp, type Deps } from "../../routes/app.ts";
import { Auth } from "../../routes/doors/auth.ts";
import type { Token } from "../../routes/doors/token.ts";
import type { Rendering } from "../../routes/rendering.ts";
import { StaticFiles } from "../../routes/static_files.ts";
import { Hub } from "../../routes/stream/hub.ts";
import { cpusQuery } from "../../views/cpus/choice.ts";
import { doctorJson } from "../../views/doctor/json.ts";
import { FakeClock, settled } from "../fake_clock.ts";
import { FakeSampler } from "../fake_sampler.ts";
import { SseReader } from "../sse_reader.ts";
import { Stage } from "../stage.ts";
import { TextTree } from "../text_tree.ts";

const FILE = "/proc/loadavg";

export interface Host {
  readonly app: Hono;
  readonly auth: Auth | undefined;
  readonly hub: Hub;
  readonly marks: Marks;
  readonly sampler: FakeSampler;
  readonly clock: FakeClock;
  readonly rendering: Rendering;
  readonly rendered: Rendered;
  /** What went wrong and was only logged. */
  readonly reports: string[];
  /** A tick at which the load of the last minute is this. Thread count changes only when told. */
  tick(load: number, advanceMs?: number): void;
}

/** How often each rendering was made. */
export interface Rendered {
  /** While true, fragments cannot be rendered. */
  broken: boolean;
  fragments: number;
  documents: number;
  sheets: number;
  snapshots: number;
  expositions: number;
  fleets: number;
  /** Of the last document. */
  marks: readonly Mark[] | undefined;
}

export interface HostOptions
  extends
    Partial<Pick<Deps, "address" | "allowedHosts" | "basePath" | "files" | "engine" | "tls">> {
  /** Readers need it. */
  readonly token?: Token;
  readonly clientsMost?: number;
  /** Of the overview's charts; absent: the load of the last minute. */
  readonly columns?: readonly SeriesKey[];
  /** Pages are told the interval between ticks. */
  readonly asides?: true;
}

const ONE_FILE = await StaticFiles.of({ "a.js": new TextEncoder().encode("let a;") });

export function startHost(options: HostOptions = {}): Host {
  const tree = new TextTree({ [FILE]: "0.00 0.01 0.05 1/119 4242\n" });
  // At every tick, however fine: each has a load of its own to be known by.
  const sampler = new FakeSampler(new Stage([{ ...load, minIntervalMs: 0 }], { tree }));
  const clock = new FakeClock();
  const reports: string[] = [];
  const report = (message: string): void => {
    reports.push(message);
  };
  const rendered: Rendered = {
    broken: false,
    fragments: 0,
    documents: 0,
    sheets: 0,
    snapshots: 0,
    expositions: 0,
    fleets: 0,
    marks: undefined,
  };
  const columns = options.columns ?? [{ metric: "load_1m" }];
  const rendering = plainRendering(rendered, columns, options.asides ?? false);
  const { clientsMost } = options;
  const hub = new Hub({
    sampler,
    clock,
    report,
    ...(clientsMost === undefined ? {} : { clientsMost }),
  });
  const marks = new Marks(sampler.feed);
  const { token } = options;
  const auth = token === undefined ? undefined : new Auth({ token, clock, name: "stage-7878" });
  const app = createApp({
    auth,
    tls: options.tls ?? false,
    engine: options.engine,
    clock,
    sampler,
    hub,
    rendering,
    marks,
    files: options.files ?? ONE_FILE,
    version: "1.2.3",
    address: options.address ?? { hostname: "127.0.0.1", port: 7878 },
    allowedHosts: options.allowedHosts ?? [],
    ...(options.basePath === undefined ? {} : { basePath: options.basePath }),
    report,
  });
  const tick = (load: number, advanceMs?: number): void => {
    tree.set(FILE, `${load.toFixed(2)} 0.01 0.05 1/119 4242\n`);
    sampler.tick(advanceMs);
  };
  return { app, auth, hub, marks, sampler, clock, rendering, rendered, reports, tick };
}

/** Loaded already. */
function later<T>(rooms: T): () => Promise<T> {
  return () => Promise.resolve(rooms);
}

function plainRendering(
  rendered: Rendered,
  columns: readonly SeriesKey[],
  asides: boolean,
): Rendering {
  return {
    overview: {
      name: "overview",
      series: () => [...columns],
      fragments: (snapshot) => {
        rendered.fragments++;
        if (rendered.broken) throw new Error("the view is broken");
        const reading = snapshot.read("load_1m");
        if (!isMeasured(reading)) throw new Error("there is no load");
        return new Map([
          ["load", `<b id="load">${reading.value}</b>`],
          ["name", `<i id="name">${snapshot.profile.hostname}</i>`],
        ]);
      },
      partials: (fragments) => [...fragments].map(([id, html]) => `${id}=${html}`).join("\n"),
      late: (snapshot, { ageMs, reading }) => `late ${snapshot.sequence} ${ageMs} ${reading}`,
      ...(asides ? { aside: (intervalMs: number): string => `interval=${intervalMs}` } : {}),
      fold: (card, place) =>
        card === "load" && place === 0 ? (snapshot) => `fold ${snapshot.cursor}` : undefined,
      document: ({ snapshot, series, intervalMs, marks, late }) => {
        rendered.documents++;
        rendered.marks = marks;
        const age = late === undefined ? "" : ` late ${late.ageMs}`;
        return `<!DOCTYPE html>${snapshot.cursor} ${series.seconds.length} ${intervalMs}${age}`;
      },
    },
    chart: later({
      series: (id) => id === "load" ? [{ metric: "load_1m" }] : undefined,
      document: ({ id, snapshot, series, span }) =>
        `<!DOCTYPE html>${id} ${span} ${snapshot.cursor} ${series.seconds.length}`,
    }),
    cpus: {
      live: (choice) => ({
        series: () => [],
        fragments: (snapshot) =>
          new Map([["cpus", `<b id="cpus">${cpusQuery(choice)} ${snapshot.sequence}</b>`]]),
        partials: (fragments) => [...fragments].map(([id, html]) => `${id}=${html}`).join("\n"),
      }),
      has: ({ cpu }) => cpu === undefined || cpu === "0",
      document: ({ snapshot, series, intervalMs, choice }) =>
        `<!DOCTYPE html>${snapshot.cursor} ${series.values.length} ${intervalMs} ${
          cpusQuery(choice)
        }`,
    },
    proof: later({
      rings: (card) => card === "load" ? 2 : undefined,
      subject: (card, row) => {
        if (row !== undefined && row > 1) return null;
        return { title: `${card} ${row}`, quantities: [], counted: false, url: "" };
      },
      series: () => [{ metric: "load_1m" }],
      part: ({ subject, snapshot, series }) => {
        rendered.sheets++;
        return `${subject.title} ${snapshot.cursor} ${series.seconds.length}`;
      },
      document: ({ subject }) => {
        rendered.sheets++;
        return `<!DOCTYPE html>${subject.title}`;
      },
    }),
    doctor: later({
      document: ({ snapshot, diagnosis }) =>
        `<!DOCTYPE html>${snapshot.cursor} ${diagnosis.exitCode}`,
      text: ({ profile, exitCode }) => `${profile.hostname} ${exitCode}\n`,
      json: (diagnosis) => doctorJson({ ...diagnosis, rows: [], causes: [], facts: [] }),
    }),
    guide: later({
      standing: ({ profile }) => ({ hostname: profile.hostname, sections: [] }),
      document: ({ hostname }) => `<!DOCTYPE html>${rendered.documents++} ${hostname}`,
    }),
    fleet: later({
      document: ({ fleet, failures, plan }) => {
        rendered.fleets++;
        const rows = plan?.rows.length;
        return `<!DOCTYPE html>fleet ${fleet?.hosts.length} ${rows} ${failures.join(" | ")}`;
      },
    }),
    message: ({ status, message }) => `<!DOCTYPE html>${status} ${message}`,
    login: ({ from, message, again }) =>
      `<!DOCTYPE html>login ${from} ${message ?? "-"} ${again ?? false}`,
    plain: later({
      snapshotJson: (snapshot, metrics) => {
        rendered.snapshots++;
        return { cursor: snapshot.cursor, metrics: metrics ?? "all" };
      },
      exposition: (snapshot, format, collect) => {
        rendered.expositions++;
        return `# ${format} ${snapshot.sequence}${collect === undefined ? "" : ` ${collect}`}\n`;
      },
      table: (snapshot) => `tick ${snapshot.sequence}\n`,
      csv: (snapshot) => `tick\r\n${snapshot.sequence}\r\n`,
    }),
  };
}

export interface ListenOptions {
  readonly lastEventId?: string;
  readonly gzip?: true;
}

/** Opens a stream. */
export async function listen(
  host: Host,
  path: string,
  options: ListenOptions = {},
): Promise<SseReader> {
  const headers = new Headers();
  if (options.lastEventId !== undefined) headers.set("last-event-id", options.lastEventId);
  if (options.gzip) headers.set("accept-encoding", "gzip");
  const response = await host.app.request(path, { headers });
  assertEquals(response.status, 200);
  assertEquals(response.headers.get("content-type"), "text/event-stream; charset=utf-8");
  assertEquals(response.headers.get("content-encoding"), options.gzip ? "gzip" : null);
  return new SseReader(response, options.gzip);
}

/** A second passes, then the tick comes. */
export async function nextTick(host: Host, load: number): Promise<void> {
  await host.clock.advance(1000);
  host.tick(load);
  await settled();
}
