import { assertEquals, assertThrows } from "@std/assert";
import { type Html, render } from "../../views/html.ts";
import { jsx } from "../../views/jsx_runtime.ts";

const HARM = `<img src=x onerror="harm()">&'`;
const TEXT = "&lt;img src=x onerror=&quot;harm()&quot;&gt;&amp;&#39;";

function Frame(props: { title?: string; children?: Html | string }): Html {
  return <p title={props.title}>{props.children}</p>;
}

Deno.test("what stands between tags is text: in elements, in lists, out of components", () => {
  const Word = (): string => HARM;
  assertEquals(render(<p>{HARM}</p>), `<p>${TEXT}</p>`);
  assertEquals(render(<p>{[HARM, [HARM]]}</p>), `<p>${TEXT}${TEXT}</p>`);
  assertEquals(render(<Frame>{HARM}</Frame>), `<p >${TEXT}</p>`);
  assertEquals(render(<>{HARM}</>), TEXT);
  assertEquals(jsx(Word, {}).html, TEXT);
});

Deno.test("what stands in an attribute is text, and stays within it", () => {
  assertEquals(render(<p title={HARM}>a</p>), `<p title="${TEXT}">a</p>`);
  assertEquals(render(<Frame title={HARM} />), `<p title="${TEXT}"></p>`);
});

Deno.test("elements stand in elements as they are", () => {
  const inner = <b>{1}</b>;
  assertEquals(render(<p>{[inner, inner]}{inner}</p>), "<p><b>1</b><b>1</b><b>1</b></p>");
});

Deno.test("nothing is nothing, and zero is a number", () => {
  const None = (): null => null;
  assertEquals(
    render(
      <p>
        {null}
        {undefined}
        {false}
        {true}
        {0}
        <None />
      </p>,
    ),
    "<p>0</p>",
  );
  assertEquals(render(<Frame />), "<p ></p>");
});

Deno.test("an attribute that is a switch is there or not, others say what they are", () => {
  const on = true as boolean;
  assertEquals(render(<input checked={on} />), "<input checked>");
  assertEquals(render(<input checked={!on} />), "<input >");
  assertEquals(render(<a download={on}>a</a>), '<a download="">a</a>');
  assertEquals(render(<a download={!on}>a</a>), "<a >a</a>");
  assertEquals(
    render(<p aria-hidden={on} data-count={3}>a</p>),
    '<p aria-hidden="true" data-count="3">a</p>',
  );
});

Deno.test("an element whose name only a run could tell is refused", () => {
  assertThrows(() => jsx("p" as never, {}), TypeError, "needs attributes that are written out");
});
