/**
 * The whole HTML document around a page: head, header, main. No inline script and no `style`
 * attribute, so that the page needs no exception in its Content-Security-Policy.
 *
 * @module
 */
import type { Snapshot } from "../collectors/readings/snapshot.ts";
import { instant, timestamp, whole } from "./format.ts";
import { type Html, render } from "./html.ts";
import { IntervalForm } from "./interval.tsx";
import { type Late, lateText } from "./late.ts";
import { link } from "./link.ts";

/** Where the browser finds what is served beside the page, and of which version it is. */
export interface Assets {
  readonly version: string;
  readonly styles: readonly string[];
  /** Runs before the first paint: the chosen theme. */
  readonly first: string;
  /** Run at the end of the body, in this order. */
  readonly scripts: readonly string[];
  readonly icon: string;
  /** Of pages with charts: loaded when somebody uses them. */
  readonly explore?: string | undefined;
  /** Of a service with a login: pages have a way out. */
  readonly logout?: true | undefined;
  /** Of a service that knows an engine: there is a page of many hosts. */
  readonly fleet?: true | undefined;
}

/** A page that exists, for the navigation. */
export interface Page {
  readonly path: string;
  readonly name: string;
}

export const PAGES: readonly Page[] = [
  { path: "/", name: "Overview" },
  { path: "/cpus", name: "CPUs" },
  { path: "/doctor", name: "Doctor" },
  { path: "/metrics-guide", name: "Guide" },
];

/** Only where an engine is named. */
const FLEET: Page = { path: "/fleet", name: "Fleet" };

/** What makes a page live. */
export interface Live {
  /** `stream?page=overview`: it has a query, to which scripts add where they stopped reading. */
  readonly stream: string;
  readonly snapshot: Snapshot;
  readonly intervalMs: number;
  /** What the charts show. */
  readonly spanSeconds: number;
  /** Names the columns of the charts. */
  readonly columnsKey?: string | undefined;
  /** Ticks do not come. */
  readonly late?: Late | undefined;
}

export interface DocumentProps {
  /** The way up to `/` from where this stands; absent: it stands right below. */
  readonly root?: string | undefined;
  /** Leads the title of the tab, if it is not empty: `23.4 %`. */
  readonly lead?: string | undefined;
  /** `stage`. */
  readonly title: string;
  /** Path of the page that is shown; none of them for messages. */
  readonly current?: string | undefined;
  readonly assets: Assets;
  readonly live?: Live | undefined;
  /** Asks for parts of itself from time to time, without a stream. */
  readonly polls?: true | undefined;
  /** Where a browser goes on to at once. */
  readonly refresh?: string | undefined;
  /** Of the header of a page that lives: what its charts show. */
  readonly controls?: Html | undefined;
  readonly children: Html;
}

/**
 * `morphIgnore`: an open panel stays open when a tick replaces it; `noSwap`: a refusal takes no figure's
 * place. `morphScanLimit`: a row takes the text of the row that comes to its place, and none is moved
 * there. `morphSkipChildren`: trends of columns are drawn anew by their script; others come as they are.
 */
const HTMX_CONFIG = JSON.stringify({
  includeIndicatorCSS: false,
  history: false,
  morphIgnore: ["data-htmx-powered", "open"],
  noSwap: [204, 304, "4xx", "5xx"],
  morphScanLimit: 0,
  morphSkipChildren: ".spark[data-column]",
});

export function document(props: DocumentProps): string {
  return `<!DOCTYPE html>\n${render(<Shell {...props} />)}\n`;
}

function Shell(props: DocumentProps): Html {
  const { assets, live } = props;
  const title = `${props.title} · Ringside`;
  const lead = props.lead === undefined || props.lead === "" ? "" : `${props.lead} · `;
  return (
    <html lang="en" data-theme="auto">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        {props.refresh === undefined
          ? null
          : <meta http-equiv="refresh" content={`0; url=${props.refresh}`} />}
        <title>{lead + title}</title>
        <link rel="icon" href={assets.icon} type="image/svg+xml" />
        {assets.styles.map((url) => <link rel="stylesheet" href={url} />)}
        {/* Painted once it is whole: cards take their places by what is beside them. */}
        <link rel="expect" href="#end" blocking="render" />
        <script src={assets.first}></script>
        {live === undefined && !props.polls
          ? null
          : <meta name="htmx-config" content={HTMX_CONFIG} />}
      </head>
      <Body title={title} live={live}>
        <header class="top">
          <a class="sr" href="#main">Skip to the figures</a>
          <Mark root={props.root} />
          <Navigation current={props.current} root={props.root} fleet={assets.fleet} />
          {live === undefined ? null : (
            <>
              <State />
              <TickNumber snapshot={live.snapshot} late={live.late} />
              {props.controls ?? null}
              <IntervalForm intervalMs={live.intervalMs} back={props.current ?? "/"} />
              <PauseButton />
              <a class="btn unscripted" href="">Reload</a>
            </>
          )}
          <Themes />
          {assets.logout ? <Logout root={props.root} /> : null}
        </header>
        <main id="main">{props.children}</main>
        {/* The height of a long grid is an estimate until it is seen: what is below it would move. */}
        {props.current === "/cpus" ? null : <footer>Ringside {assets.version}</footer>}
        <i id="end" hidden></i>
        {assets.scripts.map((url) => <script src={url}></script>)}
      </Body>
    </html>
  );
}

interface BodyProps {
  readonly title: string;
  readonly live: Live | undefined;
  readonly children: (Html | Html[] | null)[];
}

/** The stream's messages carry their own targets: the body itself is never swapped. */
function Body(props: BodyProps): Html {
  const { title, live, children } = props;
  if (live === undefined) return <body>{children}</body>;
  return (
    <body
      data-stream={live.stream}
      data-title={title}
      data-span={live.spanSeconds}
      data-key={live.columnsKey}
    >
      {children}
    </body>
  );
}

function Mark(props: { root: string | undefined }): Html {
  return (
    <a class="mark" href={link("/", props.root)} aria-label="Ringside">
      <svg viewBox="0 0 20 20" aria-hidden="true">
        <path class="open" d="M11.2 16.9A7 7 0 1 1 16.9 8.8" />
        <circle class="seat" cx="16" cy="14.3" r="2.3" />
      </svg>
      <span>Ringside</span>
    </a>
  );
}

interface NavigationProps {
  readonly current: string | undefined;
  readonly root: string | undefined;
  readonly fleet: true | undefined;
}

function Navigation(props: NavigationProps): Html {
  const pages = props.fleet ? [...PAGES, FLEET] : PAGES;
  return (
    <nav aria-label="Pages">
      {pages.map(({ path, name }) => (
        <a href={link(path, props.root)} aria-current={path === props.current ? "page" : undefined}>
          {name}
        </a>
      ))}
    </nav>
  );
}

function State(): Html {
  return <span class="state" data-state="still" role="status">Not live</span>;
}

/** Its word says what it does. Only scripts can do it. */
function PauseButton(): Html {
  return <button class="btn scripted" type="button" id="pause">Pause</button>;
}

/** Apart from the word, which is read aloud when it changes: heard each second it would be noise. */
export function TickNumber(props: { snapshot: Snapshot; late?: Late | undefined }): Html {
  const { late } = props;
  const { wallMs, sequence } = props.snapshot;
  const [date, clock] = instant(wallMs);
  const [time, zone] = clock.split(" ");
  return (
    <time id="tick" datetime={timestamp(wallMs)} title={`Tick ${whole(sequence)}`}>
      <span>{`${date} `}</span>
      <b>{time}</b>
      <span>{` ${zone}`}</span>
      {late === undefined ? null : `: ${lateText(late)}`}
    </time>
  );
}

function Logout(props: { root: string | undefined }): Html {
  return (
    <form method="post" action={link("/logout", props.root)}>
      <button class="btn" type="submit">Log out</button>
    </form>
  );
}

const THEMES = [["auto", "Auto"], ["light", "Light"], ["dark", "Dark"]] as const;

function Themes(): Html {
  return (
    <fieldset class="seg themes">
      <legend class="sr">Theme</legend>
      {THEMES.map(([value, name]) => (
        <label>
          <input
            type="radio"
            name="theme"
            value={value}
            id={`theme-${value}`}
            checked={value === "auto"}
          />
          {name}
        </label>
      ))}
    </fieldset>
  );
}
