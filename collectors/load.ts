/**
 * `/proc/loadavg` (proc_loadavg(5)):
 *
 *     0.42 0.36 0.31 3/119 4242
 *     1, 5 and 15 min; tasks running / tasks that exist; last process id given
 *
 * The tasks running are the same number as `procs_running` of `/proc/stat`, which has it already.
 *
 * @module
 */
import { openOrFail } from "./cause.ts";
import {
  type CollectorSpec,
  HOST_SLOT,
  malformed,
  type Reader,
  type Site,
  TEXT_INTERVAL_MS_LEAST,
} from "./collector.ts";
import { Scanner } from "./files/scan.ts";

const PATH = "/proc/loadavg";
const SLASH = 47;

export const load: CollectorSpec = { id: "load", minIntervalMs: TEXT_INTERVAL_MS_LEAST, open };

function open(site: Site): Reader {
  const averages = ["load_1m", "load_5m", "load_15m"].map((id) => site.column(id));
  const threads = site.column("threads");
  const file = openOrFail(site.tree, PATH);
  const scanner = new Scanner();
  const average = new Float64Array(1);
  return {
    read(row): void {
      file.read();
      scanner.reset(file.bytes, file.length);
      for (let i = 0; i < averages.length; i++) {
        if (!scanner.decimalInto(average, 0)) {
          throw malformed(PATH, scanner.lineText(0), "three averages");
        }
        row.gaugeFrom(averages[i]!, HOST_SLOT, average, 0);
      }
      const running = scanner.number();
      if (running < 0 || scanner.peek() !== SLASH) {
        throw malformed(PATH, scanner.lineText(0), 'tasks as "running/all"');
      }
      scanner.at++;
      const all = scanner.number();
      if (all < 0) throw malformed(PATH, scanner.lineText(0), 'tasks as "running/all"');
      row.gauge(threads, HOST_SLOT, all);
    },
    close: () => file.close(),
  };
}
