/** The hosts of the fleet as a table, in groups, with a trend below each figure. @module */
import type { Reading } from "../../collectors/trust.ts";
import { sparkPath } from "../chart/spark.ts";
import { TableValue } from "../cpus/value.tsx";
import { duration, plural, whole } from "../format.ts";
import type { Html } from "../html.ts";
import { type FleetChoice, fleetHref, HOST_KEY, SEEN_KEY } from "./choice.ts";
import {
  figureOf,
  type FleetHost,
  type FleetQuantity,
  type HostTrends,
  type Lack,
  QUANTITIES,
  SILENT_SECONDS,
  type Trend,
  TRENDS,
} from "./quantities.ts";
import { firstOrder, type FleetGroup, type FleetPlan, titleOf } from "./rows.ts";

export interface FleetTableProps {
  readonly choice: FleetChoice;
  readonly plan: FleetPlan;
  readonly trendOf: (host: FleetHost) => HostTrends | undefined;
}

const LACKS: Readonly<Record<"silent" | "unknown" | "implausible" | "partial", string>> = {
  silent: "silent",
  unknown: "not told",
  implausible: "implausible",
  partial: "parts missing",
};

export function FleetTable(props: FleetTableProps): Html {
  const { choice, plan } = props;
  const grouped = choice.group !== undefined && choice.group !== "";
  return (
    <table id="fleet-table" aria-labelledby="fleet-title">
      <thead>
        <tr>
          <Heading {...props} name="Host" sort={HOST_KEY} />
          {QUANTITIES.map(({ key, name }) => <Heading {...props} name={name} sort={key} />)}
          <Heading {...props} name="Last seen" sort={SEEN_KEY} />
          <th scope="col">Query</th>
        </tr>
      </thead>
      {!grouped && plan.hosts.length > 1
        ? (
          <tbody>
            <Together name="All of them" hosts={plan.hosts} />
          </tbody>
        )
        : null}
      {plan.groups.map((group) => (
        <tbody>
          {grouped ? <Together name={groupTitle(group, choice)} hosts={group.hosts} /> : null}
          {group.rows.map((host) => <Row host={host} trends={props.trendOf(host)} />)}
        </tbody>
      ))}
    </table>
  );
}

function groupTitle({ name }: FleetGroup, { group = "" }: FleetChoice): string {
  return name === "" ? `without ${group}` : name;
}

/** Several hosts as one. */
function Together({ name, hosts }: { name: string; hosts: readonly FleetHost[] }): Html {
  return (
    <tr class="together">
      <th scope="row">
        {name} <small>{plural(hosts.length, "host")}</small>
      </th>
      {QUANTITIES.map((quantity) => (
        <td>
          <Figure figure={figureOf(quantity, hosts)} unit={quantity.unit} />
        </td>
      ))}
      <td></td>
      <td></td>
    </tr>
  );
}

function Row({ host, trends }: { host: FleetHost; trends: HostTrends | undefined }): Html {
  const { instance, page, query, labels, silentSeconds } = host;
  const title = titleOf(host);
  const words = Object.entries(labels).map(([name, value]) => `${name}=${value}`).join(" ");
  const below = [title === instance ? "" : instance, words].filter((text) => text !== "").join(" ");
  return (
    <tr>
      <th scope="row" title={below === "" ? undefined : below}>
        {page === undefined ? title : <a href={page} rel="noreferrer">{title}</a>}
        {below === "" ? null : <small>{below}</small>}
      </th>
      {QUANTITIES.map((quantity) => {
        const figure = figureOf(quantity, [host]);
        // An event may be there and mean something else, and since when one cannot be true nobody tells. Of
        // a host that fell silent it is what was before.
        const known = !("absent" in figure ||
          "lack" in figure && (figure.lack === "implausible" || figure.lack === "partial"));
        return (
          <td>
            <Figure figure={figure} unit={quantity.unit} />
            <Waits host={host} quantity={quantity} />
            <Shape trend={known ? trendOf(quantity, trends) : undefined} />
          </td>
        );
      })}
      <td class={silentSeconds > SILENT_SECONDS ? "silent" : undefined}>
        {ago(silentSeconds)}
      </td>
      <td>
        {query === undefined
          ? null
          : <a href={query} rel="noreferrer" aria-label={`Query of ${title}`}>Query</a>}
      </td>
    </tr>
  );
}

/** `14 s ago`. */
function ago(seconds: number): string {
  return Number.isFinite(seconds) ? `${duration(seconds)} ago` : "not told";
}

function Figure({ figure, unit }: { figure: Reading | Lack; unit: string }): Html {
  if (!("lack" in figure)) return <TableValue reading={figure} unit={unit} />;
  return <span class="na">{LACKS[figure.lack as keyof typeof LACKS]}</span>;
}

/** What its tasks wait for, beside how much they do. */
function Waits({ host, quantity }: { host: FleetHost; quantity: FleetQuantity }): Html | null {
  const { waits, terms: { waited } } = host;
  if (quantity.by !== "waited" || waits === undefined || !waited) return null;
  return <small>{waits}</small>;
}

function trendOf(quantity: FleetQuantity, trends: HostTrends | undefined): Trend | undefined {
  const place = TRENDS.indexOf(quantity);
  return place < 0 ? undefined : trends?.[place];
}

/** As wide as the span that was asked for, with voids where nothing was measured. */
function Shape({ trend }: { trend: Trend | undefined }): Html | null {
  if (trend === undefined) return null;
  const seconds = trend.map((_, index) => index);
  const series = { seconds, values: [[...trend]], shares: [null], sequence: 0 };
  const path = sparkPath(series, 0, trend.length - 1);
  if (path === "") return null;
  return (
    <svg class="spark" viewBox="0 0 60 20" preserveAspectRatio="none" aria-hidden="true">
      <path d={path} />
    </svg>
  );
}

interface HeadingProps extends FleetTableProps {
  readonly name: string;
  readonly sort: string;
}

function Heading({ choice, plan, name, sort }: HeadingProps): Html {
  const sorts = plan.sort === sort;
  const order = sorts ? (plan.order === "asc" ? "desc" : "asc") : firstOrder(sort);
  return (
    <th
      scope="col"
      aria-sort={sorts ? (plan.order === "asc" ? "ascending" : "descending") : undefined}
    >
      <a href={fleetHref(choice, { sort, order })}>{name}</a>
    </th>
  );
}

/** How many rows there are, and the way to the others. */
export function FleetCount({ choice, plan }: Pick<FleetTableProps, "choice" | "plan">): Html {
  const { rows, hosts } = plan;
  const part = rows.length < hosts.length;
  return (
    <p class="m" id="fleet-count">
      {part
        ? `The first ${whole(rows.length)} of ${plural(hosts.length, "host")} in this order. `
        : `${plural(hosts.length, "host")}. `}
      {part
        ? <a href={fleetHref(choice, { rows: "all" })}>{`Show all ${whole(hosts.length)}`}</a>
        : choice.rows === "all"
        ? (
          <>
            {"Only the first have trends. "}
            <a href={fleetHref(choice, { rows: undefined })}>Show the first only</a>
          </>
        )
        : null}
    </p>
  );
}
