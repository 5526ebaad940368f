/** Figures that are read and not counted: the file, the field, and what stood there. @module */
import { shownUnit } from "../../collectors/catalogue.ts";
import type { Snapshot } from "../../collectors/readings/snapshot.ts";
import { isMeasured } from "../../collectors/trust.ts";
import { instant, spellOut, spellTotal } from "../format.ts";
import type { Html } from "../html.ts";
import { nameAt } from "./names.ts";
import type { FileTerm } from "./told.ts";

const COLUMNS = ["Read", "Per second"] as const;

/** `source` of the catalogue begins with the file, and goes on with the field. */
function splitSource(source: string): readonly [file: string, field: string] {
  const at = source.indexOf(", ");
  return at < 0 ? [source, ""] : [source.slice(0, at), source.slice(at + 2)];
}

export function Files(props: { terms: readonly FileTerm[]; snapshot: Snapshot }): Html | null {
  const { terms, snapshot } = props;
  if (terms.length === 0) return null;
  const files = Map.groupBy(
    terms,
    ({ entry }) => `${entry.collector} ${splitSource(entry.source)[0]}`,
  );
  const totals = terms.some(({ entry }) => entry.kind === "counter");
  return (
    <>
      <table class="files">
        <thead>
          <tr>
            <th scope="col">File and field</th>
            {COLUMNS.map((name) => <th scope="col">{name}</th>)}
          </tr>
        </thead>
        {[...files.values()].map((some) => <File terms={some} snapshot={snapshot} />)}
      </table>
      {totals
        ? (
          <p>
            Where a rate is shown, what was read is a total, and the rate is its rise in a second.
          </p>
        )
        : null}
      {terms.some(({ instance }) => instance !== undefined)
        ? <p>Where there are several, one of them is told of.</p>
        : null}
    </>
  );
}

function File({ terms, snapshot }: { terms: readonly FileTerm[]; snapshot: Snapshot }): Html {
  const { source, collector } = terms[0]!.entry;
  const readMs = snapshot.readWallMs(collector);
  const seconds = snapshot.elapsedSeconds(collector);
  const when = Number.isNaN(readMs) ? "" : `, read at ${instant(readMs)[1]}`;
  const rates = terms.some(({ entry }) => entry.kind === "counter") && !Number.isNaN(seconds);
  const apart = rates ? `, and ${spellOut(seconds, "s")} before` : "";
  return (
    <tbody>
      <tr>
        <td class="of" colspan={COLUMNS.length + 1}>
          <code>{splitSource(source)[0]}</code>
          {when + apart}
        </td>
      </tr>
      {terms.map((term) => <Term term={term} snapshot={snapshot} />)}
    </tbody>
  );
}

function Term({ term, snapshot }: { term: FileTerm; snapshot: Snapshot }): Html {
  const { entry, instance, reading } = term;
  const [, field] = splitSource(entry.source);
  const counts = entry.kind === "counter";
  const value = isMeasured(reading) ? spellOut(reading.value, shownUnit(entry)) : "";
  return (
    <tr>
      <th scope="row">
        {nameAt(entry.name, entry.scope, instance)}
        {field === "" ? null : <small>{` ${field}`}</small>}
      </th>
      <td data-name={COLUMNS[0]}>
        {counts ? spellTotal(totalOf(snapshot, term), entry.unit) : value}
      </td>
      <td data-name={COLUMNS[1]}>{counts ? value : ""}</td>
    </tr>
  );
}

/** Of one instance, or of all that have one: of a term that is measured somebody has. */
function totalOf(snapshot: Snapshot, { entry, instance }: FileTerm): number {
  if (entry.scope === "host") return snapshot.total(entry, 0);
  return snapshot.instances(entry.scope)
    .filter(({ name }) => instance === undefined || name === instance)
    .map(({ slot }) => snapshot.total(entry, slot))
    .filter((total) => !Number.isNaN(total))
    .reduce((a, b) => a + b, 0);
}
