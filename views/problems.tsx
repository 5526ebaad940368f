/** What could not be read: each cause once, with what was tried and what would help. @module */
import type { Snapshot } from "../collectors/readings/snapshot.ts";
import type { Problem, Reason } from "../collectors/trust.ts";
import { alikeCauses } from "./alike_causes.ts";
import { remedyPieces } from "./doctor/remedy_pieces.ts";
import { plural } from "./format.ts";
import type { Html } from "./html.ts";
import { Glyph } from "./ring.tsx";

/** How many there are, and where each is told with what would help. */
export function Causes(props: { snapshot: Snapshot }): Html {
  const count = props.snapshot.problems.filter(({ quiet }) => !quiet).length;
  return (
    <a id="causes" href="doctor">
      {count === 0
        ? "What was looked for"
        : `Why, and what would unlock more: ${plural(count, "cause")}`}
    </a>
  );
}

/**
 * A card that has nothing to show: the reason and the smallest remedy, where the figures would be.
 * `sameAs` is the title of a card that has said all of it already.
 */
export function Unavailable(
  props: { causes: readonly Problem[]; sameAs?: string | undefined },
): Html {
  const { causes, sameAs } = props;
  const { reason } = causes[0]!;
  return (
    <div class="none">
      <p class={reason === "not_supported" ? "why plain" : "why"}>
        <Glyph grade="absent" /> <b>{titleOf(reason)}</b>
      </p>
      {sameAs === undefined
        ? alikeCauses(causes).map((problem) => <Cause problem={problem} />)
        : <p class="same">{`The same cause as for ${sameAs}.`}</p>}
    </div>
  );
}

export function Cause(props: { problem: Problem }): Html {
  const { message, remedy } = props.problem;
  return (
    <>
      <p class="m">{message.endsWith(".") ? message : `${message}.`}</p>
      {remedy === undefined ? null : <Remedy text={remedy} />}
    </>
  );
}

/** What would help: words as words, and in a box what is pasted. */
export function Remedy(props: { text: string }): Html {
  return (
    <>
      {remedyPieces(props.text).map(({ text, isPaste }) =>
        isPaste ? <Command text={text} /> : <p>{text}</p>
      )}
    </>
  );
}

/** Something to paste into a shell or a file. */
export function Command(props: { text: string }): Html {
  return (
    <div class="cmd">
      <pre tabindex={0}><code>{props.text}</code></pre>
      <button class="btn" type="button" data-copy>Copy</button>
    </div>
  );
}

function titleOf(reason: Reason): string {
  switch (reason) {
    case "not_supported":
      return "Not available on this system";
    case "denied":
      return "Not available without more rights";
    default:
      return "Could not be read";
  }
}
