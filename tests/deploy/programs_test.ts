/** The examples of programs that follow a service, run as their first lines say. @module */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { isMeasured } from "../../collectors/trust.ts";
import { BusyService } from "../browser/busy_service.ts";
import { BusyHost } from "../busy_host.ts";
import { Output } from "../output.ts";

const FOLDER = new URL("../../deploy/programs/", import.meta.url);
/** With the signs that end or change what is quoted. */
const TOKEN = `Tk0123456789abcdef"\\n0123456789$(x)'#;&%`;
const METRIC = "cpu_busy_ratio";
/** What this machine has no counters for. */
const ABSENT = "instructions";
const TICKS = 3;

class Program implements AsyncDisposable {
  readonly output: Output;
  readonly errors: Output;
  readonly child: Deno.ChildProcess;

  constructor(program: string, args: readonly string[], token?: string) {
    this.child = new Deno.Command(program, {
      args: [...args],
      env: token === undefined ? {} : { RINGSIDE_TOKEN: token },
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    this.output = new Output(this.child.stdout);
    this.errors = new Output(this.child.stderr);
  }

  static shell(args: readonly string[], token?: string): Program {
    return new Program("sh", [new URL("stream.sh", FOLDER).pathname, ...args], token);
  }

  static deno(args: readonly string[], token?: string): Program {
    const rights = [
      "--no-prompt",
      "--quiet",
      "--allow-net=127.0.0.1",
      "--allow-env=RINGSIDE_TOKEN",
    ];
    const file = new URL("stream.ts", FOLDER).pathname;
    return new Program(Deno.execPath(), ["run", ...rights, file, ...args], token);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    try {
      this.child.kill();
    } catch (error) {
      // It has ended by itself.
      if (!(error instanceof TypeError)) throw error;
    }
    await this.child.status;
    await Promise.all([this.output.all(), this.errors.all()]);
  }
}

async function busyHost(): Promise<BusyHost> {
  const host = await BusyHost.load("firecracker-2cpu");
  for (let tick = 0; tick < TICKS; tick++) host.tick();
  return host;
}

function valueOf(host: BusyHost): number {
  const reading = host.stage.read(METRIC);
  assert(isMeasured(reading));
  return reading.value;
}

/** The line that `stream.ts` prints of the newest tick. */
function lineOf(host: BusyHost): string {
  const time = new Date(host.stage.snapshot.wallMs).toISOString();
  return `${time} ${METRIC} ${valueOf(host)} 1 exact\n`;
}

for (const token of [undefined, TOKEN]) {
  const how = token === undefined ? "without a token" : "with a token";

  Deno.test(`stream.sh prints each tick as it comes, ${how}`, async () => {
    const host = await busyHost();
    const service = await BusyService.of(host, token === undefined ? {} : { token });
    const program = Program.shell([service.url, `${METRIC},${ABSENT}`], token);
    for (let tick = 0; tick < TICKS; tick++) {
      const { cursor } = host.stage.snapshot;
      for (const words of [`id: ${cursor}\n`, `"value":${valueOf(host)},`, `"value":null`]) {
        assertStringIncludes(await program.output.until(words), words);
      }
      host.tick();
    }
    await service[Symbol.asyncDispose]();
    const { code } = await program.child.status;
    assertEquals([code, await program.errors.all()], [0, ""]);
    await program.output.all();
  });

  Deno.test(`stream.ts prints a line for each tick and metric, ${how}`, async () => {
    const host = await busyHost();
    await using service = await BusyService.of(host, token === undefined ? {} : { token });
    await using program = Program.deno([service.url, `${METRIC},${ABSENT}`], token);
    for (let tick = 0; tick < TICKS; tick++) {
      const text = await program.output.until(lineOf(host));
      assertStringIncludes(text, lineOf(host), program.errors.text);
      host.tick();
    }
    const text = await program.output.until(`${lineOf(host)}`);
    const absent = text.split("\n").filter((line) => line.includes(` ${ABSENT} `));
    assert(
      absent.length >= TICKS && absent.every((line) => line.includes(" not_supported: Cannot ")),
    );
    assertEquals(program.errors.text, "");
  });
}

Deno.test("stream.ts comes back after the service was away, and prints what it has missed", async () => {
  const host = await busyHost();
  const first = await BusyService.of(host);
  await using program = Program.deno([first.url, METRIC]);
  await program.output.until(lineOf(host));
  const port = Number(new URL(first.url).port);
  await first[Symbol.asyncDispose]();
  host.tick();
  const missed = `${new Date(host.stage.snapshot.wallMs).toISOString()} ${METRIC} `;
  host.tick();
  await using _second = await BusyService.of(host, { port });
  const text = await program.output.until(lineOf(host));
  const lines = text.split("\n").filter((line) => line.startsWith(missed));
  assertEquals(lines.length, 1, text);
  assert(lines[0]!.endsWith(" 1 missed"), lines[0]);
});

Deno.test("stream.ts waits where somebody else's wrong tokens came before its right one", async () => {
  const host = await busyHost();
  await using service = await BusyService.of(host, { token: TOKEN });
  const headers = { authorization: "Bearer wrong" };
  const guess = async (): Promise<number> => {
    const response = await fetch(`${service.url}/api/v1/snapshot`, { headers });
    await response.body?.cancel();
    return response.status;
  };
  while (await guess() !== 429);
  await using program = Program.deno([service.url, METRIC], TOKEN);
  // However long the program takes to start, the limit is reached when it asks.
  let told = false;
  const words = program.errors.until("s of patience").finally(() => told = true);
  while (!told) await guess();
  assertStringIncludes(await words, "Cannot look at this token");
  const text = await program.output.until(lineOf(host));
  assertStringIncludes(text, lineOf(host), program.errors.text);
});

Deno.test("both say what is wrong where the token is missing or the metric unknown, and end", async () => {
  const host = await busyHost();
  await using locked = await BusyService.of(host, { token: TOKEN });
  await using open = await BusyService.of(host);
  for (
    const [start, code] of [[Program.shell, 22], [Program.deno, 1]] as const
  ) {
    for (
      const [url, metric, why] of [
        [locked.url, METRIC, "nobody is logged in"],
        [open.url, "nothing", "it is not in the catalogue"],
      ] as const
    ) {
      await using program = start([url, metric]);
      assertEquals((await program.child.status).code, code);
      assertStringIncludes(await program.output.all() + await program.errors.all(), why);
    }
  }
});
