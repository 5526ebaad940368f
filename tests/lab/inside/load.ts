/** A program that keeps one CPU busy until it is disposed of. @module */

export class Load implements AsyncDisposable {
  readonly #child: Deno.ChildProcess;

  constructor(cpu: number) {
    const args = ["-c", String(cpu), "bash", "-c", "while :; do :; done"];
    this.#child = new Deno.Command("taskset", { args }).spawn();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.kill("SIGKILL");
    await this.#child.status;
  }
}
