/** What of the CPUs is looked at, as it stands in the address of the page. @module */
import { CPU_PAGE, type InstanceQuantity } from "../../collectors/mod.ts";
import type { Span } from "../chart/span.ts";
import { link } from "../link.ts";

export interface CpusChoice {
  /** Key of the quantity that colours; absent: the first that the machine has. */
  readonly by?: string | undefined;
  /** Key of a column; absent: the CPU's number. */
  readonly sort?: string | undefined;
  readonly order?: "asc" | "desc" | undefined;
  /** Absent: of many rows the first ones. */
  readonly rows?: "all" | undefined;
  /** One CPU, and not all of them. */
  readonly cpu?: string | undefined;
  /** How far back the charts of one CPU show; absent: as far as they usually do. */
  readonly span?: Span | undefined;
}

export const CPUS_PATH = "/cpus";

/** Columns that say where a CPU is. */
export const PLACE_KEYS = ["cpu", "socket", "core", "type"] as const;
export type PlaceKey = (typeof PLACE_KEYS)[number];

const QUANTITIES: readonly InstanceQuantity[] = CPU_PAGE.sections
  .flatMap(({ quantities }) => quantities);

/** The columns of the table with a value for each CPU. */
export const COLUMNS: readonly InstanceQuantity[] = QUANTITIES.filter(({ apart }) => !apart);

/** Those that CPUs can be coloured by, the preferred first. */
export const HEATS: readonly InstanceQuantity[] = CPU_PAGE.heat
  .map((key) => QUANTITIES.find((quantity) => quantity.key === key)!);

/** What `sort` may be. */
export const SORT_KEYS: readonly string[] = [...PLACE_KEYS, ...COLUMNS.map(({ key }) => key)];

/** What `by` may be. */
export const HEAT_KEYS: readonly string[] = CPU_PAGE.heat;

/** The same for choices that are the same: `by=ipc&sort=busy`, empty for the page as it is at first. */
export function cpusQuery(choice: CpusChoice): string {
  const { by, sort, order, rows, cpu, span } = choice;
  const fields = Object.entries({ by, sort, order, rows, cpu, span });
  return fields.filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${name}=${value}`).join("&");
}

/** The page with one thing chosen otherwise. */
export function cpusHref(choice: CpusChoice, changes: CpusChoice, anchor = ""): string {
  const query = cpusQuery({ ...choice, ...changes });
  return link(CPUS_PATH) + (query === "" ? "" : `?${query}`) + anchor;
}
