/**
 * The ring is the proof: a mark beside a number says how much of the time the number was really
 * counted. Shape first, words second, colour last.
 *
 * @module
 */
import type { Grade, Measurement } from "../collectors/trust.ts";
import { trustSentence, trustWords } from "./format.ts";
import type { Html } from "./html.ts";
import type { Mark } from "./proof/subject.ts";

const BOX = "0 0 12 12";

/** The marks that do not depend on a coverage, once a page. */
export function Symbols(): Html {
  return (
    <svg class="sr" aria-hidden="true">
      <defs>
        <symbol id="g-exact" viewBox={BOX}>
          <circle cx="6" cy="6" r="4.5" />
          <circle class="f" cx="6" cy="6" r="1.75" />
        </symbol>
        <symbol id="g-low" viewBox={BOX}>
          <circle cx="6" cy="6" r="4.5" stroke-dasharray="1.6 1.2" />
          <path class="f" d="M6 6V1.5A4.5 4.5 0 0 1 9.4 3Z" />
        </symbol>
        <symbol id="g-implausible" viewBox={BOX}>
          <path d="M6 .9 11.4 10.9H.6Z" stroke-width="1.2" stroke-linejoin="round" />
          <path d="M6 4.4v3" stroke-width="1.2" />
          <circle class="f" cx="6" cy="9" r=".75" />
        </symbol>
        <symbol id="g-absent" viewBox={BOX}>
          <circle cx="6" cy="6" r="4.5" stroke-dasharray="2 1.53" />
          <path d="M3.9 6h4.2" />
        </symbol>
      </defs>
    </svg>
  );
}

/** The mark alone. An estimate is an arc as long as the share of it that was counted. */
export function Glyph(props: { grade: Grade | "absent"; share?: number }): Html {
  if (props.grade !== "estimated") {
    return (
      <svg class={`g ${props.grade}`} viewBox={BOX} aria-hidden="true">
        <use href={`#g-${props.grade}`} />
      </svg>
    );
  }
  const arc = Math.round((props.share ?? 1) * 100);
  return (
    <svg class="g" viewBox={BOX} aria-hidden="true">
      <circle class="track" cx="6" cy="6" r="4.5" />
      <circle
        class="arc"
        cx="6"
        cy="6"
        r="4.5"
        pathLength="100"
        stroke-dasharray={`${arc} 100`}
      />
    </svg>
  );
}

/** How much of what should be in a number is in it: time counted, and parts of a sum. */
export function shareOf({ coverage, partial }: Measurement): number {
  return partial === undefined ? coverage : coverage * partial.counted / partial.present;
}

/** The mark beside a single number that is not exact; its words are for those who hear the page. */
export function SmallTrust(props: { measured: Measurement }): Html {
  const { measured } = props;
  return (
    <span class="ring">
      <Glyph grade={measured.grade} share={shareOf(measured)} />
      <span class="sr">{trustSentence(measured)}</span>
    </span>
  );
}

/** The mark of figures that tell elsewhere how they were measured, with its words. */
export function CardTrust(props: { measured: Measurement; title: string }): Html {
  const { measured, title } = props;
  return (
    <span class={`proof ${measured.grade}`}>
      <Glyph grade={measured.grade} share={shareOf(measured)} />
      <span aria-hidden="true">{trustWords(measured)}</span>
      <span class="sr">{`${title}: ${trustSentence(measured)}`}</span>
    </span>
  );
}

/** The mark of a card or a row, which opens how it was measured. One is open at a time. */
export function Ring(props: { mark: Mark; title: string }): Html {
  const { mark: { grade, share, words, sentence, counted }, title } = props;
  return (
    <details class={counted ? `proof counted ${grade}` : `proof ${grade}`} name="proof">
      <summary aria-label={`How it was measured: ${title}, ${sentence}`}>
        <Glyph grade={grade} share={share} />
        <span>{words}</span>
      </summary>
    </details>
  );
}

/**
 * The place of what a ring opens, with a link to what comes there: a script asks for it when it opens,
 * and anew with each tick; without one the link leads to the same.
 */
export function SheetPlace(props: { url: string }): Html {
  return (
    <div class="sheet">
      <a href={props.url}>How it was measured</a>
    </div>
  );
}
