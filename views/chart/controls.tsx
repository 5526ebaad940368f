/**
 * What is chosen for all charts of a page at once: how far back they show, and what is seen as a file.
 * All of it are links that work without scripts; with them they act on what the page holds.
 *
 * @module
 */
import type { Html } from "../html.ts";
import { type Span, SPAN_USUAL, spanName, SPANS, spanSeconds } from "./span.ts";

export interface ChartControlsProps {
  readonly span: Span;
  /** Of the page whose charts these are, as it is asked for: `overview`, `cpus&cpu=0`. */
  readonly page: string;
  /** What else the page's address says: `cpu=0`. */
  readonly query?: string | undefined;
  /** URL of the script for those who use them; absent: the page does not live. */
  readonly script?: string | undefined;
}

/** The span and, in its place, the part of the time that is zoomed into. */
export function ChartControls(props: ChartControlsProps): Html {
  const { span, page, query, script } = props;
  return (
    <div class="charts" data-script={script} data-held={spanSeconds(SPAN_USUAL)}>
      <div class="spans">
        <nav class="seg" aria-label="Span of the charts">
          {SPANS.map((name) => (
            <a
              href={`?${query === undefined ? "" : `${query}&`}span=${name}`}
              data-span={spanSeconds(name) ?? name}
              aria-current={name === span ? "true" : undefined}
            >
              {spanName(name)}
            </a>
          ))}
        </nav>
        <p class="off">
          {/* As wide as what the script writes there. */}
          <span>00:00:00 to 00:00:00</span> <button type="button" class="btn">Whole span</button>
        </p>
      </div>
      {(["csv", "json"] as const).map((format) => (
        <a
          class="btn"
          href={`api/v1/series?page=${page}&span=${span === "all" ? "15m" : span}&format=${format}`}
          data-save={format}
          download
        >
          {format.toUpperCase()} <span class="sr">of what the charts show</span>
        </a>
      ))}
      <svg class="sr" aria-hidden="true">
        <pattern
          id="hatch"
          width="5"
          height="5"
          patternUnits="userSpaceOnUse"
          patternTransform="rotate(45)"
        >
          <path class="hatch" d="M0 0V5" />
        </pattern>
      </svg>
    </div>
  );
}
