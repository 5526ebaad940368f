/**
 * A PMU as sysfs describes it, in `/sys/bus/event_source/devices/<name>/`
 * (Documentation/ABI/testing/sysfs-bus-event_source-devices-*): its number, its CPUs, how its events
 * are written and which of them have names.
 *
 * @module
 */
import { parseCpuList } from "./cpu_list.ts";
import { type EventTerm, type FormatField, parseEventTerms, parseFormat } from "./format.ts";

/** An event that the driver gives a name to. */
export interface NamedEvent {
  readonly terms: readonly EventTerm[];
  /** What a count is multiplied with to be in `unit`; 1 where the driver does not say. */
  readonly scale: number;
  /** `Joules`, `MiB`; absent: counts. */
  readonly unit: string | undefined;
  /** A gauge: its value is now's, and differences of it mean nothing. */
  readonly snapshot: boolean;
}

export interface PmuDevice {
  readonly name: string;
  /** `perf_event_attr.type`; differs from boot to boot. */
  readonly type: number;
  /** CPUs that the PMU counts on: a PMU of cores. Absent where there is no such file. */
  readonly cpus: readonly number[] | undefined;
  /** One CPU for each unit outside the cores, on which its events are to be opened. */
  readonly cpumask: readonly number[] | undefined;
  /** After how many ms events take turns where there are more than counters. */
  readonly muxIntervalMs: number | undefined;
  /** `caps/`, by name: `slots`, `max_precise`. */
  readonly caps: ReadonlyMap<string, string>;
  readonly formats: ReadonlyMap<string, FormatField>;
  readonly events: ReadonlyMap<string, NamedEvent>;
  /** Version of the hardware, where several share a name. */
  readonly identifier: string | undefined;
  /** Another name of the same PMU. */
  readonly alias: string | undefined;
  /** What could not be read, one line each: its file, what was found and what is needed. */
  readonly faults: readonly string[];
}

type Files = ReadonlyMap<string, string>;

/** Endings of files that belong to an event of the name before them. */
const EVENT_ATTRIBUTE = /\.(scale|unit|per-pkg|snapshot)$/;

/**
 * Reads a PMU from the texts of its files, named as below its folder: `type`, `format/event`,
 * `events/cycles`, `events/cycles.scale`. A file that is malformed costs itself only, and the event
 * that it belongs to, and is told in `faults`; without `type` there is nothing to be asked for: throws
 * a `RangeError`.
 */
export function parseDevice(name: string, files: Files): PmuDevice {
  const faults: string[] = [];
  const tolerate = <T>(file: string, parse: () => T): T | undefined => {
    try {
      return parse();
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      faults.push(`${file}: ${error.message}`);
      return undefined;
    }
  };
  const optional = <T>(file: string, parse: (text: string) => T): T | undefined => {
    const text = files.get(file);
    return text === undefined ? undefined : tolerate(file, () => parse(text));
  };
  const folder = <T>(prefix: string, parse: (text: string, file: string) => T): Map<string, T> => {
    const found = new Map<string, T>();
    for (const [file, text] of files) {
      if (!file.startsWith(prefix) || EVENT_ATTRIBUTE.test(file)) continue;
      const value = tolerate(file, () => parse(text, file));
      if (value !== undefined) found.set(file.slice(prefix.length), value);
    }
    return found;
  };
  return {
    name,
    type: wholeNumber(files.get("type") ?? "", `type of PMU ${JSON.stringify(name)}`),
    cpus: optional("cpus", parseCpuList),
    cpumask: optional("cpumask", parseCpuList),
    muxIntervalMs: optional("perf_event_mux_interval_ms", (text) => wholeNumber(text, "interval")),
    caps: folder("caps/", (text) => text.trim()),
    formats: folder("format/", parseFormat),
    events: folder("events/", (text, file) => namedEvent(text, file, files)),
    identifier: files.get("identifier")?.trim(),
    alias: files.get("alias")?.trim(),
    faults,
  };
}

function namedEvent(text: string, file: string, files: Files): NamedEvent {
  return {
    terms: parseEventTerms(text),
    scale: scaleOf(files.get(`${file}.scale`)),
    unit: files.get(`${file}.unit`)?.trim(),
    snapshot: flagOf(files.get(`${file}.snapshot`)),
  };
}

/** Without its scale, a count would be shown in a unit that it is not in. */
function scaleOf(text: string | undefined): number {
  if (text === undefined) return 1;
  const scale = Number(text.trim());
  if (text.trim() !== "" && Number.isFinite(scale) && scale > 0) return scale;
  throw malformed("scale", text, "a number above 0");
}

function flagOf(text: string | undefined): boolean {
  if (text === undefined) return false;
  if (/^[01]$/.test(text.trim())) return text.trim() === "1";
  throw malformed("flag", text, "0 or 1");
}

function wholeNumber(text: string, what: string): number {
  if (/^\d{1,9}$/.test(text.trim())) return Number(text);
  throw malformed(what, text, "a whole number");
}

function malformed(what: string, text: string, needs: string): RangeError {
  return new RangeError(
    `Cannot read ${what}: found ${JSON.stringify(text.trim().slice(0, 80))}, needs ${needs}`,
  );
}
