/** A series so small that it has no scale: it shows a shape beside the number. @module */
import type { Shown } from "../../collectors/card.ts";
import type { Series } from "../../collectors/readings/series.ts";
import type { Snapshot } from "../../collectors/readings/snapshot.ts";
import { isMeasured } from "../../collectors/trust.ts";
import type { Html } from "../html.ts";
import { sparkPath } from "./spark.ts";

export interface SparkProps {
  readonly shown: Shown;
  readonly snapshot: Snapshot;
  /** Where the series has it. */
  readonly column: number;
  /** Null in the part of a tick: the script in the browser draws on. */
  readonly series: Series | null;
  readonly spanSeconds: number;
}

/** Dashed where the value is no exact one. */
export function Spark(props: SparkProps): Html {
  const { shown, snapshot, column, series, spanSeconds } = props;
  const reading = snapshot.read(shown.metric, shown.instance);
  const exact = isMeasured(reading) && reading.grade === "exact";
  return (
    <svg
      class={exact ? "spark" : "spark e"}
      viewBox="0 0 60 20"
      preserveAspectRatio="none"
      data-column={column}
      aria-hidden="true"
    >
      <path d={series === null ? undefined : sparkPath(series, column, spanSeconds)} />
    </svg>
  );
}
