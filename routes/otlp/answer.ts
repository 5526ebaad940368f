/**
 * What a receiver says to a message that it took: whether it left out a part. As protobuf:
 *
 *     ExportMetricsServiceResponse { ExportMetricsPartialSuccess partial_success = 1 }
 *     ExportMetricsPartialSuccess { int64 rejected_data_points = 1; string error_message = 2 }
 *
 * @module
 */

/** In a sentence; undefined where all was taken, and where the answer is none that is known. */
export function rejection(contentType: string, body: Uint8Array): string | undefined {
  const [told, message] = contentType.includes("json") ? ofJson(body) : ofProtobuf(body);
  // A negative one is a varint of 10 bytes.
  const count = Number.isSafeInteger(told) && told > 0 ? told : 0;
  if (count === 0 && message === "") return undefined;
  const which = count === 0 ? "it warns" : `it refused ${count} points`;
  return message === "" ? which : `${which}: ${message}`;
}

type Partial = readonly [count: number, message: string];
const NONE: Partial = [0, ""];

function ofJson(body: Uint8Array): Partial {
  try {
    const { partialSuccess } = JSON.parse(new TextDecoder().decode(body));
    const { rejectedDataPoints, errorMessage } = partialSuccess;
    return [Number(rejectedDataPoints ?? NONE[0]) || NONE[0], String(errorMessage ?? "")];
  } catch (error) {
    // Nothing, or something else: it answered 200, and that is what counts.
    if (error instanceof SyntaxError || error instanceof TypeError) return NONE;
    throw error;
  }
}

function ofProtobuf(body: Uint8Array): Partial {
  const partial = fieldsOf(body)?.get(1);
  const fields = partial instanceof Uint8Array ? fieldsOf(partial) : undefined;
  const count = fields?.get(1);
  const message = fields?.get(2);
  return [
    typeof count === "number" ? count : NONE[0],
    message instanceof Uint8Array ? new TextDecoder().decode(message) : "",
  ];
}

/** Varints and bytes by field number; undefined where there is anything else. */
function fieldsOf(bytes: Uint8Array): ReadonlyMap<number, number | Uint8Array> | undefined {
  const fields = new Map<number, number | Uint8Array>();
  let at = 0;
  const varint = (): number => {
    let value = 0;
    for (let scale = 1; at < bytes.length; scale *= 128) {
      const byte = bytes[at++]!;
      value += (byte & 127) * scale;
      if (byte < 128) return value;
    }
    return NaN;
  };
  while (at < bytes.length) {
    const tag = varint();
    const value = varint();
    if (Number.isNaN(tag) || Number.isNaN(value)) return undefined;
    if (tag % 8 === 0) fields.set(Math.floor(tag / 8), value);
    else if (tag % 8 === 2 && at + value <= bytes.length) {
      fields.set(Math.floor(tag / 8), bytes.subarray(at, at += value));
    } else return undefined;
  }
  return fields;
}
