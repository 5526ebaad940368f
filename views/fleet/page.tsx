/** The page of the fleet: many hosts, as an engine of PromQL knows them. @module */
import { type Assets, document } from "../document.tsx";
import { CORES, FLEET_PATH, type FleetChoice, fleetHref } from "./choice.ts";
import type { Fleet, FleetHost, FleetQuantity, HostTrends } from "./quantities.ts";
import { SILENT_SECONDS } from "./quantities.ts";
import type { FleetPlan } from "./rows.ts";
import { FleetCount, FleetTable } from "./table.tsx";
import { instant, plural, timestamp, whole } from "../format.ts";
import type { Html } from "../html.ts";
import { link } from "../link.ts";
import { Symbols } from "../ring.tsx";
import { Arcs } from "../cpus/value.tsx";

export interface FleetPageProps {
  readonly choice: FleetChoice;
  /** Null where the engine never answered. */
  readonly fleet: Fleet | null;
  /** Of that fleet. */
  readonly plan: FleetPlan | null;
  readonly trendOf: (host: FleetHost) => HostTrends | undefined;
  /** Sentences: what the engine did not answer. */
  readonly failures: readonly string[];
  /** What is shown is of before. */
  readonly stale: boolean;
  /** Its address. */
  readonly engine: string;
  /** What it is asked for each quantity. */
  readonly queries: readonly FleetQueryLink[];
}

export interface FleetQueryLink {
  readonly quantity: FleetQuantity;
  readonly expression: string;
  readonly url: string;
}

/** Scrapes are seldom closer. */
const EVERY = "every 15s";

export function fleetPage(props: FleetPageProps, assets: Assets): string {
  const { plan } = props;
  return document({
    title: "Fleet",
    current: FLEET_PATH,
    assets,
    polls: true,
    children: (
      <>
        <Symbols />
        <Arcs />
        <div class="host">
          <h1>Fleet</h1>
          <span class="m">
            {"as "}
            <a href={props.engine} rel="noreferrer">{props.engine}</a>
            {" knows it"}
          </span>
        </div>
        <div class="fleet">
          {plan === null ? null : <Choices choice={props.choice} plan={plan} />}
          <Answer {...props} />
          <Queries queries={props.queries} />
        </div>
      </>
    ),
  });
}

/** All that comes anew. */
function Answer(props: FleetPageProps): Html {
  const { choice, fleet, plan, failures } = props;
  return (
    <section
      id="fleet"
      aria-label="Hosts"
      hx-get={fleetHref(choice, {})}
      hx-trigger={EVERY}
      hx-select="#fleet"
      hx-swap="outerMorph"
    >
      {failures.map((failure) => <p class="none" role="status">{`${failure}.`}</p>)}
      {fleet === null || plan === null ? null : (
        <>
          <Standing {...props} fleet={fleet} plan={plan} />
          {plan.hosts.length === 0
            ? <Nobody fleet={fleet} choice={choice} />
            : (
              <section class="card" aria-labelledby="fleet-title">
                <header>
                  <h2 id="fleet-title">Figures of each host</h2>
                </header>
                <section class="scroll" tabindex={0} aria-label="Table that scrolls sideways">
                  <FleetTable choice={choice} plan={plan} trendOf={props.trendOf} />
                </section>
                <FleetCount choice={choice} plan={plan} />
              </section>
            )}
        </>
      )}
    </section>
  );
}

function Standing(
  { fleet, plan, stale }: FleetPageProps & { fleet: Fleet; plan: FleetPlan },
): Html {
  const silent = plan.hosts.filter(({ silentSeconds }) => silentSeconds > SILENT_SECONDS).length;
  const some = plan.hosts.length < fleet.hosts.length;
  return (
    <p class="m" id="fleet-standing">
      {some
        ? `${whole(plan.hosts.length)} of ${plural(fleet.hosts.length, "host")}`
        : plural(fleet.hosts.length, "host")}
      {silent === 0 ? null : <span class="silent">{`, ${whole(silent)} silent`}</span>}
      {fleet.left === 0 ? null : `, ${whole(fleet.left)} more are left out`}
      {Number.isFinite(fleet.atMs)
        ? (
          <>
            {stale ? "; as it was at " : "; at "}
            <time datetime={timestamp(fleet.atMs)}>
              {instant(fleet.atMs).join(" ")}
            </time>
          </>
        )
        : null}
    </p>
  );
}

function Nobody({ fleet, choice }: { fleet: Fleet; choice: FleetChoice }): Html {
  return (
    <p class="none">
      {fleet.hosts.length === 0
        ? "The engine knows no host with ringside_build_info: it scrapes /metrics of none, or it began " +
          "less than a scrape ago."
        : (
          <>
            {"No host fits this filter. "}
            <a href={fleetHref(choice, { filter: undefined })}>Show all</a>
          </>
        )}
    </p>
  );
}

function Choices({ choice, plan }: { choice: FleetChoice; plan: FleetPlan }): Html {
  const { sort, order, rows, filter = "", group = "" } = choice;
  const kept = Object.entries({ sort, order, rows });
  const known = ["", CORES, ...plan.labels];
  // A label that no host has any more is still what is chosen.
  const names = known.includes(group) ? known : [...known, group];
  return (
    <form class="choose" method="get" action={link(FLEET_PATH)} role="search">
      <label>
        <span>Filter</span>
        <input
          type="search"
          name="filter"
          value={filter}
          maxlength={200}
          placeholder="env=prod rack=r1* web"
          aria-describedby="fleet-filter"
        />
      </label>
      <label>
        <span>Group by</span>
        <select name="group">
          {names.map((name) => (
            <option value={name} selected={name === group}>{name === "" ? "nothing" : name}</option>
          ))}
        </select>
      </label>
      {kept.map(([name, value]) =>
        value === undefined ? null : <input type="hidden" name={name} value={value} />
      )}
      <button class="btn" type="submit">Show</button>
      {filter === "" && group === ""
        ? null
        : <a href={fleetHref(choice, { filter: undefined, group: undefined })}>Clear</a>}
      <small id="fleet-filter">
        All words must fit: <code>label=value</code>, <code>label!=value</code> with <code>*</code>
        {" "}
        for any part, or a part of a name.
      </small>
    </form>
  );
}

function Queries({ queries }: { queries: readonly FleetQueryLink[] }): Html {
  return (
    <details class="more">
      <summary>What the engine is asked</summary>
      <p class="m">
        A figure of several hosts is a quotient of their sums. Each link shows the expression in the
        engine's own page, where it has one.
      </p>
      <dl>
        {queries.map(({ quantity, expression, url }) => (
          <div>
            <dt>
              <a href={url} rel="noreferrer">{quantity.name}</a>
            </dt>
            <dd>
              <code>{expression}</code>
            </dd>
          </div>
        ))}
      </dl>
    </details>
  );
}
