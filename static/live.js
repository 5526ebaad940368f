// What the header says of the stream, the title of the tab, and the Copy buttons.
// The stream itself is htmx's: this listens to its events and asks it to begin again.
{
  const WORDS = {
    connecting: "Connecting",
    live: "Live",
    stale: "Stale",
    reconnecting: "Reconnecting",
  };
  /** A tick may be late; three that are missing are not. */
  const INTERVALS_MOST = 3;
  const STALE_MS_LEAST = 3000;
  /** htmx looks for a lost stream again, but not for one that was refused at first. */
  const RETRY_MS = 5000;
  const COPIED_MS = 1500;

  const { body } = document;
  const state = document.querySelector(".state");
  const title = body.dataset.title ?? document.title;
  const staleMs = Math.max(INTERVALS_MOST * Number(body.dataset.interval), STALE_MS_LEAST);
  let heardMs = 0;
  let retry = 0;

  const say = (name) => {
    // Said only when it changes: the word is read aloud.
    if (state.dataset.state === name) return;
    state.dataset.state = name;
    state.textContent = WORDS[name];
  };

  const lead = () => {
    const text = document.hidden ? "" : document.querySelector(".headline")?.dataset.title;
    document.title = text ? `${text} · ${title}` : title;
  };

  const lost = () => {
    say("reconnecting");
    clearTimeout(retry);
    // Does nothing while htmx still holds a stream.
    retry = setTimeout(() => htmx.trigger(body, "connect"), RETRY_MS);
  };

  const heard = () => {
    heardMs = performance.now();
    clearTimeout(retry);
    say("live");
    lead();
  };

  if (state !== null && globalThis.htmx !== undefined) {
    say("connecting");
    for (const name of ["htmx:sse:error", "htmx:sse:close", "htmx:response:error", "htmx:error"]) {
      body.addEventListener(name, lost);
    }
    body.addEventListener("htmx:sse:after:message", heard);
    document.addEventListener("visibilitychange", () => {
      heardMs = performance.now();
      lead();
    });
    setInterval(() => {
      const silent = performance.now() - heardMs > staleMs;
      if (silent && !document.hidden && state.dataset.state === "live") say("stale");
    }, 1000);
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
