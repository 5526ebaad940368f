/**
 * How the figures of a row or a card came about at one tick: formulas with their numbers, events with
 * what they counted, files with what stood in them, coverage, what is missing, and the command that
 * counts the same.
 *
 * @module
 */
import { countsOf, proofOf } from "../../collectors/mod.ts";
import type { Series } from "../../collectors/readings/series.ts";
import type { Snapshot } from "../../collectors/readings/snapshot.ts";
import { type Assets, document } from "../document.tsx";
import { instant } from "../format.ts";
import type { Html } from "../html.ts";
import { Command } from "../problems.tsx";
import { Symbols } from "../ring.tsx";
import { Coverage, MakeExact } from "./coverage.tsx";
import { Events } from "./events.tsx";
import { Files } from "./files.tsx";
import { Formulas } from "./formulas.tsx";
import { Lacks } from "./lacks.tsx";
import type { ProofSubject } from "./subject.ts";
import { countedOf, fileTermsOf, leastCounted, toldOf } from "./told.ts";

export interface SheetProps {
  readonly subject: ProofSubject;
  readonly snapshot: Snapshot;
  /** The lines of `coverageKeys(snapshot, subject)`, in that order. */
  readonly series: Series;
  readonly spanSeconds: number;
}

export function Sheet(props: SheetProps): Html {
  const { subject, snapshot, series, spanSeconds } = props;
  const told = toldOf(snapshot, subject);
  const counted = countedOf(snapshot, told);
  const proof = proofOf(snapshot, counted.map(({ entry }) => entry.id));
  const least = leastCounted(counted);
  const [, time] = instant(snapshot.wallMs);
  const coverage = least === null ? null : { proof, counted, least, series, spanSeconds, snapshot };
  return (
    <div class="told">
      <div class={coverage === null ? "wide" : undefined}>
        <h3>
          {`${subject.title}: how it was measured`} <small>{`at ${time}`}</small>
        </h3>
        <Formulas told={told} />
        <Events counts={countsOf(snapshot, proof.sources)} snapshot={snapshot} />
        <Files terms={fileTermsOf(snapshot, told)} snapshot={snapshot} />
      </div>
      {coverage === null ? null : <Coverage {...coverage} />}
      <Lacks subject={subject} snapshot={snapshot} />
      {proof.command === null ? null : (
        <div class="wide">
          <h3>The same with perf</h3>
          <Command text={proof.command} />
        </div>
      )}
      {coverage === null ? null : <MakeExact {...coverage} />}
    </div>
  );
}

/** The sheet with the style that only sheets need: a page asks for it when the first one opens. */
export function SheetPart(props: SheetProps & { style: string }): Html {
  const { style, ...sheet } = props;
  return (
    <>
      <link rel="stylesheet" href={style} />
      <Sheet {...sheet} />
      <a href={sheet.subject.url}>As a page</a>
    </>
  );
}

/** The same as a document, for where no script asks. */
export function sheetPage(props: SheetProps & { assets: Assets }): string {
  const { assets, ...sheet } = props;
  const { profile: { hostname } } = sheet.snapshot;
  return document({
    title: `${sheet.subject.title}, ${hostname}`,
    assets,
    children: (
      <>
        <Symbols />
        <div class="host">
          <h1>{hostname}</h1>
          <a href="./">To the overview</a>
        </div>
        <h2 class="sr">How it was measured</h2>
        <div class="grid">
          <div class="broad">
            <div class="sheet">
              <Sheet {...sheet} />
            </div>
          </div>
        </div>
      </>
    ),
  });
}
