/**
 * A value in a table of hundreds: as `Value` shows it, with a mark of two elements where that has six.
 * The arc is as long as the share counted in tenths; its words have the share itself.
 *
 * @module
 */
import { isMeasured, type Reading } from "../../collectors/trust.ts";
import { absentWords, boundSign, pad, spell, trustSentence } from "../format.ts";
import type { Html } from "../html.ts";
import { shareOf } from "../ring.tsx";

const BOX = "0 0 12 12";
const TENTHS = 10;

/** The arcs of estimates, once a page. */
export function Arcs(): Html {
  return (
    <svg class="sr" aria-hidden="true">
      <defs>
        {Array.from(
          { length: TENTHS },
          (_, index) => (
            <symbol id={`g-arc-${index + 1}`} viewBox={BOX}>
              <circle class="track" cx="6" cy="6" r="4.5" />
              <circle
                class="arc"
                cx="6"
                cy="6"
                r="4.5"
                pathLength="100"
                stroke-dasharray={`${(index + 1) * 100 / TENTHS} 100`}
                transform="rotate(-90 6 6)"
              />
            </symbol>
          ),
        )}
      </defs>
    </svg>
  );
}

export function TableValue({ reading, unit }: { reading: Reading; unit: string }): Html {
  if (!isMeasured(reading)) return <span class="na">{absentWords(reading.absent)}</span>;
  const { value, unit: suffix } = spell(reading.value, unit);
  const number = pad(value).replace(/(?=\S)/, boundSign(reading));
  const { grade } = reading;
  const mark = grade === "estimated"
    ? `arc-${Math.max(1, Math.round(shareOf(reading) * TENTHS))}`
    : grade;
  return (
    <span class="v">
      {grade === "implausible" ? <s>{number}</s> : <b>{number}</b>}
      {suffix === "" ? null : <i>{suffix}</i>}
      {grade === "exact"
        ? null
        : (
          <svg class={`g ${grade}`} role="img" aria-label={trustSentence(reading)}>
            <use href={`#g-${mark}`} />
          </svg>
        )}
    </span>
  );
}
