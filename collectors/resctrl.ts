/**
 * Memory traffic of each L3 cache's cores from the resctrl filesystem
 * (Documentation/filesystems/resctrl.rst), where somebody mounted it: this never does.
 *
 * @module
 */
import {
  type CollectorSpec,
  type Column,
  type Instances,
  type Reader,
  type RowWriter,
  type Site,
  type Tick,
} from "./collector.ts";
import { absentEvent, causeOfSum, noCounters, noEvents } from "./resctrl/causes.ts";
import type { MbmFile } from "./resctrl/file.ts";
import { MonitoringGroups } from "./resctrl/monitors.ts";
import { type MbmStanding, MbmSum } from "./resctrl/sum.ts";
import {
  configurationOf,
  counterNames,
  groupNames,
  isSame,
  MBM_EVENTS,
  type MbmEvent,
  type MbmPlaces,
  mbmPlaces,
  socketsOfCaches,
} from "./resctrl/tree.ts";

/** Groups are looked for at every reading; L3 caches, settings and what failed so often. */
const SCAN_EVERY_SECONDS = 5;
/** No list of names is this one: all is looked for anew. */
const NOTHING: readonly string[] = [];

const REMOTE = "mbm_remote_bytes";
/** What is lost with an event. */
const METRICS: Readonly<Record<MbmEvent, readonly string[]>> = {
  mbm_total_bytes: ["mbm_total_bytes", REMOTE],
  mbm_local_bytes: ["mbm_local_bytes", REMOTE],
};

export const resctrl: CollectorSpec = {
  id: "resctrl",
  // Each file is read by the kernel on a CPU of its L3 cache, which is interrupted for it.
  minIntervalMs: 1000,
  open: (site) => new ResctrlReader(site),
};

/** One event of one L3 cache, and what was told of it. */
interface Counter {
  readonly sum: MbmSum;
  readonly column: Column;
  told: MbmStanding;
  toldOf: MbmFile | null;
}

interface Domain {
  readonly name: string;
  readonly slot: number;
  readonly total: Counter;
  readonly local: Counter;
  /**
   * Bytes by which the total rose more than the local ones, as far as they are not remote yet. Below 0
   * for a while: the two are not read at the same time.
   */
  readonly ahead: Float64Array;
  /** Both were known when they were last read. */
  wasBoth: boolean;
}

class ResctrlReader implements Reader {
  readonly #site: Site;
  readonly #instances: Instances;
  readonly #columns: Readonly<Record<MbmEvent, Column>>;
  readonly #remote: Column;
  /** By the number of the L3 cache. */
  readonly #domains = new Map<number, Domain>();
  /** The same in a row, since going through a map makes an iterator. */
  #list: readonly Domain[] = [];
  #groupNames = NOTHING;
  /** Control groups, the root as "". */
  #groups = NOTHING;
  readonly #monitors: MonitoringGroups;
  #counterNames = NOTHING;
  /** Events that can be set to count something else. */
  #configurable: readonly MbmEvent[] = [];
  /** L3 caches or groups came or went: causes name others than before. */
  #isChanged = false;
  #scanDueSeconds = 0;

  constructor(site: Site) {
    this.#site = site;
    this.#monitors = new MonitoringGroups(site.tree);
    // Fails before there are columns on a machine that has none of it.
    if (this.#listed(mbmPlaces).events.length === 0) throw noEvents();
    this.#instances = site.instances("mbm_domain");
    this.#columns = {
      mbm_total_bytes: site.column("mbm_total_bytes"),
      mbm_local_bytes: site.column("mbm_local_bytes"),
    };
    this.#remote = site.column(REMOTE);
  }

  read(row: RowWriter, tick: Tick): void {
    // A group that is found late has its bytes in the wrong reading.
    const groups = this.#listed(groupNames);
    if (tick.seconds >= this.#scanDueSeconds) {
      this.#scan(groups);
      this.#scanDueSeconds = tick.seconds + SCAN_EVERY_SECONDS;
    } else if (!isSame(groups, this.#groupNames)) {
      this.#groupNames = groups;
      this.#scanAll(this.#listed(mbmPlaces));
    }
    for (const group of this.#monitors.unsteady(this.#groups)) this.#beginAnew(group);
    let kept = true;
    for (let i = 0; i < this.#list.length; i++) {
      const { total, local } = this.#list[i]!;
      if (!total.sum.read()) kept = false;
      if (!local.sum.read()) kept = false;
    }
    if (!kept) {
      this.#scanAll(this.#listed(mbmPlaces));
      // It may come back by the same name before the next look.
      this.#groupNames = NOTHING;
    }
    for (let i = 0; i < this.#list.length; i++) this.#write(row, this.#list[i]!);
    this.#tell();
  }

  close(): void {
    for (const domain of this.#domains.values()) closeDomain(domain);
    this.#domains.clear();
    this.#list = [];
  }

  #beginAnew(group: string): void {
    for (const { total, local } of this.#list) {
      total.sum.beginAnew(group);
      local.sum.beginAnew(group);
    }
  }

  #write(row: RowWriter, domain: Domain): void {
    const { slot, total, local, ahead } = domain;
    total.sum.settle();
    local.sum.settle();
    const isTotal = total.sum.standing() === "counted";
    const isLocal = local.sum.standing() === "counted";
    if (isTotal) row.add(total.column, slot, total.sum.take());
    else row.none(total.column, slot);
    if (isLocal) row.add(local.column, slot, local.sum.take());
    else row.none(local.column, slot);
    const isBoth = isTotal && isLocal;
    // What comes after a gap may make up for it, perhaps for one of the two only.
    if (isBoth && domain.wasBoth) {
      ahead[0] = ahead[0]! + total.sum.increase() - local.sum.increase();
    }
    domain.wasBoth = isBoth;
    if (isBoth) {
      row.add(this.#remote, slot, Math.max(0, ahead[0]!));
      if (ahead[0]! > 0) ahead[0] = 0;
    } else row.none(this.#remote, slot);
  }

  #scan(groups: readonly string[]): void {
    const counters = this.#listed(counterNames);
    if (isSame(groups, this.#groupNames) && isSame(counters, this.#counterNames)) {
      for (const { total, local } of this.#list) {
        total.sum.retry();
        local.sum.retry();
      }
      this.#readConfiguration();
      return;
    }
    this.#groupNames = groups;
    this.#counterNames = counters;
    this.#scanAll(this.#listed(mbmPlaces));
  }

  #readConfiguration(): void {
    for (const event of this.#configurable) {
      const configuration = configurationOf(this.#site.tree, event);
      for (const domain of this.#list) {
        (event === "mbm_total_bytes" ? domain.total : domain.local).sum.configure(configuration);
      }
    }
  }

  /** What stands in the filesystem. Throws the cause where it cannot be looked at. */
  #listed<T>(look: (tree: Site["tree"]) => T): T {
    try {
      return look(this.#site.tree);
    } catch (error) {
      throw noCounters(this.#site, error);
    }
  }

  #scanAll({ groups, domains, events }: MbmPlaces): void {
    const { tree, profile } = this.#site;
    if (events.length === 0) throw noEvents();
    this.#groups = groups;
    const sockets = socketsOfCaches(tree, profile.onlineCpus);
    this.#instances.begin();
    const gone = new Set(this.#domains.keys());
    for (const [number, directory] of domains) {
      const name = String(number);
      const socket = sockets.get(number);
      const slot = this.#instances.claim(name, {}, {
        l3_domain: name,
        ...(socket === undefined ? {} : { socket }),
      });
      if (slot < 0) continue;
      const domain = this.#domain(number, slot);
      gone.delete(number);
      for (const { sum } of [domain.total, domain.local]) {
        sum.scan(events.includes(sum.event) ? groups : [], directory);
      }
    }
    this.#instances.end();
    for (const number of gone) {
      closeDomain(this.#domains.get(number)!);
      this.#domains.delete(number);
    }
    this.#list = [...this.#domains.values()];
    this.#configurable = events.filter((event) => configurationOf(tree, event) !== undefined);
    this.#isChanged = true;
    this.#readConfiguration();
    this.#tellAbsent(events);
  }

  /** The L3 cache of a number, which goes on where it was known. */
  #domain(number: number, slot: number): Domain {
    const known = this.#domains.get(number);
    if (known?.slot === slot) return known;
    if (known !== undefined) closeDomain(known);
    const counter = (event: MbmEvent): Counter => ({
      sum: new MbmSum(this.#site.tree, event, number),
      column: this.#columns[event],
      told: "counted",
      toldOf: null,
    });
    const domain: Domain = {
      name: String(number),
      slot,
      total: counter("mbm_total_bytes"),
      local: counter("mbm_local_bytes"),
      ahead: new Float64Array(1),
      wasBoth: true,
    };
    this.#domains.set(number, domain);
    return domain;
  }

  #tellAbsent(events: readonly MbmEvent[]): void {
    for (const event of MBM_EVENTS) {
      const key = `${event} absent`;
      if (events.includes(event)) this.#site.resolve(key);
      else this.#site.report({ key, ...absentEvent(event), metrics: METRICS[event] });
    }
  }

  /** States anew what changed since it was told. */
  #tell(): void {
    let isTotalNew = this.#isChanged;
    let isLocalNew = this.#isChanged;
    this.#isChanged = false;
    for (let i = 0; i < this.#list.length; i++) {
      const { total, local } = this.#list[i]!;
      if (isNew(total)) isTotalNew = true;
      if (isNew(local)) isLocalNew = true;
    }
    if (isTotalNew) this.#tellOf("mbm_total_bytes", this.#list.map(({ total }) => total));
    if (isLocalNew) this.#tellOf("mbm_local_bytes", this.#list.map(({ local }) => local));
  }

  /** One cause for all L3 caches that lack an event for the same reason. `counters`: as `#list`. */
  #tellOf(event: MbmEvent, counters: readonly Counter[]): void {
    for (const standing of TOLD) {
      const key = `${event} ${standing}`;
      this.#site.resolve(key);
      const of = counters.filter((counter) => counter.sum.standing() === standing);
      const [first] = of;
      if (first === undefined) continue;
      this.#site.report({
        key,
        ...causeOfSum(first.sum),
        metrics: METRICS[event],
        instances: of.map((counter) => this.#list[counters.indexOf(counter)]!.name),
      });
    }
    for (const counter of counters) {
      counter.told = counter.sum.standing();
      counter.toldOf = counter.sum.missing();
    }
  }
}

/** The standings that have a cause of their own. */
const TOLD: readonly MbmStanding[] = [
  "Unassigned",
  "Unavailable",
  "Error",
  "failed",
  "anew",
  "reconfigured",
  "removed",
];

function isNew({ sum, told, toldOf }: Counter): boolean {
  return sum.standing() !== told || sum.missing() !== toldOf;
}

function closeDomain({ total, local }: Domain): void {
  total.sum.close();
  local.sum.close();
}
