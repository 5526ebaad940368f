/** Run by rights.ts as somebody else: what this process may count, as JSON. */
import { TERMS } from "../../../collectors/catalogue/core_counters.ts";
import { isMeasured, type Problem } from "../../../collectors/trust.ts";
import { sleep } from "../inside/report.ts";
import { Subject } from "../inside/subject.ts";

export interface ProbeAnswer {
  /** `measured`, or the reason of the absence, on CPU 0. */
  readonly cycles: string;
  readonly userTime: string;
  /** How many quantities of the core there are, and are measured on CPU 0. */
  readonly quantities: number;
  readonly measured: number;
  readonly cpus: number;
  /** Of the core's counters. */
  readonly problems: readonly Problem[];
}

if (import.meta.main) {
  const subject = new Subject();
  subject.tick(500);
  await sleep(500);
  subject.tick(500);
  const { snapshot, problems, profile } = subject;
  const state = (id: string): string => {
    const reading = snapshot.read(id, "0");
    return isMeasured(reading) ? "measured" : reading.absent;
  };
  const answer: ProbeAnswer = {
    cycles: state("cpu_cycles"),
    userTime: state("cpu_user_seconds"),
    quantities: TERMS.length,
    measured: TERMS.filter(({ metric }) => state(metric) === "measured").length,
    cpus: profile.onlineCpus.length,
    problems: problems.filter(({ collector }) => collector === "core_counters"),
  };
  console.log(JSON.stringify(answer));
}
