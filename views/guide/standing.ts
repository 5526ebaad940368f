/** What of the guide depends on this machine: which metrics it has, what counts them, and why not. @module */
import type { Snapshot } from "../../collectors/readings/snapshot.ts";
import type { Source } from "../../collectors/source.ts";
import { isHere, isMeasured } from "../../collectors/trust.ts";
import { GUIDE_SECTIONS } from "../../collectors/catalogue/guide.ts";

/** Of one metric. Plain data: guides of equal standings are equal. */
export interface MetricStanding {
  readonly here: boolean;
  /** What counts it here: a line for each way. */
  readonly counted: readonly string[];
  /** Number of the reason, in the section's; absent where it is here, or nobody says why it is not. */
  readonly why?: number;
}

export interface SectionStanding {
  readonly metrics: Readonly<Record<string, MetricStanding>>;
  /** Each once. */
  readonly reasons: readonly string[];
  /** Something could be done about one of them. */
  readonly curable: boolean;
}

export interface GuideStanding {
  readonly hostname: string;
  /** In the order of `GUIDE_SECTIONS`. */
  readonly sections: readonly SectionStanding[];
}

const ABSENT: Readonly<Record<string, string>> = {
  not_supported: "This machine does not have it",
  left_out: "The options of the service leave it out",
};

export function guideStanding(snapshot: Snapshot): GuideStanding {
  return {
    hostname: snapshot.profile.hostname,
    sections: GUIDE_SECTIONS.map(({ metrics }) => sectionStanding(metrics, snapshot)),
  };
}

function sectionStanding(ids: readonly string[], snapshot: Snapshot): SectionStanding {
  const reasons: string[] = [];
  const metrics: Record<string, MetricStanding> = {};
  let curable = false;
  for (const id of ids) {
    const reading = snapshot.read(id);
    // What is read only while somebody looks is there.
    if (isHere(reading) || isMeasured(reading) || reading.absent === "not_watched") {
      metrics[id] = { here: true, counted: countedBy(snapshot.sources(id), id) };
      continue;
    }
    curable ||= reading.problem?.remedy !== undefined;
    const message = reading.problem?.message ?? ABSENT[reading.absent];
    if (message === undefined) metrics[id] = { here: false, counted: [] };
    else {
      if (!reasons.includes(message)) reasons.push(message);
      metrics[id] = { here: false, counted: [], why: reasons.indexOf(message) + 1 };
    }
  }
  return { metrics, reasons, curable };
}

/** Of a derived metric its terms tell. */
function countedBy(sources: readonly Source[], id: string): readonly string[] {
  const own = sources.filter(({ metric }) => metric === id);
  return [...new Set(own.map(({ events, pmu }) => `${events.join(" + ")}, PMU ${pmu}`))];
}
