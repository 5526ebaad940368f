import { assertEquals, assertStringIncludes } from "@std/assert";
import { NumberFile, numberOnce } from "../../../collectors/files/number_file.ts";
import { ERRNO } from "../../../collectors/kernel/errno.ts";
import { TextTree } from "../../text_tree.ts";

const PATH = "/sys/class/hwmon/hwmon0/temp1_input";

function fileOf(text: string): { file: NumberFile; tree: TextTree } {
  const tree = new TextTree({ [PATH]: text });
  return { file: new NumberFile(tree, PATH), tree };
}

Deno.test("NumberFile reads whole numbers of either sign", () => {
  for (const [text, value] of [["41000\n", 41000], ["-5500\n", -5500], ["0", 0]] as const) {
    assertEquals(fileOf(text).file.read(), value);
  }
});

Deno.test("NumberFile gives NaN and says why for anything else", () => {
  for (const text of ["", "<unknown>\n", "12 13\n", "-\n"]) {
    const { file, tree } = fileOf(text);
    assertEquals(file.read(), NaN);
    assertStringIncludes(String(file.error), "needs a whole number");
    assertEquals(tree.openFiles, 0);
  }
});

Deno.test("NumberFile stays closed after a failure until it is tried again", () => {
  const { file, tree } = fileOf("7\n");
  tree.fail(PATH, ERRNO.EIO);
  assertEquals(file.read(), NaN);
  assertStringIncludes(String(file.error), "EIO");
  tree.set(PATH, "8\n");
  assertEquals(file.read(), NaN);
  file.retry();
  assertEquals(file.read(), 8);
  assertEquals(file.error, null);
});

Deno.test("NumberFile opens once, however often it is tried again", () => {
  const { file, tree } = fileOf("7\n");
  file.retry();
  assertEquals(tree.openFiles, 1);
  file.close();
  assertEquals(tree.openFiles, 0);
});

Deno.test("NumberFile that never opened says why", () => {
  const file = new NumberFile(new TextTree(), PATH);
  assertEquals(file.read(), NaN);
  assertStringIncludes(String(file.error), "ENOENT");
});

Deno.test("numberOnce leaves nothing open and is undefined where there is no number", () => {
  const tree = new TextTree({ [PATH]: "9\n" });
  assertEquals(numberOnce(tree, PATH), 9);
  assertEquals(tree.openFiles, 0);
  assertEquals(numberOnce(tree, `${PATH}x`), undefined);
});
