import { assertEquals } from "@std/assert";
import { estimated, exact, gradeOf, GRADES, weaker, worse } from "../../collectors/trust.ts";

Deno.test("gradeOf is exact only at full coverage", () => {
  assertEquals(gradeOf(1, 1), "exact");
  assertEquals(gradeOf(0.999, 1), "estimated");
});

Deno.test("gradeOf is low under a fifth of the time, and under 10 ms of counting", () => {
  assertEquals(gradeOf(0.2, 1), "estimated");
  assertEquals(gradeOf(0.19, 1), "low");
  // Half of 10 ms is 5 ms of counting.
  assertEquals(gradeOf(0.5, 0.01), "low");
  // What was counted all the time is exact, however short.
  assertEquals(gradeOf(1, 0.001), "exact");
});

Deno.test("estimated makes nothing better than an estimate, and nothing worse", () => {
  assertEquals(estimated(exact(3)), { value: 3, coverage: 1, grade: "estimated" });
  const low = { value: 3, coverage: 0.1, grade: "low" } as const;
  assertEquals(estimated(low), low);
});

Deno.test("worse is the later of two grades", () => {
  for (const [i, a] of GRADES.entries()) {
    for (const [j, b] of GRADES.entries()) assertEquals(worse(a, b), GRADES[Math.max(i, j)]);
  }
});

Deno.test("of two words the weaker one counts, and what stands on firmer ground adds none", () => {
  assertEquals(weaker(undefined, undefined), undefined);
  assertEquals(weaker("third_party", undefined), "third_party");
  assertEquals(weaker(undefined, "unverified"), "unverified");
  assertEquals(weaker("unverified", "third_party"), "unverified");
  assertEquals(weaker("third_party", "unverified"), "unverified");
});
