/** Units of the catalogue as Grafana writes them: what is stored counts in powers of 1024, what flows in powers of 1000. */

const UNITS: Readonly<Record<string, string>> = {
  "1": "percentunit",
  "s": "s",
  "By": "bytes",
  "By/s": "Bps",
  "Hz": "hertz",
  "Cel": "celsius",
  "J": "joule",
  "W": "watt",
  "J/{gigainstruction}": "joule",
  "J/GBy": "joule",
  "{packet}/s": "pps",
  "{operation}/s": "iops",
};

/** Counts of things, and ratios of them: Grafana has no word for most. */
const COUNT = /^\{\w+\}(\/\{\w+\})?$/;
const COUNT_PER_SECOND = /^\{\w+\}\/s$/;

/** Throws for a unit that is not known, so that none is drawn as a plain number by oversight. */
export function grafanaUnit(unit: string): string {
  const known = UNITS[unit];
  if (known !== undefined) return known;
  if (COUNT_PER_SECOND.test(unit)) return "cps";
  if (COUNT.test(unit)) return "short";
  throw new Error(`Cannot draw unit "${unit}": Grafana's name for it is not known here`);
}
