/** A page with one thing to say: what went wrong. @module */
import { type Assets, document } from "./document.tsx";
import { link } from "./link.ts";

export interface MessageProps {
  /** As HTTP names it: 404. */
  readonly status: number;
  /** One sentence without a full stop. */
  readonly message: string;
  /** The way up to `/` from what was asked for; absent: it is right below. */
  readonly root?: string | undefined;
}

const TITLES: Readonly<Record<number, string>> = {
  400: "Not understood",
  401: "Not signed in",
  403: "Not allowed",
  404: "Not found",
  405: "Not allowed in this way",
  413: "Too large",
  414: "Too long",
  421: "Not this host",
  429: "Too many requests",
  500: "An error of this service",
  503: "Not ready",
};

export function messagePage(props: MessageProps, assets: Assets): string {
  const { status, message, root } = props;
  const title = TITLES[status] ?? "Not possible";
  return document({
    assets,
    root,
    title,
    children: (
      <div class="message">
        <p class="m">{String(status)}</p>
        <h1>{title}</h1>
        <p>{`${message}.`}</p>
        <p>
          <a href={link("/", root)}>To the overview</a>
        </p>
      </div>
    ),
  });
}
