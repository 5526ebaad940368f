import { assert, assertEquals, assertThrows } from "@std/assert";
import { checkCpus, EVERYTHING, leftOutProblem, wantsCpu } from "../../collectors/narrowing.ts";

Deno.test("wantsCpu() wants all, or those that are listed", () => {
  assert(wantsCpu(EVERYTHING, 7));
  assert(wantsCpu({ cpus: [1, 7] }, 7));
  assert(!wantsCpu({ cpus: [1, 7] }, 0));
});

Deno.test("leftOutProblem() speaks of one CPU and of several, and says what would change it", () => {
  assertEquals(leftOutProblem("hardware events", [3]), {
    message: "Cannot count hardware events on cpu 3: --cpus leaves it out",
    remedy: "Start without --cpus, or with this CPU in its list",
  });
  assertEquals(leftOutProblem("hardware events", [3, 1, 2, 8]), {
    message: "Cannot count hardware events on cpu 1-3,8: --cpus leaves them out",
    remedy: "Start without --cpus, or with these CPUs in its list",
  });
});

Deno.test("checkCpus() refuses CPUs that the machine does not have", () => {
  for (
    const [cpus, present, message] of [
      [[50], [0, 1], "Cannot use --cpus 50: this machine has CPUs 0-1"],
      [[1, 99], [0, 1, 2, 3], "Cannot use --cpus 1,99: this machine has CPUs 0-3"],
      [[1], [0], "Cannot use --cpus 1: this machine has CPU 0"],
    ] as const
  ) {
    assertThrows(() => checkCpus({ cpus }, present), Error, message);
  }
});

Deno.test("checkCpus() takes CPUs that are there, and any where nobody knows them", () => {
  checkCpus({ cpus: [0, 3] }, [0, 1, 2, 3]);
  checkCpus({ cpus: [50] }, []);
  checkCpus(EVERYTHING, [0]);
});
