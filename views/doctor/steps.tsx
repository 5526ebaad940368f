/** The steps of the doctor's plan, and what no step brings. @module */
import type { Barred, Step, Way } from "../../collectors/doctor/unlock_plan.ts";
import type { Html } from "../html.ts";
import { Command, Remedy } from "../problems.tsx";
import { remedyPieces } from "./remedy_pieces.ts";
import { facts, gains } from "./words.ts";

export interface StepsCardProps {
  readonly id: string;
  readonly title: string;
  readonly steps: readonly Step[];
  /** Those of other cards too: they are numbered together. */
  readonly all: readonly Step[];
}

export function StepsCard({ id, title, steps, all }: StepsCardProps): Html | null {
  if (steps.length === 0) return null;
  return (
    <section class="card" id={id} aria-labelledby={`title-${id}`}>
      <header>
        <h2 id={`title-${id}`}>{title}</h2>
      </header>
      {/* Numbers are in the headings: those of a list are its own, and the two lists count on. */}
      <ul class="steps">
        {steps.map((step) => <StepItem step={step} all={all} />)}
      </ul>
    </section>
  );
}

function StepItem({ step, all }: { step: Step; all: readonly Step[] }): Html {
  const number = (id: string): number => all.findIndex((other) => other.id === id) + 1;
  const [first, ...others] = step.ways;
  return (
    <li id={step.id}>
      <h3>{`${number(step.id)}. ${step.title}`}</h3>
      {gains(step, number).map((sentence) => (
        <p class={sentence.startsWith("Unlocks") ? "gain" : undefined}>{sentence}</p>
      ))}
      {step.whys.map((why) => <p class="m">{`${why}.`}</p>)}
      <WayToDo way={first!} />
      {step.note === undefined ? null : <p>{step.note}</p>}
      {step.ask === undefined ? null : (
        <div class="letter">
          <p>To send to them:</p>
          <Command text={step.ask} />
        </div>
      )}
      {others.map((way) => (
        <details class="other">
          <summary>{`Or: ${shortOf(way)}`}</summary>
          <WayToDo way={way} />
        </details>
      ))}
    </li>
  );
}

/** As much as tells one way from another: what is read before the first thing to paste. */
function shortOf({ text }: Way): string {
  const words = remedyPieces(text).find(({ isPaste }) => !isPaste)?.text ?? text;
  return words.replace(/[:.]$/, "").replace(/^./, (letter) => letter.toLowerCase());
}

function WayToDo({ way }: { way: Way }): Html {
  return (
    <div class="way">
      <Remedy text={way.text} />
      <dl class="facts">
        {facts(way).map(([name, text]) => (
          <div>
            <dt>{name}</dt>
            <dd>
              <Remedy text={text} />
            </dd>
          </div>
        ))}
      </dl>
    </div>
  );
}

/** Each cause with what it costs: told, so that nobody looks for what is not there. */
export function BarredCard({ barred }: { barred: readonly Barred[] }): Html | null {
  if (barred.length === 0) return null;
  return (
    <section class="card" aria-labelledby="title-barred">
      <header>
        <h2 id="title-barred">What cannot be had on this machine</h2>
      </header>
      <ul class="steps">
        {barred.map(({ whys, costs }, index) => (
          <li id={`barred-${index + 1}`}>
            <h3>{costs.join(", ")}</h3>
            {whys.map((why) => <p class="m">{`${why}.`}</p>)}
          </li>
        ))}
      </ul>
    </section>
  );
}
