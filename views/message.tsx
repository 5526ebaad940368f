/** A page with one thing to say: what went wrong, or what to wait for. @module */
import { type Assets, document } from "./document.tsx";

export interface MessageProps {
  readonly assets: Assets;
  /** HTTP status: `404`. */
  readonly status: number;
  /** `No such page`. */
  readonly title: string;
  /** What was asked for, what was found, what would help; full sentences. */
  readonly sentence: string;
}

export function messagePage(props: MessageProps): string {
  const { assets, status, title, sentence } = props;
  return document({
    assets,
    title: `${status} ${title}`,
    children: (
      <div class="message">
        <p class="m">{String(status)}</p>
        <h1>{title}</h1>
        <p>{sentence}</p>
        <p>
          <a href="/">To the overview</a>
        </p>
      </div>
    ),
  });
}
