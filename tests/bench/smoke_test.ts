/** Every benchmark runs at its smallest size, so that none rots. Its figures mean nothing here. */
import { assert } from "@std/assert";
import { BENCHES } from "./mod.ts";

for (const [name, bench] of Object.entries(BENCHES)) {
  Deno.test(`bench ${name} runs and measures, or says what it needs`, async () => {
    const results = await bench("smoke");
    assert(results.length > 0);
    for (const result of results) {
      if ("missing" in result) assert(result.missing.length > 0, result.name);
      else {assert(
          Number.isFinite(result.value) && result.value > 0,
          `${result.name}: ${result.value}`,
        );}
    }
  });
}
