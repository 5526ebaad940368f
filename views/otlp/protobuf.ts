/**
 * Metrics of OpenTelemetry as bytes of protobuf. A message is its fields one after the other, each a
 * number with a wire type, and a value:
 *
 *     tag = field << 3 | type      type 0: varint   1: 8 bytes, little-endian   2: length, then bytes
 *
 * Only what is sent is written: fields by opentelemetry/proto/{collector/metrics,metrics,resource,common}/v1.
 * https://protobuf.dev/programming-guides/encoding/
 *
 * @module
 */
import type { Attributes, OtlpMessage, OtlpMetric, OtlpPoint } from "./metrics.ts";
import { CUMULATIVE, nanoseconds } from "./wire.ts";

const VARINT = 0;
const FIXED = 1;
const BYTES = 2;

const TEXT = new TextEncoder();
/** A point's attributes last as long as its series, and take longest to write. */
const ATTRIBUTES = new WeakMap<Attributes, Uint8Array>();

/** `ExportMetricsServiceRequest`. */
export function otlpProtobuf(message: OtlpMessage): Uint8Array<ArrayBuffer> {
  const { scope, metrics } = message;
  const resource = attributesField(1, message.resource);
  const instrumentation = joined([text(1, scope.name), text(2, scope.version)]);
  return field(
    1,
    joined([
      field(1, resource),
      field(
        2,
        joined([field(1, instrumentation), ...metrics.map((each) => field(2, metric(each)))]),
      ),
    ]),
  );
}

/** `Metric`: a Sum, or a Gauge. */
function metric({ name, help, unit, kind, points }: OtlpMetric): Uint8Array {
  const data = points.map((each) => field(1, point(each)));
  const head = [text(1, name), text(2, help), text(3, unit)];
  if (kind === "gauge") return joined([...head, field(5, joined(data))]);
  const sum = [...data, varintField(2, CUMULATIVE), varintField(3, kind === "total" ? 1 : 0)];
  return joined([...head, field(7, joined(sum))]);
}

/** `NumberDataPoint`: times in front, so that what changes is at a known place. */
function point({ attributes, value, atMs, sinceMs }: OtlpPoint): Uint8Array {
  let kept = ATTRIBUTES.get(attributes);
  if (kept === undefined) ATTRIBUTES.set(attributes, kept = attributesField(7, attributes));
  const numbers = sinceMs === undefined ? 2 : 3;
  const bytes = new Uint8Array(numbers * 9 + kept.length);
  const view = new DataView(bytes.buffer);
  let at = 0;
  const put = (number: number): number => {
    bytes[at] = number << 3 | FIXED;
    at += 9;
    return at - 8;
  };
  if (sinceMs !== undefined) view.setBigUint64(put(2), nanoseconds(sinceMs), true);
  view.setBigUint64(put(3), nanoseconds(atMs), true);
  view.setFloat64(put(4), value, true);
  bytes.set(kept, at);
  return bytes;
}

/** `KeyValue`s, each with an `AnyValue`: a text, or a whole number. */
function attributesField(number: number, attributes: Attributes): Uint8Array {
  return joined(
    Object.entries(attributes).map(([key, value]) => {
      const any = typeof value === "number" ? varintField(3, value) : text(1, value);
      return field(number, joined([text(1, key), field(2, any)]));
    }),
  );
}

function text(number: number, value: string): Uint8Array {
  return field(number, TEXT.encode(value));
}

function varintField(number: number, value: number): Uint8Array {
  return Uint8Array.from([...varint(number << 3 | VARINT), ...varint(value)]);
}

function field(number: number, content: Uint8Array): Uint8Array<ArrayBuffer> {
  return joined([varint(number << 3 | BYTES), varint(content.length), content]);
}

/** Seven bits a byte, the lowest first. Of whole numbers from 0. */
function varint(value: number): readonly number[] {
  const bytes: number[] = [];
  while (value >= 128) {
    bytes.push(value % 128 + 128);
    value = Math.floor(value / 128);
  }
  return [...bytes, value];
}

function joined(parts: readonly ArrayLike<number>[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}
