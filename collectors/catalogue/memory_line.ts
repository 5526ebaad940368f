/** Lines of a key and a number, as memory's two files have them. */
import type { Measured, Unit } from "../catalogue.ts";

/** A line of `/proc/meminfo` or `/proc/vmstat` with the metric that it fills. */
export interface MemoryLine {
  readonly key: string;
  readonly metric: string;
  readonly name: string;
  readonly help: string;
  readonly unit: Unit;
  /** What one of the file's units is worth in the metric's. */
  readonly scale: number;
  /** The kernel that has the line. */
  readonly needs: string;
  readonly exposition: Measured["exposition"];
  readonly otlp?: Measured["otlp"];
}

export const ANY_KERNEL = "a kernel that prints it";

/** The entry of a line, for the collector that reads both files. */
export function metricOf(line: MemoryLine, kind: "gauge" | "counter", file: string): Measured {
  const { metric, name, help, unit, exposition, otlp } = line;
  return {
    id: metric,
    name,
    help,
    unit,
    kind,
    scope: "host",
    collector: "memory",
    source: `${file}, ${line.key}`,
    exposition,
    otlp,
  };
}
