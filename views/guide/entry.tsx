/** One metric of the guide: what it is, what is normal, what it is made of and counted by. @module */
import { type Metric, metric as metricOf } from "../../collectors/catalogue.ts";
import { GUIDE, type GuideText } from "../../collectors/catalogue/guide.ts";
import {
  choicesOf,
  type EventChoice,
  isTraffic,
} from "../../collectors/catalogue/guide_sources.ts";
import type { Html } from "../html.ts";
import { Glyph } from "../ring.tsx";
import type { MetricStanding } from "./standing.ts";
import { exposedText, formulaText, scopeText, termsOf, unitText } from "./words.ts";

export interface EntryProps {
  readonly id: string;
  readonly section: string;
  readonly standing: MetricStanding;
}

/** The text of a metric that has one of its own. */
export function textOf(id: string): GuideText | undefined {
  const text = GUIDE[id];
  return text === undefined || "as" in text ? undefined : text;
}

/** With all that is known. */
export function GuideArticle({ id, section, standing }: EntryProps): Html {
  const entry = metricOf(id);
  const text = textOf(id)!;
  return (
    <article id={id} class={standing.here ? undefined : "away"}>
      <h3>
        <Name entry={entry} section={section} standing={standing} />
      </h3>
      <p>{entry.help}</p>
      <dl class="told">
        <Told name="Normal">{text.normal}</Told>
        {text.misread === undefined ? null : <Told name="Beware">{text.misread}</Told>}
        {text.beside === undefined ? null : (
          <Told name="See also">
            <Links entries={text.beside.map(metricOf)} />
          </Told>
        )}
        <Facts entry={entry} standing={standing} />
      </dl>
    </article>
  );
}

/** A metric that needs no more words than its help. */
export function GuideItem({ id, section, standing }: EntryProps): Html {
  const entry = metricOf(id);
  const text = GUIDE[id];
  return (
    <article id={id} class={standing.here ? "small" : "small away"}>
      <h4>
        <Name entry={entry} section={section} standing={standing} />
      </h4>
      <p>{entry.help}</p>
      <dl class="told">
        {text !== undefined && "as" in text
          ? (
            <Told name="Normal">
              {"As with "}
              <Links entries={[metricOf(text.as)]} />
            </Told>
          )
          : null}
        <Facts entry={entry} standing={standing} />
      </dl>
    </article>
  );
}

function Name(
  props: { entry: Metric; section: string; standing: MetricStanding },
): Html {
  const { entry, section, standing } = props;
  return (
    <>
      <a href={`#${entry.id}`}>{entry.name}</a>
      {standing.here ? null : (
        <small class="away">
          <Glyph grade="absent" />
          {standing.why === undefined
            ? "not here"
            : <a href={`#why-${section}-${standing.why}`}>not here</a>}
        </small>
      )}
    </>
  );
}

/** What the catalogue knows. */
function Facts({ entry, standing }: { entry: Metric; standing: MetricStanding }): Html {
  const exposed = exposedText(entry);
  const choices = choicesOf(entry.id);
  return (
    <>
      <Told name="Unit">{`${unitText(entry)}, of ${scopeText(entry)}`}</Told>
      {entry.kind === "derived"
        ? (
          <>
            <Told name="Formula">
              <code>{formulaText(entry.formula)}</code>
            </Told>
            <Told name="Made of">
              <Links entries={termsOf(entry)} />
            </Told>
          </>
        )
        : choices.length > 0 || isTraffic(entry.id)
        ? null
        : <Told name="From">{entry.source}</Told>}
      {isTraffic(entry.id)
        ? (
          <Told name="Counted by">
            <a href="#memory-sources">one of these</a>
          </Told>
        )
        : choices.length === 0
        ? null
        : (
          <Told name="Counted by">
            <Choices choices={choices} />
          </Told>
        )}
      {standing.counted.length === 0 ? null : (
        <Told name="On this host">
          {standing.counted.map((line) => <code class="line">{line}</code>)}
        </Told>
      )}
      <Told name="In JSON">
        <code>{entry.id}</code>
      </Told>
      {exposed === undefined ? null : (
        <Told name="In /metrics">
          <code>{exposed}</code>
        </Told>
      )}
    </>
  );
}

function Told(props: { name: string; children: Html | string | (Html | string | null)[] }): Html {
  return (
    <div>
      <dt>{props.name}</dt>
      <dd>{props.children}</dd>
    </div>
  );
}

function Links({ entries }: { entries: readonly Metric[] }): Html {
  return (
    <>
      {entries.map(({ id, name }, index) => (
        <>
          {index === 0 ? "" : ", "}
          <a href={`#${id}`}>{name}</a>
        </>
      ))}
    </>
  );
}

/** Makers, then cores where those of one maker differ, then events. */
function Choices({ choices }: { choices: readonly EventChoice[] }): Html {
  return (
    <ul>
      {choices.map(({ makers, cores, events, note, why, provenance }) => (
        <li>
          {makers.length === 0 ? null : <b>{makers.join(", ")}</b>}
          {cores.length === 0 ? "" : ` ${cores.join(", ")}`}
          {makers.length === 0 ? "" : ": "}
          {why ?? <code>{events.join(" + ")}</code>}
          {provenance === undefined || provenance === "kernel" || provenance === "vendor"
            ? ""
            : ` (${provenance})`}
          {note === undefined ? null : <small>{` ${note}`}</small>}
        </li>
      ))}
    </ul>
  );
}
