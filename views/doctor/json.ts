/** A diagnosis as plain data for programs. Field names are stable. @module */
import type { Diagnosis } from "../../collectors/doctor/diagnosis.ts";
import type { CellState } from "../../collectors/doctor/layers.ts";
import type { Gain, Step } from "../../collectors/doctor/unlock_plan.ts";
import { caveats as caveatsText, summary } from "./words.ts";

export interface DoctorJson {
  readonly hostname: string;
  readonly kernel: string;
  /** 1 when a change on this machine would bring something that is missing, else 0. */
  readonly exit_code: 0 | 1;
  /** From below upwards. */
  readonly layers: readonly string[];
  readonly quantities: readonly {
    readonly id: string;
    readonly name: string;
    /** `measured`, `partial`, `waiting` or `missing`. */
    readonly state: string;
    readonly layers: Readonly<Record<string, CellState>>;
    /** Ids of what is in the way, from below upwards: each must go. */
    readonly causes: readonly string[];
  }[];
  readonly causes: readonly {
    readonly id: string;
    readonly layers: readonly string[];
    readonly reason: string;
    /** The smallest change that takes it away; null where there is none. */
    readonly remedy: string | null;
    /** The change is for whoever runs the host of this guest. */
    readonly outside: boolean;
  }[];
  /** What works, what does not, and who can change it: a few sentences. */
  readonly summary: string;
  /** The way out: what asks for the least comes first. */
  readonly plan: {
    readonly steps: readonly StepJson[];
    /** What nothing brings on this machine. `causes`: ids from above; `costs`: names of quantities. */
    readonly not_here: readonly {
      readonly causes: readonly string[];
      readonly costs: readonly string[];
    }[];
  };
  /** What is counted, and less well than it could be. */
  readonly caveats: {
    /** The least share of the time for which anything was counted, 0 to 1. */
    readonly coverage_least: number;
    /** Names of ratios out of all proportion, and of those whose terms were counted at different times. */
    readonly implausible: readonly string[];
    readonly mixed: readonly string[];
  };
  /** What the doctor looked at and tried, in words. */
  readonly facts: Readonly<Record<string, string>>;
}

/** Texts have what is to be pasted between backticks. */
export interface StepJson {
  readonly id: string;
  /** Ids from above: at least one. */
  readonly causes: readonly string[];
  readonly title: string;
  /** `none`, `service`, `root_once`, `everyone`, `boot` or `outside`: of the first way. */
  readonly privilege: string;
  readonly outside: boolean;
  /** Any of them does; the first asks for the least. */
  readonly ways: readonly {
    readonly do: string;
    readonly privilege: string;
    readonly risks: readonly string[];
    readonly lasts: readonly string[];
    readonly keep: readonly string[];
    readonly checks: readonly string[];
    /** It is to be done on the host of this container. */
    readonly on_host: boolean;
    /** Whether the service must be started again to notice. */
    readonly restart: boolean;
  }[];
  readonly unlocks: readonly GainJson[];
  /** What it takes later steps for as well. */
  readonly opens: readonly GainJson[];
  readonly note: string | null;
  /** A letter to whoever can take the step, where that is somebody else. */
  readonly ask: string | null;
}

export interface GainJson {
  /** Of the quantity. */
  readonly id: string;
  /** `sure`, `events` (as far as the CPU has events for it) or `hardware` (if it has counters for it), or `unseen`. */
  readonly sureness: string;
  /** Some of it is counted already. */
  readonly rest: boolean;
  /** Ids of the other steps that it takes: before this one, and after it. */
  readonly after: readonly string[];
  readonly with: readonly string[];
}

export function doctorJson(diagnosis: Diagnosis): DoctorJson {
  const { profile, exitCode, layers, rows, causes, plan, caveats, facts } = diagnosis;
  return {
    hostname: profile.hostname,
    kernel: profile.kernelRelease,
    exit_code: exitCode,
    layers,
    quantities: rows.map(({ id, name, state, cells, causes }) => ({
      id,
      name,
      state,
      layers: cells,
      causes,
    })),
    causes: causes.map(({ id, layers, message, remedy, outside }) => ({
      id,
      layers,
      reason: message,
      remedy: remedy ?? null,
      outside: outside === true,
    })),
    summary: `${summary(diagnosis)} ${caveatsText(diagnosis)}`.trimEnd(),
    plan: {
      steps: plan.steps.map(stepJson),
      not_here: plan.barred.map(({ causes, costs }) => ({ causes, costs })),
    },
    caveats: {
      coverage_least: caveats.coverageLeast,
      implausible: caveats.implausible,
      mixed: caveats.mixed,
    },
    facts: Object.fromEntries(facts.map(({ id, value }) => [id, value])),
  };
}

function stepJson(step: Step): StepJson {
  const { id, causes, title, privilege, outside, ways, unlocks, opens, note, ask } = step;
  return {
    id,
    causes,
    title,
    privilege,
    outside,
    ways: ways.map(({ text, privilege, risks, lasts, keep, checks, onHost, noticed }) => ({
      do: text,
      privilege,
      risks,
      lasts,
      keep,
      checks,
      on_host: onHost,
      restart: noticed === undefined && privilege !== "outside",
    })),
    unlocks: unlocks.map(gainJson),
    opens: opens.map(gainJson),
    note: note ?? null,
    ask: ask ?? null,
  };
}

function gainJson({ id, sureness, rest, after, with: others }: Gain): GainJson {
  return { id, sureness, rest, after, with: others };
}
