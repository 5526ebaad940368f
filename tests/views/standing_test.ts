import { assertEquals } from "@std/assert";
import type { Card } from "../../collectors/card.ts";
import { CARDS } from "../../collectors/catalogue.ts";
import { CollectorError } from "../../collectors/collector.ts";
import type { Measurement } from "../../collectors/trust.ts";
import {
  absenceOf,
  cardStanding,
  quantitiesOf,
  sameAbsence,
  tally,
  worst,
} from "../../views/standing.ts";
import { BRANCHES } from "./hand_cards.ts";
import { HandFilled } from "./hand_filled.ts";

const DISKS: Card = {
  id: "disks",
  title: "Disks",
  place: "sys",
  order: 1,
  blocks: [
    {
      block: "table",
      scope: "disk",
      heading: "Drive",
      columns: [{ metric: "disk_read_bytes" }, { metric: "disk_read_latency_seconds" }],
      most: 8,
      empty: "No drive",
    },
    { block: "figures", rows: [{ metric: "disk_read_bytes" }, { metric: "disk_read_bytes" }] },
  ],
};

const EXACT: Measurement = { value: 1, coverage: 1, grade: "exact" };
const HALF: Measurement = { value: 1, coverage: 0.5, grade: "estimated" };
const THIRD: Measurement = { value: 1, coverage: 0.3, grade: "estimated" };
const LOW: Measurement = { value: 1, coverage: 0.1, grade: "low" };

Deno.test("worst takes the worst grade, and of one grade the least coverage", () => {
  assertEquals(worst([EXACT, HALF, THIRD]), THIRD);
  assertEquals(worst([LOW, THIRD, { absent: "gone" }]), LOW);
  assertEquals(worst([{ absent: "gone" }]), null);
});

Deno.test("quantitiesOf names each quantity once for each scope", () => {
  assertEquals(
    quantitiesOf(DISKS).map(({ shown, scope }) => `${shown.metric} ${scope ?? "host"}`),
    ["disk_read_bytes disk", "disk_read_latency_seconds disk", "disk_read_bytes host"],
  );
});

Deno.test("tally counts a quantity once, however often it is shown", () => {
  const { snapshot } = new HandFilled([
    { "disk_read_bytes{sda}": 0, "disk_reads{sda}": 0, "disk_read_seconds{sda}": 0 },
    { "disk_read_bytes{sda}": 512, "disk_reads{sda}": 1, "disk_read_seconds{sda}": 0.1 },
  ]);
  assertEquals(tally(snapshot, [DISKS]), {
    total: 2,
    measured: 2,
    grades: { exact: 2, estimated: 0, low: 0, implausible: 0 },
    waiting: 0,
    unavailable: 0,
  });
});

Deno.test("tally takes a ratio of which nothing happened for known", () => {
  const idle = { "disk_read_bytes{sda}": 0, "disk_reads{sda}": 0, "disk_read_seconds{sda}": 0 };
  const { snapshot } = new HandFilled([idle, idle]);
  assertEquals(snapshot.read("disk_read_latency_seconds", "sda"), { absent: "no_events" });
  assertEquals(tally(snapshot, [DISKS]).grades.exact, 2);
});

Deno.test("tally waits for rates until the second reading", () => {
  const { snapshot } = new HandFilled([{ "disk_read_bytes{sda}": 0, "disk_reads{sda}": 0 }]);
  assertEquals(tally(snapshot, [DISKS]).waiting, 2);
});

Deno.test("tally leaves out what the machine has none of, and counts what is refused", () => {
  const none = new HandFilled([{ "load_1m": 1 }]);
  assertEquals(tally(none.snapshot, [DISKS]).total, 0);
  const refusal = new CollectorError("denied", 'Cannot open "/proc/diskstats": EACCES');
  const refused = new HandFilled([{ "load_1m": 1 }], { refused: { disk: refusal } });
  const { total, unavailable } = tally(refused.snapshot, [DISKS]);
  assertEquals([total, unavailable], [2, 2]);
});

Deno.test("absenceOf names the one cause that took all of a card", () => {
  const refusal = new CollectorError("denied", 'Cannot open "/proc/diskstats": EACCES', "sudo");
  const { snapshot } = new HandFilled([{ "load_1m": 1 }], { refused: { disk: refusal } });
  assertEquals(
    absenceOf(snapshot, DISKS).map(({ message, remedy }) => [message, remedy]),
    [['Cannot open "/proc/diskstats": EACCES', "sudo"]],
  );
  assertEquals(cardStanding(snapshot, DISKS), null);
});

Deno.test("cardStanding says of a card what holds of any of its figures", () => {
  const at = (second: number, misses: number) => ({
    "branch_instructions{0}": 1e6 * second,
    "branch_instructions_time_enabled_seconds{0}": second,
    "branch_instructions_time_running_seconds{0}": second / 2,
    "branch_misses{0}": misses,
    "branch_misses_time_enabled_seconds{0}": second,
    "branch_misses_time_running_seconds{0}": second / 4,
  });
  const source = (metric: string, group: number) => {
    const fixed = { pmu: "cpu", instances: ["0"], provenance: "kernel" } as const;
    return { metric, events: [metric], group, ...fixed };
  };
  const sources = [source("branch_instructions", 1), source("branch_misses", 2)];
  const { snapshot } = new HandFilled([at(1, 1), at(2, 2)], { sources });
  const card = BRANCHES;
  const { grade, coverage, mixed } = cardStanding(snapshot, card)!;
  assertEquals([grade, coverage, mixed], ["estimated", 0.25, true]);
});

Deno.test("absenceOf is empty while a card has a figure, or may have one soon", () => {
  const soon = new HandFilled([{ "disk_read_bytes{sda}": 0 }]);
  assertEquals(absenceOf(soon.snapshot, DISKS), []);
  const empty = new HandFilled([{ "load_1m": 1 }]);
  assertEquals(absenceOf(empty.snapshot, DISKS), []);
});

Deno.test("sameAbsence names the card that told of the same causes before", () => {
  const none = new CollectorError("not_supported", "Cannot find it");
  const { snapshot } = new HandFilled([{ "load_1m": 1 }], { refused: { disk: none, numa: none } });
  const card = (id: string): Card => CARDS.find((card) => card.id === id)!;
  assertEquals(sameAbsence(snapshot, card("disks")), undefined);
  // Another collector's cause is another cause, in the same words or not.
  assertEquals(sameAbsence(snapshot, card("numa")), undefined);
  const second = { ...card("disks"), id: "second" };
  assertEquals(sameAbsence(snapshot, second)?.id, "disks");
});
