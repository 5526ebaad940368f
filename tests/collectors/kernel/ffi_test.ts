import { assertEquals, assertThrows } from "@std/assert";
import { LibcError, openLibc } from "../../../collectors/kernel/ffi.ts";

function failing(error: Error): typeof Deno.dlopen {
  return () => {
    throw error;
  };
}

Deno.test("openLibc() says which machines it needs", () => {
  const dlopen = failing(new Error("not reached"));
  for (
    const [os, arch, found] of [
      ["linux", "riscv64", "this is linux on riscv64"],
      ["darwin", "aarch64", "this is darwin on aarch64"],
    ] as const
  ) {
    assertThrows(
      () => openLibc({ os, arch, dlopen }),
      LibcError,
      `Cannot call the kernel: ${found}, needs linux on x86_64 or aarch64`,
    );
  }
});

Deno.test("openLibc() says in one line that there is no glibc", () => {
  const found = "Could not open library: libc.so.6: cannot open shared object file\n    at dlopen";
  const error = assertThrows(
    () => openLibc({ os: "linux", arch: "x86_64", dlopen: failing(new Error(found)) }),
    LibcError,
  );
  assertEquals(
    error.message,
    'Cannot open "libc.so.6": Could not open library: libc.so.6: cannot open shared object file, ' +
      "needs glibc 2.17 or later, not musl",
  );
});

Deno.test("openLibc() says that it lacks the right to call libc", () => {
  const denied = failing(
    new Deno.errors.NotCapable(
      'Requires ffi access to "libc.so.6", run again with the --allow-ffi flag',
    ),
  );
  assertThrows(
    () => openLibc({ os: "linux", arch: "aarch64", dlopen: denied }),
    LibcError,
    'Cannot open "libc.so.6": Requires ffi access to "libc.so.6", needs --allow-ffi',
  );
});
