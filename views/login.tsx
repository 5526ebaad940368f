/** The page that asks for the token. @module */
import { type Assets, document } from "./document.tsx";

export interface LoginProps {
  /** Path of the page that comes after it. */
  readonly from: string;
  /** What was wrong with the last attempt: a sentence without a full stop. */
  readonly message?: string | undefined;
  /** Whether to ask once more by itself: what comes by another site's link is sent without its cookie. */
  readonly again?: boolean | undefined;
}

export function loginPage(props: LoginProps, assets: Assets): string {
  const { from, message, again = false } = props;
  return document({
    assets,
    title: "Log in",
    refresh: again ? `login?${new URLSearchParams({ from })}` : undefined,
    children: (
      <div class="message">
        <h1>Log in</h1>
        <form class="login" method="post" action="login">
          {/* Password managers keep what belongs to a user. It has no name, so it is not sent. */}
          <input type="text" value="ringside" autocomplete="username" hidden readonly />
          <label for="token">Token of this service</label>
          <input
            type="password"
            id="token"
            name="token"
            autocomplete="current-password"
            aria-describedby={message === undefined ? undefined : "wrong"}
            required
            autofocus
          />
          {from === "/" ? null : <input type="hidden" name="from" value={from} />}
          <button class="btn" type="submit">Log in</button>
        </form>
        {message === undefined ? null : <p id="wrong" role="alert">{`${message}.`}</p>}
      </div>
    ),
  });
}
