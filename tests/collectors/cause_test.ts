import { assertEquals, assertThrows } from "@std/assert";
import { causeOf, openOrFail } from "../../collectors/cause.ts";
import { CollectorError } from "../../collectors/collector.ts";
import { ERRNO, SystemError } from "../../collectors/kernel/errno.ts";
import { TextTree } from "../text_tree.ts";

Deno.test("causeOf tells what is denied from what is not there and what broke", () => {
  const reason = (errno: number): string => causeOf(new SystemError('open "/x"', errno)).reason;
  assertEquals(
    [ERRNO.EACCES, ERRNO.EPERM, ERRNO.ENOENT, ERRNO.EOPNOTSUPP, ERRNO.EIO, ERRNO.EMFILE]
      .map(reason),
    ["denied", "denied", "not_supported", "not_supported", "failed", "failed"],
  );
});

Deno.test("causeOf says what is needed and how to get it", () => {
  assertEquals(
    causeOf(new SystemError('open "/x"', ERRNO.ENOENT), { needs: "a moon", remedy: "Wait" }),
    {
      reason: "not_supported",
      message: 'Cannot open "/x": ENOENT, no such file, directory or event; needs a moon',
      remedy: "Wait",
    },
  );
});

Deno.test("causeOf keeps what a collector says of itself", () => {
  assertEquals(causeOf(new CollectorError("denied", "No", "Ask")), {
    reason: "denied",
    message: "No",
    remedy: "Ask",
  });
  assertEquals(causeOf("thrown").message, "thrown");
});

Deno.test("openOrFail fails with the cause", () => {
  const tree = new TextTree({ "/x": "1" });
  openOrFail(tree, "/x").close();
  tree.fail("/x", ERRNO.EACCES);
  const error = assertThrows(() => openOrFail(tree, "/x"), CollectorError, "EACCES");
  assertEquals(error.reason, "denied");
  assertEquals(tree.openFiles, 0);
});
