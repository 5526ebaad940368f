/** One reading in its place: a number with its unit apart, or the words of its absence. @module */
import type { Absence, Reading } from "../collectors/trust.ts";
import { isMeasured } from "../collectors/trust.ts";
import { absentWords, boundSign, pad, spell } from "./format.ts";
import type { Html } from "./html.ts";
import { SmallTrust } from "./ring.tsx";

/** Three digits and a point have a box of their own; what is longer is as wide as it is. */
const BOX_LENGTH = 4;

/**
 * The number stands in a box of fixed width, its text aligned left, so that nothing moves when it
 * changes. What is not exact has its ring beside it, unless one is near that is `vouched` for it; what is
 * implausible is struck through.
 */
export function Value(props: { reading: Reading; unit: string; vouched?: true | undefined }): Html {
  const { reading, unit, vouched } = props;
  if (!isMeasured(reading)) return <Absent absence={reading} />;
  const { value, unit: suffix } = spell(reading.value, unit);
  const sign = boundSign(reading);
  // The sign stands by the number, and not before what fills it up.
  const number = sign === "" ? pad(value) : pad(value).replace(/(?=\S)/, sign);
  return (
    <span class="v">
      {reading.grade === "implausible"
        ? <s>{number}</s>
        : number.length > BOX_LENGTH
        ? <b class="w">{number}</b>
        : <b>{number}</b>}
      {suffix === "" ? null : <i>{suffix}</i>}
      {reading.grade === "exact" || vouched ? null : <SmallTrust measured={reading} />}
    </span>
  );
}

function Absent(props: { absence: Absence }): Html {
  return <span class="na">{absentWords(props.absence.absent)}</span>;
}
