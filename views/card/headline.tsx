/** The large figure of a page, and the same of other cards beside their titles. @module */
import type { Headline } from "../../collectors/card.ts";
import { metric, shownUnit } from "../../collectors/catalogue.ts";
import type { Snapshot } from "../../collectors/readings/snapshot.ts";
import { isMeasured } from "../../collectors/trust.ts";
import { absentWords, boundSign, measuredText, pad, spell } from "../format.ts";
import type { Html } from "../html.ts";
import { SmallTrust } from "../ring.tsx";

/** `23.4 %`; empty where there is no figure. */
export function headlineText(block: Headline, snapshot: Snapshot): string {
  const { metric: id, instance } = block.shown;
  const reading = snapshot.read(id, instance);
  if (!isMeasured(reading) || reading.grade === "implausible") return "";
  return measuredText(reading, shownUnit(metric(id)));
}

/** `data-title` is what the tab's title leads with. */
export function HeadlineBlock(props: { block: Headline; snapshot: Snapshot }): Html {
  const { shown, caption } = props.block;
  const reading = props.snapshot.read(shown.metric, shown.instance);
  if (!isMeasured(reading)) {
    return (
      <p class="headline" data-title="">
        <span class="huge na">{absentWords(reading.absent)}</span>
        <span class="m">{caption}</span>
      </p>
    );
  }
  const { value, unit } = spell(reading.value, shownUnit(metric(shown.metric)));
  const number = boundSign(reading) + pad(value);
  return (
    <p class="headline" data-title={headlineText(props.block, props.snapshot)}>
      <span class="huge">
        {reading.grade === "implausible" ? <s>{number}</s> : <b>{number}</b>}
        <i>{unit}</i>
      </span>
      <span class="m">
        {caption}
        {reading.grade === "exact" ? null : <SmallTrust measured={reading} />}
      </span>
    </p>
  );
}
