// The fleet's page asks for itself from time to time. Where Ringside gives no answer, what is shown grows
// old in silence: a line says so, until an answer takes its place.
{
  const say = ({ target, detail: { ctx } }) => {
    if (target.id !== "fleet" || document.querySelector("#fleet-away") !== null) return;
    const status = ctx?.response?.status;
    const [date, clock] = new Date().toISOString().split(/[T.]/);
    const line = document.createElement("p");
    Object.assign(line, { id: "fleet-away", className: "none", role: "status" });
    const what = status === undefined ? "does not answer" : `answers with ${status}`;
    line.textContent = `Ringside ${what} since ${date} ${clock} UTC: the figures are from before.`;
    target.prepend(line);
  };
  document.addEventListener("htmx:error", say);
  document.addEventListener("htmx:response:error", say);
}
