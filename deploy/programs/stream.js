/**
 * Shows one figure of a service on a page of another site, which the service must allow:
 *
 *     deno task start --allow-origin http://127.0.0.1:8080
 *     python3 -m http.server --bind 127.0.0.1 --directory deploy/programs 8080
 *
 * An EventSource comes back by itself, and says where it stopped. It sends no token: where the service
 * asks for one, read the stream with `fetch`, as `stream.ts` does.
 */
const query = new URLSearchParams(location.search);
const [service, metric] = [query.get("service"), query.get("metric")];
const value = document.querySelector("#value");
const note = document.querySelector("#note");

const stream = new EventSource(`${service}/api/v1/stream?${new URLSearchParams({ metric })}`);

stream.addEventListener("message", ({ data }) => {
  const reading = JSON.parse(data).metrics[metric];
  // Null is not zero: it was not measured.
  value.textContent = reading.value === null ? "not measured" : `${reading.value} ${reading.unit}`;
  note.textContent = reading.value === null ? reading.reason ?? reading.absent : reading.grade;
});

stream.addEventListener("stale", ({ data }) => {
  note.textContent = `no tick for ${JSON.parse(data).age_seconds} s`;
});

// What came between is gone; the message that follows is the newest.
stream.addEventListener("gap", ({ data }) => console.warn(JSON.parse(data).message));

stream.addEventListener("error", () => {
  const ended = stream.readyState === EventSource.CLOSED;
  note.textContent = ended ? "the service does not answer this page" : "connecting again";
});
