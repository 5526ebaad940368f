/** All CPUs at once: a cell each with its number, coloured by one quantity. @module */
import type { InstanceQuantity } from "../../collectors/card.ts";
import { CPU_PAGE, type Present } from "../../collectors/mod.ts";
import type { Snapshot } from "../../collectors/readings/snapshot.ts";
import { isMeasured, type Reading } from "../../collectors/trust.ts";
import { absentWords, boundSign, pad, plural, trustSentence } from "../format.ts";
import type { Html } from "../html.ts";
import { CardTrust } from "../ring.tsx";
import { worst } from "../standing.ts";
import { Value } from "../value.tsx";
import { type CpusChoice, cpusHref, HEATS } from "./choice.ts";
import { type Core, type CpuGroup, groupsOf, unusedOf } from "./groups.ts";
import { Lack } from "./lacks.tsx";
import {
  found,
  HEAT_STEPS,
  heatNumber,
  heatOf,
  type HeatScale,
  heatScale,
  heatStep,
  togetherWords,
} from "./quantity.ts";

/** Up to so many have large cells, and up to so many middling ones. */
const LARGE_MOST = 16;
const MIDDLING_MOST = 64;

interface HeatProps {
  readonly choice: CpusChoice;
  readonly snapshot: Snapshot;
}

/** What the cells may be coloured by: links, so that each is an address. */
export function HeatChoices({ choice, snapshot }: HeatProps): Html {
  const current = heatOf(choice.by, snapshot);
  return (
    <nav class="choices" id="cpus-by" aria-label="Colour the CPUs by">
      {HEATS.map((quantity) => (
        <a
          href={cpusHref(choice, { by: quantity.key })}
          aria-current={quantity === current ? "true" : undefined}
        >
          {quantity.name}
          {found(quantity, snapshot).lack === null ? null : <small>not available</small>}
        </a>
      ))}
    </nav>
  );
}

export function HeatCard({ choice, snapshot }: HeatProps): Html {
  const quantity = heatOf(choice.by, snapshot);
  const { metric: id, unit, lack } = found(quantity, snapshot);
  const { title } = quantity.heat!;
  if (lack !== null) {
    return (
      <section class="card" id="cpus-heat" aria-labelledby="cpus-heat-title">
        <header>
          <h2 id="cpus-heat-title">{title}</h2>
        </header>
        <Lack name={quantity.name} lack={lack} />
      </section>
    );
  }
  const groups = groupsOf(snapshot);
  const cpus = groups.flatMap(({ cores }) => cores.flat());
  const standing = worst(cpus.map(({ name }) => snapshot.read(id, name)));
  const scale = heatScale(quantity, snapshot);
  const threads = groups.some(({ cores, count }) => cores.length < count);
  return (
    <section class="card" id="cpus-heat" aria-labelledby="cpus-heat-title">
      <header>
        <h2 id="cpus-heat-title">{title}</h2>
        <small>
          <Value reading={snapshot.read(id)} unit={unit} />{" "}
          {`${plural(cpus.length, CPU_PAGE.heading)} ${togetherWords(id)}`}
        </small>
        {standing === null ? null : <CardTrust measured={standing} title={title} />}
      </header>
      <Legend scale={scale} threads={threads} />
      <div class={`heat ${sizeOf(cpus.length)}`}>
        {groups.map((group, at) => (
          <Group
            group={group}
            at={at}
            alone={groups.length === 1}
            choice={choice}
            quantity={quantity}
            scale={scale}
            snapshot={snapshot}
          />
        ))}
      </div>
      <Unused choice={choice} names={unusedOf(snapshot)} />
    </section>
  );
}

function sizeOf(count: number): "large" | "middling" | "small" {
  return count <= LARGE_MOST ? "large" : count <= MIDDLING_MOST ? "middling" : "small";
}

/** The ends of the scale, and what the marks of a cell say. */
function Legend(props: { scale: HeatScale; threads: boolean }): Html {
  const { scale, threads } = props;
  const { top, open, unit } = scale;
  const suffix = unit === "" ? "" : `\u00a0${unit}`;
  return (
    <div class="legend">
      <p class="scale">
        <span>{`0${suffix}`}</span>
        <span class="steps" aria-hidden="true">
          {Array.from({ length: HEAT_STEPS }, (_, step) => <i class={`q${step}`}></i>)}
        </span>
        <span>{`${trimmed(heatNumber(top, scale))}${suffix}${open ? " and more" : ""}`}</span>
      </p>
      <ul>
        <li class="est">estimated</li>
        <li class="low">low</li>
        <li class="bad">implausible</li>
        <li class="no">not measured</li>
        {!threads ? null : <li class="pair">side by side: of one core</li>}
      </ul>
    </div>
  );
}

/** `4.00` on a scale is 4. */
function trimmed(number: string): string {
  return number.includes(".") ? number.replace(/\.?0+$/, "") : number;
}

interface GroupProps extends HeatProps {
  readonly group: CpuGroup;
  readonly at: number;
  /** There is no other. */
  readonly alone: boolean;
  readonly quantity: InstanceQuantity;
  readonly scale: HeatScale;
}

function Group(props: GroupProps): Html {
  const { group, at, alone, choice, quantity, scale, snapshot } = props;
  const { grouping, cores, count } = group;
  const { metric: id, unit } = found(quantity, snapshot);
  const titleId = `cpus-group-${at}`;
  // As the beginning of each address, which ends with the CPU.
  const href = cpusHref({ by: choice.by }, { cpu: "" });
  const classes = `group ${abreast(cores)}`.trimEnd();
  const cells = (
    <ul>
      {cores.map((core) => (
        <li>
          {core.map((cpu) => (
            <Cell cpu={cpu} href={href} reading={snapshot.read(id, cpu.name)} scale={scale} />
          ))}
        </li>
      ))}
    </ul>
  );
  if (alone) return <div class={classes}>{cells}</div>;
  return (
    <section class={classes} aria-labelledby={titleId}>
      <header>
        <h3 id={titleId}>{group.title}</h3>
        <small>{plural(count, CPU_PAGE.heading)}</small>
        {grouping === null
          ? null
          : <Value reading={snapshot.readGroup(id, grouping.id, grouping.name)} unit={unit} />}
      </header>
      {cells}
    </section>
  );
}

/** So many cells of a core stand in a line. */
function abreast(cores: readonly Core[]): "" | "pairs" | "fours" {
  const threads = Math.max(...cores.map((core) => core.length));
  return threads === 1 ? "" : threads === 2 ? "pairs" : "fours";
}

interface CellProps {
  readonly cpu: Present;
  readonly href: string;
  readonly reading: Reading;
  readonly scale: HeatScale;
}

/** The number, and above it whose; what is not exact says so by its edge, and in words. */
function Cell({ cpu, href, reading, scale }: CellProps): Html {
  const { name } = cpu;
  if (!isMeasured(reading)) {
    const words = absentWords(reading.absent);
    return (
      <a class="no" href={href + name} title={words}>
        <i>{name}</i>
        <b class="sr">{words}</b>
      </a>
    );
  }
  const { value, grade } = reading;
  const number = pad(heatNumber(value, scale)).replace(/(?=\S)/, boundSign(reading));
  if (grade === "implausible") {
    return (
      <a class="bad" href={href + name} title={trustSentence(reading)}>
        <i>{name}</i>
        <s>{number}</s>
      </a>
    );
  }
  const mark = grade === "exact" ? "" : grade === "low" ? " low" : " est";
  return (
    <a
      class={`q${heatStep(value, scale)}${mark}`}
      href={href + name}
      title={grade === "exact" ? undefined : trustSentence(reading)}
    >
      <i>{name}</i>
      <b>{number}</b>
    </a>
  );
}

/** They have no place in a socket: the kernel forgets it. */
function Unused(props: { choice: CpusChoice; names: readonly string[] }): Html | null {
  const { choice, names } = props;
  if (names.length === 0) return null;
  const { word } = CPU_PAGE.unused;
  return (
    <div class="unused">
      <header>
        <h3>{word.charAt(0).toUpperCase() + word.slice(1)}</h3>
        <small>{plural(names.length, CPU_PAGE.heading)}</small>
      </header>
      <ul>
        {names.map((name) => (
          <li>
            <a href={cpusHref({ by: choice.by }, { cpu: name })}>{name}</a>
          </li>
        ))}
      </ul>
    </div>
  );
}
