import { assertEquals } from "@std/assert";
import { ProcessStat } from "../../../collectors/files/process_stat.ts";

/** Fields 3 to 26 of a line, numbered so that each can be told: `utime` is 14, `rss` is 24. */
const REST = "S 4 5 6 0 -1 9 10 11 12 13 1400 1500 16 17 20 0 2000 0 2200 23000000 2400 25 26";

function parsed(line: string): ProcessStat {
  const stat = new ProcessStat();
  const bytes = new TextEncoder().encode(line);
  assertEquals(stat.parse(bytes, bytes.length), true);
  return stat;
}

Deno.test("ProcessStat takes its fields from where proc_pid_stat(5) has them", () => {
  const stat = parsed(`77 (deno) ${REST}\n`);
  assertEquals(stat.comm(), "deno");
  assertEquals(String.fromCharCode(stat.state), "S");
  assertEquals([stat.userTicks, stat.systemTicks], [1400, 1500]);
  assertEquals([stat.threads, stat.startTicks], [2000, 2200]);
  assertEquals([stat.virtualBytes, stat.residentPages], [23000000, 2400]);
});

Deno.test("ProcessStat ends the name at the last bracket, whatever is in it", () => {
  for (const name of ["a b", "(sd-pam)", ") R 1 2 (", "x)\ny", "", "héllo"]) {
    const stat = parsed(`77 (${name}) ${REST}\n`);
    assertEquals(stat.comm(), name);
    assertEquals(stat.residentPages, 2400);
  }
});

Deno.test("ProcessStat refuses lines of another format", () => {
  const stat = new ProcessStat();
  for (const line of ["", "77", "77 deno S 1", "77 (deno) S 1 2 3", ")("]) {
    const bytes = new TextEncoder().encode(line);
    assertEquals(stat.parse(bytes, bytes.length), false, line);
  }
});
