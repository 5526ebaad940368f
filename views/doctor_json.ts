/** A diagnosis as plain data for programs. Field names are stable. @module */
import type { Diagnosis } from "../collectors/diagnosis.ts";
import type { CellState } from "../collectors/doctor_layers.ts";

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

export function doctorJson(diagnosis: Diagnosis): DoctorJson {
  const { profile, exitCode, layers, rows, causes, caveats, facts } = diagnosis;
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
    caveats: {
      coverage_least: caveats.coverageLeast,
      implausible: caveats.implausible,
      mixed: caveats.mixed,
    },
    facts: Object.fromEntries(facts.map(({ id, value }) => [id, value])),
  };
}
