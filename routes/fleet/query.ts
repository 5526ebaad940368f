/** What the page of the fleet may be asked. @module */
import * as v from "valibot";
import { CORES, FLEET_SORT_KEYS } from "../../views/fleet/choice.ts";
import { quote } from "../refusal.ts";

/** Some words of labels and values. */
const FILTER_LENGTH_MOST = 200;
/** As Prometheus has names of labels. */
const LABEL = /^[A-Za-z_]\w{0,63}$/;

/** What of the fleet is looked at. A form sends what nobody chose as empty. */
export const FLEET = v.strictObject({
  sort: v.optional(v.picklist(
    FLEET_SORT_KEYS,
    (issue) =>
      `Cannot show sort=${quote(String(issue.input))}: needs one of ${FLEET_SORT_KEYS.join(", ")}`,
  )),
  order: v.optional(v.picklist(
    ["asc", "desc"],
    (issue) => `Cannot show order=${quote(String(issue.input))}: needs asc or desc`,
  )),
  filter: v.optional(v.pipe(
    v.string(),
    v.maxLength(
      FILTER_LENGTH_MOST,
      (issue) =>
        `Cannot take a filter of ${issue.received} characters: needs ${FILTER_LENGTH_MOST} or fewer`,
    ),
  )),
  group: v.optional(v.pipe(
    v.string(),
    v.check(
      (text) => text === "" || text === CORES || LABEL.test(text),
      (issue) =>
        `Cannot show group=${quote(issue.input)}: needs the name of a label, or "${CORES}"`,
    ),
  )),
  rows: v.optional(
    v.literal("all", (issue) => `Cannot show rows=${quote(String(issue.input))}: needs all`),
  ),
});
