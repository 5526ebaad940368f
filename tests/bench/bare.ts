/** What Deno takes for a server and an idle worker, before any of Ringside: the base of the memory figure. */
const source = "self.onmessage = () => {};";
new Worker(URL.createObjectURL(new Blob([source], { type: "text/javascript" })), {
  type: "module",
});
Deno.serve({
  hostname: "127.0.0.1",
  port: 0,
  onListen: ({ port }) => console.log(`http://127.0.0.1:${port}`),
}, () => new Response("ok"));
