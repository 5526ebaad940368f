/** The CPUs as a collector last saw them, to notice when one comes, goes or gives its slot away. @module */
import type { Instances } from "../collector.ts";

export class CpuWatch {
  /** One index for both. */
  readonly slots: number[] = [];
  readonly names: string[] = [];
  readonly #cpus: Instances;

  constructor(cpus: Instances) {
    this.#cpus = cpus;
  }

  /** Whether they are others than at the last look. Allocates nothing. */
  changed(): boolean {
    const slots = this.#cpus.slots();
    if (slots.length !== this.slots.length) return true;
    for (let i = 0; i < slots.length; i++) {
      if (slots[i] !== this.slots[i]) return true;
      if (this.#cpus.nameOf(slots[i]!) !== this.names[i]) return true;
    }
    return false;
  }

  /** Their numbers now. */
  look(): readonly number[] {
    this.slots.splice(0, Infinity, ...this.#cpus.slots());
    this.names.splice(0, Infinity, ...this.slots.map((slot) => this.#cpus.nameOf(slot)));
    return this.names.map(Number);
  }
}
