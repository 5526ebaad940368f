import { assertEquals, assertRejects } from "@std/assert";
import {
  checkInstalled,
  faultsOf,
  followed,
  table,
  type Tried,
  triedOf,
} from "../../deploy/least_privilege.ts";

const CAPABILITY = "Give the service CAP_PERFMON in its unit: `AmbientCapabilities=CAP_PERFMON`";
const LEVEL_0 = "lower the level: `sudo sysctl -w kernel.perf_event_paranoid=0`";
const LEVEL_2 = "At 3 the kernel asks for CAP_SYS_ADMIN: lower the level: " +
  "`sudo sysctl -w kernel.perf_event_paranoid=2`";
const LEVEL_2_AND = `${LEVEL_2} and ${CAPABILITY}`;

function tried(level: number, capability: boolean, counted: number, ...advice: string[]): Tried {
  return { level, capability, counted, quantities: 9, advice };
}

const RIGHT: readonly Tried[] = [
  tried(3, false, 0, LEVEL_2_AND),
  tried(3, true, 0, LEVEL_2),
  tried(2, false, 0, CAPABILITY, LEVEL_0),
  tried(2, true, 8),
  tried(0, false, 8),
  tried(0, true, 8),
];

Deno.test("triedOf() counts what is not missing, and takes the first step that is this machine's", () => {
  const doctor = {
    quantities: [{ state: "measured" }, { state: "waiting" }, { state: "missing" }],
    plan: {
      steps: [
        { outside: true, ways: [{ do: "Ask the hypervisor" }] },
        { outside: false, ways: [{ do: CAPABILITY }, { do: LEVEL_0 }] },
      ],
    },
  };
  assertEquals(triedOf(doctor, 2, false), {
    level: 2,
    capability: false,
    counted: 2,
    quantities: 3,
    advice: [CAPABILITY, LEVEL_0],
  });
});

Deno.test("followed() takes the level and the right that a piece of advice names", () => {
  const [, , plain] = RIGHT as [Tried, Tried, Tried];
  assertEquals(followed(plain, CAPABILITY), { level: 2, capability: true });
  assertEquals(followed(plain, LEVEL_0), { level: 0, capability: false });
  assertEquals(followed(tried(3, false, 0), LEVEL_2_AND), { level: 2, capability: true });
  assertEquals(followed(plain, "Use another kernel"), { level: 2, capability: false });
});

Deno.test("faultsOf() holds each piece of advice against the case to which it leads", () => {
  assertEquals(faultsOf(RIGHT), []);
  // The same advice where the right did not help.
  const useless = RIGHT.with(3, tried(2, true, 1));
  assertEquals(faultsOf(useless), [
    `level 3, no capability: ${LEVEL_2_AND} leads to 1 of 8`,
    `level 3, CAP_PERFMON: ${LEVEL_2} leads to 1 of 8`,
    `level 2, no capability: ${CAPABILITY} leads to 1 of 8`,
    "level 2, CAP_PERFMON: there is no advice",
  ]);
  // Too little is asked for: without the right the level alone does not do.
  assertEquals(
    faultsOf(RIGHT.with(0, tried(3, false, 0, LEVEL_2.replace("CAP_SYS_ADMIN", "more")))),
    [
      `level 3, no capability: ${LEVEL_2.replace("CAP_SYS_ADMIN", "more")} leads to 0 of 8`,
    ],
  );
});

Deno.test("table() has a line for each case, with the first way", () => {
  assertEquals(
    table(RIGHT.slice(2, 4)),
    `level 2, no capability     0 of 9 counted       ${CAPABILITY}\n` +
      "level 2, CAP_PERFMON       8 of 9 counted\n",
  );
});

Deno.test("a folder without Ringside is named, with what lays it out", async () => {
  await assertRejects(
    () => checkInstalled("/nowhere"),
    Error,
    'Cannot ask the doctor of "/nowhere": there is no app/main.ts in it, needs what ' +
      "deploy/assemble.ts lays out there",
  );
});
