import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { createViews } from "../../views/mod.ts";

const url = (name: string): string => `/static/${name}`;
const { login, message } = createViews({ url, version: "1.2.3", login: true });

Deno.test("the login asks for the token alone, and knows the way back", () => {
  const html = login({ from: '/cpus?a="><script>' });
  assertStringIncludes(html, "<title>Log in · Ringside</title>");
  const names = [...html.matchAll(/<input[^>]* name="(\w+)"/g)].map(([, name]) => name);
  assertEquals(names.filter((name) => name !== "theme"), ["token", "from"]);
  assertStringIncludes(html, 'value="/cpus?a=&quot;&gt;&lt;script&gt;"');
  assert(!login({ from: "/" }).includes('name="from"'));
  assert(!/http-equiv|role="alert"|\sstyle=|action="\/logout"/.test(html));
});

Deno.test("the login says what was wrong, beside the field", () => {
  const html = login({ from: "/", message: "Cannot log in: this is not the token" });
  assertStringIncludes(
    html,
    '<p id="wrong" role="alert">Cannot log in: this is not the token.</p>',
  );
  assertStringIncludes(html, 'aria-describedby="wrong"');
});

Deno.test("the login that asks once more does so at once, and comes back to the same", () => {
  const html = login({ from: "/cpus?cpu=1", again: true });
  assertStringIncludes(
    html,
    '<meta http-equiv="refresh" content="0; url=login?from=%2Fcpus%3Fcpu%3D1"',
  );
});

Deno.test("pages of a service with a login have a way out, others do not", () => {
  const props = { status: 404, message: "Cannot find it" };
  assertStringIncludes(message(props), '<form method="post" action="logout">');
  assert(!createViews({ url, version: "1.2.3" }).message(props).includes("logout"));
});
