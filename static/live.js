// When the page is joined to its stream and when it is not, what the header says of that, the title of
// the tab, and the Copy buttons. htmx carries a stream to its end; to begin one again is done here, in
// one way for all ends: a restart, a refusal, a network that went, a tab that was hidden, a pause.
{
  /** A tick may be late; three that are missing are not. */
  const INTERVALS_MOST = 3;
  const STALE_MS_LEAST = 3000;
  const LOOK_MS = 1000;
  /** Looks that are further apart: the machine slept, and its connections are dead. */
  const SLEPT_MS = 10_000;
  /** A stream that was begun again and is still silent is begun again no sooner than this. */
  const RENEW_MS = 15_000;
  /**
   * What was started again is back within a second or two; what is away for longer is asked each two
   * to four seconds, so that nobody waits for five. It is left to chance when exactly: a thousand pages
   * do not come at the same moment. Retry-After is not obeyed: a proxy may say an hour.
   */
  const FIRST_MS = 500;
  const RETRY_MS = 2000;
  const COPIED_MS = 1500;

  const { body } = document;
  const state = document.querySelector(".state");
  const choice = document.querySelector("#interval");
  const pause = document.querySelector("#pause");
  const title = body.dataset.title ?? document.title;
  /** Where the stream is taken up: the last tick of which everything was shown. */
  let cursor = "";
  /** The open stream, htmx's. */
  let link = null;
  let asking = false;
  let tries = 0;
  let timer = 0;
  let interval = "";
  let heardMs = 0;
  let openedMs = 0;
  let lookedMs = 0;
  let paused = false;

  const wanted = () => !paused && !document.hidden;

  const say = (word) => {
    // Said only when it changes: the word is read aloud.
    if (state.textContent === word) return;
    state.textContent = word;
    state.dataset.state = word.toLowerCase();
  };

  const lead = () => {
    const figure = document.hidden ? "" : document.querySelector(".headline")?.dataset.title;
    const text = paused ? "Paused" : figure;
    document.title = text ? `${text} · ${title}` : title;
  };

  /** Shows the interval that is in force, whatever was chosen. */
  const choose = () => choice.value = interval;

  const wait = (ms) => {
    clearTimeout(timer);
    timer = setTimeout(connect, ms);
  };

  const connect = () => {
    if (wanted() && link === null && !asking) htmx.trigger(body, "connect");
  };

  const lost = () => {
    if (!wanted()) return;
    say("Reconnecting");
    wait((tries++ === 0 ? FIRST_MS : RETRY_MS) + RETRY_MS * Math.random());
  };

  /** Ends the stream, or the request for it; where it is wanted it begins again at once. */
  const drop = () => {
    htmx.trigger(body, "htmx:abort");
    if (link === null) return;
    link.dropped = true;
    link.abortController.abort();
  };

  /** After what changes whether the stream is wanted. */
  const turn = () => {
    heardMs = lookedMs = Date.now();
    lead();
    if (wanted()) connect();
    else drop();
  };

  const look = () => {
    const now = Date.now();
    const slept = now - lookedMs > SLEPT_MS;
    lookedMs = now;
    if (!wanted()) return;
    if (link === null) {
      if (cursor !== "") say("Reconnecting");
      return;
    }
    const silent = now - heardMs > Math.max(INTERVALS_MOST * parseInt(interval), STALE_MS_LEAST);
    // Before it is said: the stream may be dead, or the interval a longer one by now.
    if (slept || (silent && (openedMs <= heardMs || now - openedMs > RENEW_MS))) drop();
    else say(silent ? "Stale" : "Live");
  };

  /** New text in the place of old would take the reader's selection away. */
  let selected = null;
  const keep = () => {
    const { type, anchorNode, anchorOffset, focusNode, focusOffset } = getSelection();
    selected = type === "Range" ? [anchorNode, anchorOffset, focusNode, focusOffset] : null;
  };
  const restore = () => {
    try {
      if (selected !== null) getSelection().setBaseAndExtent(...selected);
    } catch {
      // A text has become shorter than what was selected of it.
    }
  };

  const listen = (name, told) => {
    body.addEventListener(name, (event) => {
      if (event.target === body) told(event.detail, event);
    });
  };

  if (state !== null && globalThis.htmx !== undefined) {
    listen("htmx:config:request", ({ ctx }) => {
      asking = true;
      if (cursor !== "") ctx.request.headers["Last-Event-ID"] = cursor;
    });
    // An answer that is no stream: of a proxy, or of whoever else stands between. Nothing of it is shown.
    listen("htmx:before:response", ({ ctx }, event) => {
      event.preventDefault();
      ctx.request.abort();
    });
    listen("htmx:finally:request", () => {
      asking = false;
      if (link === null) lost();
    });
    listen("htmx:sse:after:connection", ({ connection }) => {
      link = connection;
      openedMs = Date.now();
      // Back after an outage it is given its time; what was silent before stays so.
      if (!/Live|Stale/.test(state.textContent)) heardMs = openedMs;
    });
    listen("htmx:sse:before:message", (_, event) => {
      if (!wanted()) event.preventDefault();
    });
    listen("htmx:sse:after:message", ({ message }) => {
      const told = choice.querySelector("[selected]").value;
      if (told !== interval) {
        interval = told;
        choose();
      }
      // Only the last message of a tick has a new one, and a stream begins without any.
      if (message.id === "" || message.id === cursor) return;
      cursor = message.id;
      tries = 0;
      heardMs = Date.now();
      say("Live");
      lead();
    });
    listen("htmx:sse:close", () => {
      const { dropped } = link;
      link = null;
      // htmx still holds the stream while it tells of its end.
      if (dropped) wait(0);
      else lost();
    });
    body.addEventListener("htmx:before:swap", keep);
    body.addEventListener("htmx:after:swap", restore);
    // What was chosen may have been refused.
    body.addEventListener("htmx:response:error", choose);
    body.addEventListener("htmx:error", choose);
    document.addEventListener("visibilitychange", turn);
    addEventListener("online", () => {
      drop();
      wait(LOOK_MS * Math.random());
    });
    pause.addEventListener("click", () => {
      paused = !paused;
      pause.textContent = paused ? "Resume" : "Pause";
      document.documentElement.toggleAttribute("data-paused", paused);
      say(paused ? "Paused" : "Connecting");
      turn();
      document.dispatchEvent(new Event("ringside:paused"));
    });
    say("Connecting");
    interval = choice.value;
    setInterval(look, LOOK_MS);
    // Behind htmx's own.
    document.addEventListener("DOMContentLoaded", turn);
  }

  if (navigator.clipboard !== undefined) {
    document.documentElement.dataset.copy = "";
    document.addEventListener("click", async (event) => {
      const button = event.target.closest("button[data-copy]");
      if (button === null) return;
      await navigator.clipboard.writeText(button.previousElementSibling.textContent);
      button.textContent = "Copied";
      setTimeout(() => button.textContent = "Copy", COPIED_MS);
    });
  }
}
