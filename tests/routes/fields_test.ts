import { assertEquals, assertThrows } from "@std/assert";
import * as v from "valibot";
import { parseFields } from "../../routes/fields.ts";
import { Refusal } from "../../routes/refusal.ts";

const SCHEMA = v.strictObject({
  one: v.optional(v.string()),
  "several[]": v.optional(v.array(v.string())),
});

/** Whatever looks for a name looks through all fields. */
class OnePass extends URLSearchParams {
  override get(name: string): never {
    throw new Error(`"${name}" was looked for`);
  }
  override getAll(name: string): never {
    return this.get(name);
  }
  override has(name: string): never {
    return this.get(name);
  }
}

Deno.test("parseFields takes fields in one pass: who is not logged in may send some thousands", () => {
  const fields = new OnePass("several[]=b&one=a&several[]=&several%5B%5D=c");
  assertEquals(parseFields(SCHEMA, fields), { one: "a", "several[]": ["b", "", "c"] });
  assertEquals(parseFields(SCHEMA, new OnePass("")), {});
});

Deno.test("parseFields refuses a field that is there twice, empty or not, and one that is unknown", () => {
  for (
    const [text, message] of [
      ["one=&one=", 'Cannot take parameter "one" twice: needs it once'],
      ["__proto__=1&__proto__=2", 'Cannot take parameter "__proto__" twice: needs it once'],
      ["toString=1", 'Cannot take parameter "toString": it is unknown here, known: one, several[]'],
      ["several=1", 'Cannot take parameter "several": it is unknown here, known: one, several[]'],
    ] as const
  ) {
    const error = assertThrows(() => parseFields(SCHEMA, new URLSearchParams(text)), Refusal);
    assertEquals(error.message, message);
  }
});
