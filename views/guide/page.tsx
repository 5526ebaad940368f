/** The guide to the metrics: what each means, what is normal, and what counts it, here and elsewhere. @module */
import { metric as metricOf } from "../../collectors/catalogue.ts";
import { GUIDE_SECTIONS, type GuideSection } from "../../collectors/catalogue/guide.ts";
import {
  isTraffic,
  type MemoryChoice,
  memoryWays,
} from "../../collectors/catalogue/guide_sources.ts";
import { type Assets, document } from "../document.tsx";
import type { Html } from "../html.ts";
import { Symbols } from "../ring.tsx";
import { GuideArticle, GuideItem, textOf } from "./entry.tsx";
import type { GuideStanding, SectionStanding } from "./standing.ts";

const PATH = "/metrics-guide";

export function guidePage(standing: GuideStanding, assets: Assets): string {
  const { hostname, sections } = standing;
  const metrics = sections.flatMap((section) => Object.values(section.metrics));
  const here = metrics.filter((metric) => metric.here).length;
  return document({
    assets,
    title: "Guide to the metrics",
    current: PATH,
    children: (
      <>
        <Symbols />
        <div class="host">
          <h1>Guide to the metrics</h1>
          <span class="m">{`${here} of ${metrics.length} are here, on ${hostname}`}</span>
        </div>
        <div class="guide">
          <Index />
          <div class="sections">
            <Reading />
            {GUIDE_SECTIONS.map((section, index) => (
              <Section section={section} standing={sections[index]!} />
            ))}
          </div>
        </div>
      </>
    ),
  });
}

/** Sections, and in each what has words of its own. */
function Index(): Html {
  return (
    <nav class="index" aria-label="Metrics">
      <ul>
        {GUIDE_SECTIONS.map(({ id, title, metrics }) => (
          <li>
            <a href={`#about-${id}`}>{title}</a>
            <ul>
              {metrics.filter((metric) => textOf(metric) !== undefined).map((metric) => (
                <li>
                  <a href={`#${metric}`}>{metricOf(metric).name}</a>
                </li>
              ))}
            </ul>
          </li>
        ))}
      </ul>
    </nav>
  );
}

function Reading(): Html {
  return (
    <section class="card" aria-labelledby="title-reading">
      <header>
        <h2 id="title-reading">How to read the numbers</h2>
      </header>
      <div class="articles">
        <p>
          No value is good or bad by itself, and none is coloured so. What is said to be normal here
          is what is met on common hardware: a place to begin, and no limit. The best reference is
          the same host at the same load, before and after a change.
        </p>
        <p>
          A rate is what was counted between two readings, by the time that passed. A ratio is one
          such increase (Δ) by another, never a mean of ratios, and its terms are counted at the
          same time wherever the CPU has room for them; where they are not, it is marked as mixed.
        </p>
        <p>
          The ring beside a value says how it was had. Exact: counted all the time. Estimated:
          counted in turns with others, and scaled. Low: counted for less than a fifth of the time,
          or for less than 10 ms. Implausible: outside of what can be, twice; nothing is made of it.
        </p>
        <p>
          A value that is absent is never shown as 0. Each counter of a PMU has, in{" "}
          <code>/metrics</code>, the seconds for which it asked to be counted and those for which it
          was. Whether a CPU really has an event shows only when it is opened.
        </p>
      </div>
    </section>
  );
}

function Section(props: { section: GuideSection; standing: SectionStanding }): Html {
  const { section: { id, title, metrics }, standing } = props;
  const entry = (metric: string) => ({
    id: metric,
    section: id,
    standing: standing.metrics[metric]!,
  });
  const told = metrics.filter((metric) => textOf(metric) !== undefined);
  const others = metrics.filter((metric) => textOf(metric) === undefined);
  return (
    <section class="card" id={`about-${id}`} aria-labelledby={`title-${id}`}>
      <header>
        <h2 id={`title-${id}`}>{title}</h2>
      </header>
      <Reasons id={id} standing={standing} />
      <div class="articles">
        {told.map((metric) => <GuideArticle {...entry(metric)} />)}
      </div>
      {metrics.some(isTraffic) && told.some(isTraffic) ? <MemorySources /> : null}
      {others.length === 0 ? null : (
        <>
          <h3 class="also">{told.length === 0 ? "Metrics" : "Also"}</h3>
          <div class="articles">
            {others.map((metric) => <GuideItem {...entry(metric)} />)}
          </div>
        </>
      )}
    </section>
  );
}

/** Why some of a section is not here: each cause once, with the number of metrics that it costs. */
function Reasons({ id, standing }: { id: string; standing: SectionStanding }): Html | null {
  const { reasons, metrics, curable } = standing;
  if (reasons.length === 0) return null;
  return (
    <ul class="reasons">
      {reasons.map((reason, index) => {
        const number = index + 1;
        const costs = Object.values(metrics).filter(({ why }) => why === number).length;
        return (
          <li id={`why-${id}-${number}`}>
            <b>{`${costs} not here.`}</b> {`${reason}.`}
          </li>
        );
      })}
      {curable
        ? (
          <li>
            <a href="doctor">What would unlock it</a>
          </li>
        )
        : null}
    </ul>
  );
}

/** Names in `provenance`, as sentences of a table. */
const WORDS: Readonly<Record<MemoryChoice["provenance"], string>> = {
  kernel: "the kernel",
  vendor: "the maker",
  third_party: "one other source",
  unverified: "not confirmed",
};

const TRAFFIC: Readonly<Record<MemoryChoice["traffic"], string>> = {
  ddr: "",
  hbm: "on the package (HBM)",
  pmem: "persistent",
};

function MemorySources(): Html {
  return (
    <div class="sources">
      <h3 class="also" id="memory-sources">What counts memory traffic, by maker</h3>
      <p>
        The first that a machine has, and that moves, is taken: of each kind of memory one, never
        two added up.
      </p>
      <ul class="articles">
        {memoryWays().map((way) => (
          <li class="small">
            <b>{way.name}</b>
            {TRAFFIC[way.traffic] === "" ? "" : `, ${TRAFFIC[way.traffic]}`}
            {": PMU "}
            <code>{way.pmu}</code>
            {way.reads === undefined ? null : (
              <>
                , reads <code>{way.reads}</code>
              </>
            )}
            {way.writes === undefined ? null : (
              <>
                , writes <code>{way.writes}</code>
              </>
            )}
            {way.combined === undefined ? null : (
              <>
                , both <code>{way.combined}</code>
              </>
            )}
            {`. Needs ${way.needs}. Vouched for by: ${WORDS[way.provenance]}.`}
            {way.note === undefined ? null : <small>{` ${way.note}`}</small>}
          </li>
        ))}
      </ul>
    </div>
  );
}
