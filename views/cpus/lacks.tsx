/** What of the CPUs is not to be had, by its cause. @module */
import type { InstanceQuantity } from "../../collectors/card.ts";
import type { Snapshot } from "../../collectors/readings/snapshot.ts";
import type { Absence } from "../../collectors/trust.ts";
import { absentWords } from "../format.ts";
import type { Html } from "../html.ts";
import { Cause, Unavailable } from "../problems.tsx";
import { found } from "./quantity.ts";

/** Where nobody told a cause. */
function plainWords({ absent }: Absence): string {
  if (absent === "coarser_only") return "Counted for several CPUs together, and not for each.";
  const words = absentWords(absent);
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}.`;
}

/** In the place of what a single quantity would show. */
export function Lack(props: { name: string; lack: Absence }): Html {
  const { name, lack } = props;
  if (lack.problem !== undefined) return <Unavailable causes={[lack.problem]} />;
  return (
    <div class="none">
      <p>
        <b>{name}</b>
      </p>
      <p class="m">{plainWords(lack)}</p>
    </div>
  );
}

/** Each cause once, with all that it costs. */
export function Lacks(props: {
  quantities: readonly InstanceQuantity[];
  snapshot: Snapshot;
  id: string;
}): Html {
  const { quantities, snapshot, id } = props;
  const lacks = new Map<unknown, { lack: Absence; names: string[] }>();
  for (const quantity of quantities) {
    const { lack } = found(quantity, snapshot);
    if (lack === null) continue;
    const key = lack.problem ?? lack.absent;
    const known = lacks.get(key);
    if (known === undefined) lacks.set(key, { lack, names: [quantity.name] });
    else known.names.push(quantity.name);
  }
  return (
    <section class="card lacking" id={id} aria-labelledby={`${id}-title`} hidden={lacks.size === 0}>
      <header>
        <h2 id={`${id}-title`}>Not available on this system</h2>
      </header>
      {[...lacks.values()].map(({ lack, names }) => (
        <div class="none">
          <p>
            <b>{names.join(", ")}</b>
          </p>
          {lack.problem === undefined
            ? <p class="m">{plainWords(lack)}</p>
            : <Cause problem={lack.problem} />}
        </div>
      ))}
    </section>
  );
}
