import { assert, assertEquals } from "@std/assert";
import { otlpJson } from "../../../views/otlp/json.ts";
import type { OtlpMessage } from "../../../views/otlp/metrics.ts";
import { otlpProtobuf } from "../../../views/otlp/protobuf.ts";
import { decodeRequest } from "../../otlp_decoder.ts";

const AT = 1_795_314_080_545.028;

const MESSAGE: OtlpMessage = {
  resource: { "service.name": "ringside", "host.name": "räck-1" },
  scope: { name: "ringside", version: "1.2.3" },
  metrics: [
    {
      name: "system.cpu.time",
      help: "Seconds.",
      unit: "s",
      kind: "total",
      points: [
        {
          attributes: { "cpu.logical_number": 300, "cpu.mode": "user" },
          value: 2 ** 53 + 2,
          atMs: AT,
          sinceMs: 1_767_225_600_000,
        },
        { attributes: {}, value: 0, atMs: AT },
      ],
    },
    {
      name: "system.memory.usage",
      help: "é".repeat(100),
      unit: "By",
      kind: "sum",
      points: [{ attributes: { state: "used" }, value: 0.1, atMs: AT }],
    },
    {
      name: "hw.temperature",
      help: "Temperature.",
      unit: "Cel",
      kind: "gauge",
      points: [{ attributes: { "cpu.logical_number": 0 }, value: -3.5, atMs: AT }],
    },
  ],
};

Deno.test("otlpJson writes messages as the protocol's JSON has them", () => {
  const time = "1795314080545028000";
  const expected = {
    resourceMetrics: [{
      resource: {
        attributes: [
          { key: "service.name", value: { stringValue: "ringside" } },
          { key: "host.name", value: { stringValue: "räck-1" } },
        ],
      },
      scopeMetrics: [{
        scope: { name: "ringside", version: "1.2.3" },
        metrics: [
          {
            name: "system.cpu.time",
            description: "Seconds.",
            unit: "s",
            sum: {
              aggregationTemporality: 2,
              isMonotonic: true,
              dataPoints: [
                {
                  attributes: [
                    { key: "cpu.logical_number", value: { intValue: "300" } },
                    { key: "cpu.mode", value: { stringValue: "user" } },
                  ],
                  startTimeUnixNano: "1767225600000000000",
                  timeUnixNano: time,
                  asDouble: 9007199254740994,
                },
                { attributes: [], timeUnixNano: time, asDouble: 0 },
              ],
            },
          },
          {
            name: "system.memory.usage",
            description: "é".repeat(100),
            unit: "By",
            sum: {
              aggregationTemporality: 2,
              isMonotonic: false,
              dataPoints: [{
                attributes: [{ key: "state", value: { stringValue: "used" } }],
                timeUnixNano: time,
                asDouble: 0.1,
              }],
            },
          },
          {
            name: "hw.temperature",
            description: "Temperature.",
            unit: "Cel",
            gauge: {
              dataPoints: [{
                attributes: [{ key: "cpu.logical_number", value: { intValue: "0" } }],
                timeUnixNano: time,
                asDouble: -3.5,
              }],
            },
          },
        ],
      }],
    }],
  };
  assertEquals(JSON.parse(JSON.stringify(otlpJson(MESSAGE))), expected);
});

Deno.test("otlpProtobuf says the same as the JSON, to a decoder that is not ours", () => {
  const decoded = decodeRequest(otlpProtobuf(MESSAGE));
  assertEquals(withoutEmpty(decoded), withoutEmpty(otlpJson(MESSAGE)));
});

Deno.test("otlpProtobuf writes a point anew, and the attributes of its series only once", () => {
  const [metric] = MESSAGE.metrics;
  const [point] = metric!.points;
  const next = { ...MESSAGE, metrics: [{ ...metric!, points: [{ ...point!, value: 7 }] }] };
  otlpProtobuf(MESSAGE);
  const decoded = decodeRequest(otlpProtobuf(next));
  const [sent] = decoded.resourceMetrics[0]!.scopeMetrics[0]!.metrics[0]!.sum!.dataPoints;
  assertEquals(sent!.asDouble, 7);
  assertEquals(sent!.attributes!.length, 2);
});

Deno.test("otlpProtobuf measures texts and messages in bytes, beyond 128 of them too", () => {
  const name = "ä".repeat(9000);
  const long = { ...MESSAGE, resource: { [name]: name } };
  const [attribute] = decodeRequest(otlpProtobuf(long)).resourceMetrics[0]!.resource.attributes!;
  assert(attribute!.key === name && attribute!.value.stringValue === name);
});

/** Protobuf has no word for an empty list or for false. */
function withoutEmpty(value: unknown): unknown {
  return JSON.parse(
    JSON.stringify(
      value,
      (_, each) => each === false || Array.isArray(each) && each.length === 0 ? undefined : each,
    ),
  );
}
