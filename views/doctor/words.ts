/** What a diagnosis says in words, the same on the page and in a terminal. @module */
import type { Diagnosis } from "../../collectors/doctor/diagnosis.ts";
import type { Gain, Plan, Privilege, Step, Way } from "../../collectors/doctor/unlock_plan.ts";
import { countedShare, plural } from "../format.ts";

/** Names of a list, before the number of those that follow. */
const NAMED_MOST = 3;

export const PRIVILEGES: Readonly<Record<Privilege, string>> = {
  none: "no right",
  service: "a right for this service alone",
  root_once: "root, once; nobody gets a right",
  everyone: "a right for every user",
  boot: "another start of the machine",
  outside: "whoever runs the host",
};

/** What works, what does not, and how much of that can be changed by whom. */
export function summary({ rows, plan }: Diagnosis): string {
  const lacking = rows.filter(({ state }) => state !== "measured");
  if (lacking.length === 0) return "Everything is counted.";
  const counted = rows.length - lacking.length;
  const all = `${counted} of ${plural(rows.length, "quantity", "quantities")} ${
    counted === 1 ? "is" : "are"
  } counted.`;
  return [all, ...named(lacking), ...prospects(plan, lacking)].join(" ");
}

/** By their names where there are few of them. */
function named(lacking: Diagnosis["rows"]): readonly string[] {
  return ([["missing", "Not"], ["partial", "In part"], ["waiting", "Not yet"]] as const).flatMap((
    [state, head],
  ) => {
    const names = lacking.filter((row) => row.state === state).map(({ name }) => name);
    if (names.length === 0) return [];
    const few = names.length <= NAMED_MOST;
    if (few) return [`${head}: ${names.join(", ")}.`];
    return state === "missing" ? [] : [`${head}: ${names.length}.`];
  });
}

function prospects({ steps, barred }: Plan, lacking: Diagnosis["rows"]): readonly string[] {
  if (lacking.every(({ state }) => state === "waiting")) return [];
  const own = steps.filter(({ outside }) => !outside);
  const here = gained(own);
  const there = gained(steps.filter(({ outside }) => outside));
  const some = new Set([...here, ...there].map(({ id }) => id));
  const none = new Set(barred.flatMap(({ causes }) => causes));
  const never =
    lacking.filter(({ id, causes }) => !some.has(id) && causes.some((cause) => none.has(cause)))
      .length;
  const parts = [
    here.length === 0
      ? "nothing that is missing can be had here"
      : `${plural(own.length, "step")} here ${own.length === 1 ? "unlocks" : "unlock"} ${
        upTo(here)
      }`,
    ...(there.length === 0 ? [] : [`whoever runs the host could bring ${upTo(there)}`]),
    ...(never === 0 || here.length === 0 && there.length === 0
      ? []
      : [`${never} cannot be had on this machine`]),
  ];
  const text = parts.join("; ");
  return [`${text.charAt(0).toUpperCase()}${text.slice(1)}.`];
}

/** Each row once. */
function gained(steps: readonly Step[]): readonly Gain[] {
  const gains = steps.flatMap(({ unlocks }) => unlocks);
  return [...new Map(gains.map((gain) => [gain.id, gain])).values()];
}

/** Only what takes no hardware is promised. */
function upTo(gains: readonly Gain[]): string {
  return gains.every(({ sureness }) => sureness === "sure")
    ? String(gains.length)
    : `up to ${gains.length}`;
}

/** How far what is counted can be trusted. */
export function caveats({ caveats: { coverageLeast, implausible, mixed } }: Diagnosis): string {
  const share = countedShare(coverageLeast);
  return [
    ...(coverageLeast < 1 ? [`Counters take turns: as little as ${share} of the time.`] : []),
    ...(implausible.length > 0 ? [`Implausible: ${some(implausible)}.`] : []),
    ...(mixed.length > 0 ? [`Mixed, of terms counted at different times: ${some(mixed)}.`] : []),
  ].join(" ");
}

function some(names: readonly string[]): string {
  const more = names.length - NAMED_MOST;
  const named = names.slice(0, NAMED_MOST).join(", ");
  return more > 0 ? `${named} and ${more} more` : named;
}

const SURENESS: Readonly<Record<Gain["sureness"], string>> = {
  sure: "",
  events: ", as far as this CPU has events for it",
  hardware: ", if the hardware has counters for it",
  unseen: ", if nothing is behind it that cannot be seen yet",
};

/** Sentences: what a step brings, and what it brings with others. `numberOf`: of a step, by its id. */
export function gains(step: Step, numberOf: (id: string) => number): readonly string[] {
  const sentences = new Map<string, string[]>();
  const add = (head: string, gain: Gain): void => {
    const names = sentences.get(head) ?? [];
    names.push(gain.rest ? `the rest of ${gain.name}` : gain.name);
    sentences.set(head, names);
  };
  const stepsOf = (ids: readonly string[]): string =>
    `${ids.length === 1 ? "step" : "steps"} ${ids.map(numberOf).join(" and ")}`;
  for (const gain of step.unlocks) {
    const after = gain.after.length === 0 ? "" : ` after ${stepsOf(gain.after)}`;
    add(`Unlocks${after}${SURENESS[gain.sureness]}`, gain);
  }
  for (const gain of step.opens) add(`Needed with ${stepsOf(gain.with)} for`, gain);
  return [...sentences].map(([head, names]) => `${head}: ${names.join("; ")}.`);
}

/** What is to be known of a way, by what it is: as a remedy is written, without its full stop. */
export function facts(way: Way): readonly (readonly [name: string, text: string])[] {
  const of = (name: string, texts: readonly string[]): readonly (readonly [string, string])[] =>
    texts.length === 0 ? [] : [[name, texts.join(" ").replace(/\.$/, "")]];
  return [
    ...of("Where", way.onHost ? ["On the host of this container."] : []),
    ...of("Takes", [`${PRIVILEGES[way.privilege]}.`]),
    ...of("Risk", way.risks),
    ...of("Lasts", way.lasts),
    ...of("To make it last", way.keep),
    ...of(
      "Then",
      [way.noticed ?? (way.privilege === "outside" ? "" : "Start the service again.")]
        .filter((text) => text !== ""),
    ),
    ...of("Check", way.checks),
  ];
}
