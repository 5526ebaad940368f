/** Which hosts the page of the fleet shows, in which order and in which groups. @module */
import { isMeasured } from "../../collectors/trust.ts";
import { type FleetChoice, groupOf, HOST_KEY, isChosen, SEEN_KEY } from "./choice.ts";
import {
  figureOf,
  type Fleet,
  type FleetHost,
  type FleetQuantity,
  QUANTITIES,
} from "./quantities.ts";

/** Up to so many all are shown; of more, so many at first. */
const ALL_MOST = 120;
const PART = 100;

export interface FleetGroup {
  /** Empty: hosts without that label. */
  readonly name: string;
  /** All of them, whether their rows are shown or not. */
  readonly hosts: readonly FleetHost[];
  readonly rows: readonly FleetHost[];
}

export interface FleetPlan {
  /** That the filter leaves. */
  readonly hosts: readonly FleetHost[];
  /** Shown, in the order of the page. */
  readonly rows: readonly FleetHost[];
  /** One without a name where nothing is grouped. */
  readonly groups: readonly FleetGroup[];
  readonly sort: string;
  readonly order: "asc" | "desc";
  /** Names of labels that hosts have, in order. */
  readonly labels: readonly string[];
}

const COLLATOR = new Intl.Collator("en", { numeric: true });

export function fleetPlan(fleet: Fleet, choice: FleetChoice): FleetPlan {
  const { filter, group = "", sort = HOST_KEY, rows: all } = choice;
  const hosts = fleet.hosts.filter((host) => isChosen(host, filter));
  const order = choice.order ?? firstOrder(sort);
  const sorted = inOrder(hosts, sort, order);
  const parts = new Map<string, FleetHost[]>();
  for (const host of sorted) {
    const name = group === "" ? "" : groupOf(host, group);
    const part = parts.get(name);
    if (part === undefined) parts.set(name, [host]);
    else part.push(host);
  }
  // Those without the label come last.
  const names = [...parts.keys()].toSorted((a, b) =>
    Number(a === "") - Number(b === "") || COLLATOR.compare(a, b)
  );
  let room = all === "all" || hosts.length <= ALL_MOST ? Infinity : PART;
  const groups = names.map((name): FleetGroup => {
    const members = parts.get(name)!;
    const rows = members.slice(0, room);
    room -= rows.length;
    return { name, hosts: members, rows };
  });
  return {
    hosts,
    rows: groups.flatMap(({ rows }) => rows),
    groups,
    sort,
    order,
    labels: labelsOf(fleet.hosts),
  };
}

/** One looks for the largest values, for the first names, and for those that fell silent. */
export function firstOrder(sort: string): "asc" | "desc" {
  return sort === HOST_KEY ? "asc" : "desc";
}

export function titleOf({ name, instance }: FleetHost): string {
  return name ?? instance;
}

/** What has no value comes last, in either order. */
function inOrder(
  hosts: readonly FleetHost[],
  sort: string,
  order: "asc" | "desc",
): readonly FleetHost[] {
  const sign = order === "asc" ? 1 : -1;
  const byName = (a: FleetHost, b: FleetHost): number =>
    COLLATOR.compare(titleOf(a), titleOf(b)) || COLLATOR.compare(a.instance, b.instance);
  if (sort === HOST_KEY) return hosts.toSorted((a, b) => sign * byName(a, b));
  const quantity = QUANTITIES.find(({ key }) => key === sort);
  const keys = new Map(hosts.map((host) => [host, keyOf(host, sort, quantity)]));
  return hosts.toSorted((a, b) => {
    const [left, right] = [keys.get(a), keys.get(b)];
    if (left === undefined || right === undefined) {
      return Number(left === undefined) - Number(right === undefined) || byName(a, b);
    }
    return sign * (left - right) || byName(a, b);
  });
}

function keyOf(
  host: FleetHost,
  sort: string,
  quantity: FleetQuantity | undefined,
): number | undefined {
  if (sort === SEEN_KEY) return host.silentSeconds;
  if (quantity === undefined) return undefined;
  const figure = figureOf(quantity, [host]);
  return !("lack" in figure) && isMeasured(figure) ? figure.value : undefined;
}

function labelsOf(hosts: readonly FleetHost[]): readonly string[] {
  const names = new Set<string>(["job"]);
  for (const { labels } of hosts) for (const name in labels) names.add(name);
  return [...names].toSorted(COLLATOR.compare);
}
