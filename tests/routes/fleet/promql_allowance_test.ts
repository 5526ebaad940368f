import { assert, assertEquals, assertThrows } from "@std/assert";
import {
  Allowance,
  PAGE_BYTES_MOST,
  PAGE_PARTS_MOST,
} from "../../../routes/fleet/promql_allowance.ts";
import { AnswerError } from "../../../routes/fleet/promql_answer.ts";
import { ANSWER_BYTES_MOST } from "../../../routes/fleet/promql_client.ts";

const TOO_MANY = `its answers have more than ${PAGE_PARTS_MOST} parts together`;

Deno.test("texts that would take long to parse are refused before, however they are made", () => {
  const count = PAGE_PARTS_MOST + 1;
  for (const part of ["{", "[", "0,", "{},", '"",', "[[],"]) {
    const text = part.repeat(count);
    assert(text.length < ANSWER_BYTES_MOST, part);
    const { message } = assertThrows(() => new Allowance().takeParts(text), AnswerError);
    assertEquals(message, TOO_MANY, part);
  }
});

Deno.test("several answers share what there is", () => {
  const allowance = new Allowance();
  const half = ",".repeat(PAGE_PARTS_MOST / 2);
  allowance.takeParts(half);
  allowance.takeParts(half);
  assertThrows(() => allowance.takeParts(","), AnswerError);
  allowance.takeBytes(PAGE_BYTES_MOST);
  assertThrows(() => allowance.takeBytes(1), AnswerError);
});

const HOSTS = 5000;

/** As each question is answered of a host with long names: labels of its own beside those. */
const ANSWERED: readonly (readonly Readonly<Record<string, string>>[])[] = [
  [{ version: "0.1.0", instance_type: "m7i.large", rack: "r12", env: "production" }],
  [{ nodename: "host-12345", release: "6.12.9-amd64", version: "#1 SMP PREEMPT_DYNAMIC Debian" }],
  new Array(10).fill({
    instance_type: "m7i.large",
    rack: "r12",
    env: "production",
    reason: "denied",
  }),
  new Array(2).fill({ pmu: "cpu_core" }),
  new Array(9).fill({ term: "counted_misses" }),
  new Array(8).fill({ term: "waited", of: "memory" }),
];

Deno.test("as many hosts as a page has room for, with all their terms, are let in", () => {
  const allowance = new Allowance();
  const own = { job: "ringside", instance: "host-12345.eu-central.example.internal:7878" };
  for (const answered of ANSWERED) {
    const series = answered.map((labels) =>
      JSON.stringify({
        metric: { ...own, ...labels },
        value: [1770000000.123, "12345678.12345678"],
      })
    ).join();
    const text = `[${new Array(HOSTS).fill(series).join()}]`;
    assert(text.length < ANSWER_BYTES_MOST, `${text.length} characters`);
    allowance.takeBytes(text.length);
    allowance.takeParts(text);
  }
});
