// When the page is joined to its stream and when it is not, what comes of it, what the header says of
// that, and the title of the tab. The browser's own EventSource carries a stream to its end and no
// further; to begin one again is done here, in one way for all ends: a restart, a refusal, a network that
// went, a tab that was hidden, a pause.
if (globalThis.htmx !== undefined) {
  /** A tick may be late; three that are missing are not. */
  const INTERVALS_MOST = 3;
  const STALE_MS_LEAST = 3000;
  const LOOK_MS = 1000;
  /** Looks that are further apart: the machine slept, and its connections are dead. */
  const SLEPT_MS = 10_000;
  /** Enough for the head of an answer that is made at once; what takes longer got lost on the way. */
  const OPEN_MS = 5000;
  /** A stream that was begun again and is still silent is begun again no sooner than this. */
  const RENEW_MS = 15_000;
  /**
   * What was started again is back within a second or two; what is away for longer is asked each two
   * to four seconds, so that nobody waits for five. It is left to chance when exactly: a thousand pages
   * do not come at the same moment. Retry-After is not obeyed: a proxy may say an hour.
   */
  const FIRST_MS = 500;
  const RETRY_MS = 2000;

  const { body } = document;
  const state = document.querySelector(".state");
  const choice = document.querySelector("#interval");
  const pause = document.querySelector("#pause");
  const title = body.dataset.title;
  /** Where the stream is taken up: the last tick of which everything was taken. */
  let cursor = "";
  /** The stream, asked for or open; null while there is none. */
  let link = null;
  let tries = 0;
  let timer = 0;
  let interval = choice.value;
  let heardMs = 0;
  /** When the stream was asked for, and then when it opened. */
  let begunMs = 0;
  let lookedMs = 0;
  let paused = false;

  const wanted = () => !paused && !document.hidden;

  const say = (word) => {
    // Said only when it changes: the word is read aloud. Browsers translate what stands there.
    const told = word.toLowerCase();
    if (state.dataset.state === told) return;
    state.dataset.state = told;
    state.textContent = word;
  };

  const lead = () => {
    const figure = document.hidden ? "" : document.querySelector(".headline")?.dataset.title;
    const text = paused ? "Paused" : figure;
    document.title = text ? `${text} · ${title}` : title;
  };

  /** Shows the interval that is in force, whatever was chosen. */
  const choose = () => choice.value = interval;

  /** After the parts of the page became others. */
  const shown = () => {
    const told = choice.querySelector("[selected]").value;
    if (told !== interval) {
      interval = told;
      choose();
    }
    lead();
  };

  /** A message of the stream: HTML for its places, or what charts take. The last one of a tick has its cursor. */
  const take = async (event) => {
    const { type, data: text, lastEventId } = event;
    if (type === "message") await ringsideTold(text);
    else htmx.trigger(body, type, event);
    // A stream begins without a cursor, and what is told between ticks moves none.
    if (lastEventId === "" || lastEventId === cursor) return;
    cursor = lastEventId;
    tries = 0;
    heardMs = Date.now();
    say("Live");
    document.dispatchEvent(new Event("ringside:told"));
  };

  const opened = () => {
    begunMs = Date.now();
    // Back after an outage it is given its time; what was silent before stays so.
    if (!/live|stale/.test(state.dataset.state)) heardMs = begunMs;
  };

  /** Ends the stream, or the request for it, and whatever was waited for. */
  const drop = () => {
    clearTimeout(timer);
    link?.close();
    link = null;
  };

  /** Begins, or begins anew, if a stream is wanted. */
  const connect = () => {
    drop();
    if (!wanted()) return;
    begunMs = Date.now();
    link = new EventSource(`${body.dataset.stream}&after=${cursor}`);
    link.onopen = opened;
    link.onmessage = take;
    link.addEventListener("sample", take);
    link.onerror = lost;
    // Nobody is logged in here any more: asked for anew, the page leads to where that is done.
    link.addEventListener("login", () => location.reload());
  };

  const wait = (ms) => {
    drop();
    timer = setTimeout(connect, ms);
  };

  /** An end that nobody here wanted, or an answer that is no stream. The browser would ask again by itself. */
  const lost = () => {
    say("Reconnecting");
    wait((tries++ === 0 ? FIRST_MS : RETRY_MS) + RETRY_MS * Math.random());
  };

  /** After what changes whether the stream is wanted. */
  const turn = () => {
    heardMs = lookedMs = Date.now();
    lead();
    if (link === null || !wanted()) connect();
  };

  const look = () => {
    const now = Date.now();
    const slept = now - lookedMs > SLEPT_MS;
    lookedMs = now;
    if (!wanted()) return;
    if (link?.readyState !== EventSource.OPEN) {
      if (cursor !== "") say("Reconnecting");
      if (link !== null && now - begunMs > OPEN_MS) lost();
      return;
    }
    const silent = now - heardMs > Math.max(INTERVALS_MOST * parseInt(interval), STALE_MS_LEAST);
    // Before it is said: the stream may be dead, or the interval a longer one by now.
    if (slept || (silent && (begunMs <= heardMs || now - begunMs > RENEW_MS))) connect();
    else say(silent ? "Stale" : "Live");
  };

  document.addEventListener("ringside:shown", shown);
  // What was chosen may have been refused.
  body.addEventListener("htmx:response:error", choose);
  body.addEventListener("htmx:error", choose);
  document.addEventListener("visibilitychange", turn);
  addEventListener("online", () => wait(LOOK_MS * Math.random()));
  pause.addEventListener("click", () => {
    paused = !paused;
    pause.textContent = paused ? "Resume" : "Pause";
    document.documentElement.toggleAttribute("data-paused", paused);
    say(paused ? "Paused" : "Connecting");
    turn();
    document.dispatchEvent(new Event("ringside:paused"));
  });
  say("Connecting");
  setInterval(look, LOOK_MS);
  turn();
}
