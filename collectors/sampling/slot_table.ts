/**
 * The instances of one scope: names to slots, and who is there at this moment.
 *
 * @module
 */
import type { Scope } from "../catalogue.ts";
import { IGNORED, type Instances, UNKNOWN } from "../collector.ts";
import { printable, printableValues } from "../printable.ts";
import type { Away, Instance, ScopeLayout, Untaken } from "./layout.ts";

const encoder = new TextEncoder();

/** What a table asks of the engine that owns the columns. */
export interface SlotOwner {
  /** Sequence of the row that is being filled. */
  sequence(): number;
  /** Oldest sequence that can still be read: slots that were left before it may be given away. */
  oldestSequence(): number;
  /** Makes room: a scope has a larger capacity. */
  grow(): void;
  /** All cells of the slot become absent; with `forget`, totals begin anew too. */
  clear(scope: Scope, slot: number, forget: boolean): void;
  /** Instances changed: the layout has a new version. */
  changed(): void;
  /** No more instances can be taken in. */
  exhausted(scope: Scope, name: string): void;
  /** Nobody waits any more who could not be taken in. */
  relieved(scope: Scope): void;
}

interface Known {
  readonly bytes: Uint8Array;
  /** A slot, or `IGNORED`. */
  slot: number;
  /** Of one that is ignored because there was no room for it: the pass in which it was last there. */
  waitedIn: number;
  /** Where it belongs, if it is not taken in. */
  groups: Instance["groups"];
}

const NO_GROUPS: Instance["groups"] = {};
const NOBODY: Untaken = { sequence: 0, count: 0, groups: [] };

/** Of one instance: who comes and goes all the time is in sums as if it had not left before. */
const AWAY_MOST = 8;

/**
 * How often the number of those without a slot is told apart. Of a time that is longer ago, the most of it
 * counts: a sum lacks rather too much than too little.
 */
const UNTAKEN_MOST = 64;

/** It does not wait for a slot. */
const NOT_WAITING = -1;

export class SlotTable implements Instances {
  readonly scope: Scope;
  readonly #owner: SlotOwner;
  #capacity: number;
  /** By slot: what the machine calls them, which may hold what is not shown. */
  readonly #names: string[] = [];
  /** By slot. */
  readonly #instances: (Instance | null)[] = [];
  /** In the order in which files name them, so that the next look-up is mostly the next entry. */
  #known: Known[] = [];
  #next = 0;
  #pass = 0;
  /** How many wait for a slot. */
  #waiting = 0;
  /** Who had no slot over time: those among them for whom there is room by now, too. */
  #untakenSteps: readonly Untaken[] = [];
  #present: number[] = [];
  #seen: Uint8Array;
  #slotOfNumber: number[] = [];
  #layout: ScopeLayout | null = null;

  constructor(scope: Scope, capacity: number, owner: SlotOwner) {
    this.scope = scope;
    this.#owner = owner;
    this.#capacity = capacity;
    this.#seen = new Uint8Array(capacity);
  }

  get capacity(): number {
    return this.#capacity;
  }

  /** The same object until somebody comes, goes or is called otherwise. */
  layout(): ScopeLayout {
    return this.#layout ??= {
      capacity: this.#capacity,
      instances: [...this.#instances],
      ...(this.#untakenSteps.length === 0 ? {} : { untaken: this.#untakenSteps }),
    };
  }

  slots(): readonly number[] {
    return this.#present;
  }

  nameOf(slot: number): string {
    return this.#names[slot] ?? "";
  }

  lookup(bytes: Uint8Array, start: number, end: number): number {
    const known = this.#known;
    const length = end - start;
    for (let tried = 0, at = this.#next; tried < known.length; tried++, at++) {
      if (at >= known.length) at = 0;
      const entry = known[at]!;
      if (entry.bytes.length !== length || !same(entry.bytes, bytes, start)) continue;
      this.#next = at + 1;
      const slot = entry.slot;
      if (slot >= 0) {
        this.#seen[slot] = 1;
        // It is gone as far as readers know: only `claim` brings it back.
        if (this.#instances[slot]!.goneSequence !== null) return UNKNOWN;
      } else if (entry.waitedIn !== NOT_WAITING) entry.waitedIn = this.#pass;
      return slot;
    }
    return UNKNOWN;
  }

  number(n: number): number {
    return this.#slotOfNumber[n] ?? UNKNOWN;
  }

  ignore(name: string): void {
    this.#remember(name, IGNORED);
  }

  claim(
    raw: string,
    givenLabels: Readonly<Record<string, string>> = {},
    givenGroups?: Readonly<Record<string, string>>,
  ): number {
    const name = printable(raw);
    const labels = printableValues(givenLabels);
    const groups = givenGroups === undefined ? undefined : printableValues(givenGroups);
    const was = this.#instances.findIndex((instance) => instance?.name === name);
    const known = this.#instances[was] ?? null;
    if (known !== null && known.goneSequence === null) {
      this.#seen[was] = 1;
      this.#label(was, known, labels, groups ?? known.groups);
      return was;
    }
    const slot = known !== null ? was : this.#freeSlot(name);
    if (slot < 0) {
      this.#remember(raw, IGNORED, this.#pass, groups);
      return IGNORED;
    }
    if (known === null) this.#giveUp(slot);
    // Who comes back where nothing is remembered comes anew.
    const past = this.scope.volatile ? null : known;
    const away = this.#awayOf(past);
    this.#instances[slot] = {
      name,
      labels: { [this.scope.label]: name, ...labels },
      groups: groups ?? known?.groups ?? {},
      bornSequence: past?.bornSequence ?? this.#owner.sequence(),
      goneSequence: null,
      ...(away.length === 0 ? {} : { away }),
    };
    this.#names[slot] = raw;
    this.#remember(raw, slot);
    this.#seen[slot] = 1;
    this.#index();
    return slot;
  }

  begin(): void {
    this.#seen.fill(0);
    this.#next = 0;
    this.#pass++;
  }

  end(): void {
    const present = this.#present;
    let gone = false;
    for (let i = 0; i < present.length; i++) {
      const slot = present[i]!;
      if (this.#seen[slot] === 1) continue;
      this.#instances[slot] = {
        ...this.#instances[slot]!,
        goneSequence: this.#owner.sequence(),
      };
      this.#owner.clear(this.scope, slot, false);
      gone = true;
    }
    if (gone) this.#index();
    if (this.#waiting > 0 || this.#untaken.count > 0) {
      this.#forgetWaiting(this.#capacity - this.#present.length);
    }
  }

  /** Those who went, and of the others as many as there is room for: they are claimed anew. */
  #forgetWaiting(room: number): void {
    let left = room;
    const untaken = this.#known.filter(({ waitedIn }) => waitedIn === this.#pass);
    this.#known = this.#known.filter(({ waitedIn }) =>
      waitedIn === NOT_WAITING || (waitedIn === this.#pass && left-- <= 0)
    );
    this.#countWaiting();
    this.#lack(untaken);
  }

  #countWaiting(): void {
    const before = this.#waiting;
    this.#waiting = this.#known.filter(({ waitedIn }) => waitedIn !== NOT_WAITING).length;
    if (before > 0 && this.#waiting === 0) this.#owner.relieved(this.scope);
  }

  /** As of the last pass. */
  get #untaken(): Untaken {
    return this.#untakenSteps.at(-1) ?? NOBODY;
  }

  #lack(untaken: readonly Known[]): void {
    const count = untaken.length;
    const groups = untaken.map((known) => known.groups);
    const last = this.#untaken;
    if (count === last.count && groups.every((each, i) => sameWords(each, last.groups[i]!))) return;
    const sequence = this.#owner.sequence();
    const oldest = this.#owner.oldestSequence();
    const before = this.#untakenSteps.filter((step, i, all) =>
      step.sequence < sequence && (all[i + 1]?.sequence ?? Infinity) > oldest
    );
    this.#untakenSteps = shortened([...before, { sequence, count, groups }]);
    this.#changed();
  }

  /** When somebody who comes back was away, as far as rows of it are left. */
  #awayOf(known: Instance | null): readonly Away[] {
    if (known === null) return [];
    const back = this.#owner.sequence();
    const oldest = this.#owner.oldestSequence();
    return [...known.away ?? [], { gone: known.goneSequence!, back }]
      .filter((away) => away.back > oldest && away.back > away.gone)
      .slice(-AWAY_MOST);
  }

  #freeSlot(name: string): number {
    for (let slot = 0; slot < this.#capacity; slot++) {
      if ((this.#instances[slot] ?? null) === null) return slot;
    }
    const leftBefore = this.scope.volatile ? Infinity : this.#owner.oldestSequence();
    const left = this.#oldestLeft();
    if (left >= 0 && this.#instances[left]!.goneSequence! < leftBefore) return left;
    if (this.#capacity < this.scope.most) {
      const slot = this.#capacity;
      const more = Math.max(2, this.scope.spare, this.#capacity >> 1);
      this.#capacity = Math.min(this.scope.most, this.#capacity + more);
      const seen = new Uint8Array(this.#capacity);
      seen.set(this.#seen);
      this.#seen = seen;
      this.#owner.grow();
      return slot;
    }
    // The past of who left longest ago is worth less than the presence of who came.
    if (left < 0) this.#owner.exhausted(this.scope, name);
    return left;
  }

  #oldestLeft(): number {
    let oldest = -1;
    for (let slot = 0; slot < this.#instances.length; slot++) {
      const gone = this.#instances[slot]?.goneSequence ?? null;
      if (gone === null) continue;
      if (oldest < 0 || gone < this.#instances[oldest]!.goneSequence!) oldest = slot;
    }
    return oldest;
  }

  /** Somebody who is there is called otherwise from now on: a process by its exec, a mount by its device. */
  #label(
    slot: number,
    known: Instance,
    labels: Readonly<Record<string, string>>,
    groups: Readonly<Record<string, string>>,
  ): void {
    const told = { [this.scope.label]: known.name, ...labels };
    const moved = !sameWords(known.groups, groups);
    if (!moved && sameWords(known.labels, told)) return;
    this.#instances[slot] = { ...known, labels: told, groups };
    if (moved) this.#present = [...this.#present];
    this.#changed();
  }

  /** Nothing of the slot's last owner is left to the next one. */
  #giveUp(slot: number): void {
    this.#owner.clear(this.scope, slot, true);
    const at = this.#known.findIndex((entry) => entry.slot === slot);
    if (at >= 0) this.#known.splice(at, 1);
  }

  #remember(name: string, slot: number, waitedIn = NOT_WAITING, groups = NO_GROUPS): void {
    const bytes = encoder.encode(name);
    const known = this.#known.find((entry) =>
      entry.bytes.length === bytes.length && same(entry.bytes, bytes, 0)
    );
    if (known !== undefined) Object.assign(known, { slot, waitedIn, groups });
    else this.#known.push({ bytes, slot, waitedIn, groups });
    if (waitedIn === NOT_WAITING && this.#waiting === 0) return;
    this.#countWaiting();
    this.#lack(this.#known.filter(({ waitedIn }) => waitedIn !== NOT_WAITING));
  }

  #index(): void {
    const present: number[] = [];
    const byNumber: number[] = [];
    for (let slot = 0; slot < this.#instances.length; slot++) {
      const instance = this.#instances[slot] ?? null;
      if (instance === null || instance.goneSequence !== null) continue;
      present.push(slot);
      if (/^\d{1,5}$/.test(instance.name)) byNumber[Number(instance.name)] = slot;
    }
    this.#present = present;
    this.#slotOfNumber = byNumber;
    this.#changed();
  }

  #changed(): void {
    this.#layout = null;
    this.#owner.changed();
  }
}

function shortened(steps: readonly Untaken[]): readonly Untaken[] {
  if (steps.length <= UNTAKEN_MOST) return steps;
  const [first, second, ...rest] = steps;
  const most = first!.count > second!.count ? first! : second!;
  return [{ ...most, sequence: first!.sequence }, ...rest];
}

function sameWords(
  a: Readonly<Record<string, string>>,
  b: Readonly<Record<string, string>>,
): boolean {
  if (a === b) return true;
  const names = Object.keys(a);
  return names.length === Object.keys(b).length && names.every((name) => a[name] === b[name]);
}

function same(known: Uint8Array, bytes: Uint8Array, start: number): boolean {
  for (let i = 0; i < known.length; i++) if (known[i] !== bytes[start + i]) return false;
  return true;
}
