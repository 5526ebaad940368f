/** The doctor's page: what is counted, and as a plan what would unlock the rest. @module */
import type { Diagnosis, DiagnosisRow, RowState } from "../../collectors/doctor/diagnosis.ts";
import type { CellState } from "../../collectors/doctor/layers.ts";
import type { Plan } from "../../collectors/doctor/unlock_plan.ts";
import type { Snapshot } from "../../collectors/readings/snapshot.ts";
import { type Assets, document } from "../document.tsx";
import type { Html } from "../html.ts";
import { link } from "../link.ts";
import { Cause } from "../problems.tsx";
import { BarredCard, StepsCard } from "./steps.tsx";
import { caveats, summary } from "./words.ts";

const PATH = "/doctor";
const GUIDE = "metrics-guide";

const STATES: Readonly<Record<RowState, string>> = {
  measured: "yes",
  partial: "in part",
  waiting: "soon",
  missing: "no",
};

const CELLS: Readonly<Record<CellState, string>> = {
  ok: "ok",
  blocked: "in the way",
  unknown: "not known",
  not_needed: "not needed",
};

export interface DoctorPageProps {
  readonly snapshot: Snapshot;
  readonly diagnosis: Diagnosis;
  readonly assets: Assets;
}

export function doctorPage({ snapshot, diagnosis, assets }: DoctorPageProps): string {
  const { hostname, kernelRelease } = snapshot.profile;
  const doubts = caveats(diagnosis);
  const { steps, barred } = diagnosis.plan;
  return document({
    assets,
    title: `Doctor, ${hostname}`,
    current: PATH,
    children: (
      <>
        <div class="host">
          <h1>{hostname}</h1>
          <span class="m">{`Linux ${kernelRelease}`}</span>
          <a class="again" href={link(PATH)}>Look again</a>
        </div>
        <div class="doctor">
          <div class="verdict">
            <p>{summary(diagnosis)}</p>
            {doubts === "" ? null : <p class="m">{doubts}</p>}
          </div>
          {steps.length + barred.length === 0 ? null : (
            <div class="act">
              <StepsCard
                id="plan"
                title="What to do here"
                steps={steps.filter(({ outside }) => !outside)}
                all={steps}
              />
              <StepsCard
                id="ask"
                title="What whoever runs the host can do"
                steps={steps.filter(({ outside }) => outside)}
                all={steps}
              />
              <BarredCard barred={barred} />
            </div>
          )}
          <div class="look">
            <Matrix diagnosis={diagnosis} />
            <Rest snapshot={snapshot} diagnosis={diagnosis} />
            <Facts diagnosis={diagnosis} />
          </div>
        </div>
      </>
    ),
  });
}

/** Where it is narrow, a row becomes a name with its labelled layers below it. */
function Matrix({ diagnosis }: { diagnosis: Diagnosis }): Html {
  const { layers, rows, plan } = diagnosis;
  return (
    <section class="card" aria-labelledby="title-matrix">
      <header>
        <h2 id="title-matrix">What is counted, and what is in the way</h2>
      </header>
      <div class="table">
        <table class="columns-7">
          <thead>
            <tr>
              <th scope="col">Quantity</th>
              <th scope="col">Counted</th>
              {layers.map((layer) => <th scope="col">{capital(layer)}</th>)}
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <tr class={row.state === "measured" ? "fine" : undefined}>
                <th scope="row">
                  <a href={`${GUIDE}#${row.about}`}>{row.name}</a>
                </th>
                <td data-name="Counted">
                  <span>
                    {STATES[row.state]}
                    <Ways row={row} plan={plan} />
                  </span>
                </td>
                {layers.map((layer) => (
                  <td data-name={capital(layer)} class={row.cells[layer]}>
                    {CELLS[row.cells[layer]]}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}

/** Where the page says more of what is in the way of a row: a step, or why there is none. */
function Ways({ row, plan }: { row: DiagnosisRow; plan: Plan }): Html {
  return (
    <>
      {plan.steps.map(({ id, unlocks, opens }, index) =>
        [...unlocks, ...opens].some((gain) => gain.id === row.id)
          ? (
            <>
              {", "}
              <a href={`#${id}`}>{`step\u00a0${index + 1}`}</a>
            </>
          )
          : null
      )}
      {plan.barred.map(({ causes }, index) =>
        causes.some((id) => row.causes.includes(id))
          ? (
            <>
              {", "}
              <a href={`#barred-${index + 1}`} aria-label={`why not: ${row.name}`}>why</a>
            </>
          )
          : null
      )}
    </>
  );
}

/** What else could not be read: what the overview counts as causes, and no row of counters tells. */
function Rest(props: { snapshot: Snapshot; diagnosis: Diagnosis }): Html | null {
  const told = new Set(props.diagnosis.causes.flatMap(({ id, message }) => [id, message]));
  const rest = props.snapshot.problems.filter(({ quiet, collector, key, message }) =>
    !quiet && !told.has(`${collector} ${key}`) && !told.has(message)
  );
  if (rest.length === 0) return null;
  return (
    <section class="card" aria-labelledby="title-rest">
      <header>
        <h2 id="title-rest">What else could not be read</h2>
      </header>
      <ul class="rest">
        {rest.map((problem) => (
          <li>
            <Cause problem={problem} />
          </li>
        ))}
      </ul>
    </section>
  );
}

function Facts({ diagnosis }: { diagnosis: Diagnosis }): Html {
  return (
    <section class="card" aria-labelledby="title-facts">
      <header>
        <h2 id="title-facts">What was looked at when the service started</h2>
      </header>
      <dl class="facts">
        {diagnosis.facts.map(({ name, value }) => (
          <div>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
