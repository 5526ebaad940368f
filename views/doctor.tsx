/** The doctor's page: what is counted, what is in the way of the rest, and what would unlock it. @module */
import type { Diagnosis, DiagnosisRow, RowState } from "../collectors/diagnosis.ts";
import type { Cause, CellState } from "../collectors/doctor_layers.ts";
import type { Snapshot } from "../collectors/snapshot.ts";
import { type Assets, document } from "./document.tsx";
import { costsOf, verdict } from "./doctor_text.ts";
import type { Html } from "./html.ts";
import { Remedy } from "./problems.tsx";

const PATH = "/doctor";

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
  return document({
    assets,
    title: `Doctor, ${hostname}`,
    current: PATH,
    children: (
      <>
        <div class="host">
          <h1>{hostname}</h1>
          <span class="m">{`Linux ${kernelRelease}`}</span>
          <span>{verdict(diagnosis)}</span>
        </div>
        <div class="grid doctor">
          <div class="full">
            <Matrix diagnosis={diagnosis} />
            <Causes diagnosis={diagnosis} />
            <Facts diagnosis={diagnosis} />
          </div>
        </div>
      </>
    ),
  });
}

/** Where it is narrow, a row becomes a name with its labelled layers below it. */
function Matrix({ diagnosis }: { diagnosis: Diagnosis }): Html {
  const { layers, rows, causes } = diagnosis;
  return (
    <section class="card" aria-labelledby="title-matrix">
      <header>
        <h2 id="title-matrix">What is counted</h2>
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
                <th scope="row">{row.name}</th>
                <td data-name="Counted">
                  <span>
                    {STATES[row.state]}
                    <Numbers row={row} causes={causes} />
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

/** Which of the causes below stand in the way of a row. */
function Numbers(props: { row: DiagnosisRow; causes: readonly Cause[] }): Html {
  const { row, causes } = props;
  return (
    <>
      {row.causes.map((id) => {
        const number = causes.findIndex((cause) => cause.id === id) + 1;
        return (
          <>
            {" "}
            <a href={`#cause-${number}`} aria-label={`cause ${number}`}>{`[${number}]`}</a>
          </>
        );
      })}
    </>
  );
}

function Causes({ diagnosis }: { diagnosis: Diagnosis }): Html | null {
  const { causes, rows } = diagnosis;
  if (causes.length === 0) return null;
  return (
    <section class="card first" aria-labelledby="title-causes">
      <header>
        <h2 id="title-causes">What is in the way</h2>
      </header>
      <ol class="findings">
        {causes.map((cause, index) => (
          <li id={`cause-${index + 1}`}>
            <p>{`${cause.message}.`}</p>
            <p class="m">{`Costs: ${costsOf(cause, rows)}.`}</p>
            {cause.remedy === undefined
              ? <p class="m">Nothing unlocks it on this machine.</p>
              : <Remedy text={cause.remedy} />}
          </li>
        ))}
      </ol>
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
