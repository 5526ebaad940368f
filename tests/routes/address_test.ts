import { assertEquals } from "@std/assert";
import { isEverywhere, isLoopback, parseAddress, printAddress } from "../../routes/address.ts";

Deno.test("parseAddress takes an IP address and a port", () => {
  const cases: readonly [string, string | undefined][] = [
    ["127.0.0.1:7878", "127.0.0.1:7878"],
    ["127.0.0.1:0", "127.0.0.1:0"],
    ["[::1]:7878", "[::1]:7878"],
    ["[::]:80", "[::]:80"],
    ["[2001:db8::7]:65535", "[2001:db8::7]:65535"],
    [":7878", "0.0.0.0:7878"],
    ["localhost:7878", "127.0.0.1:7878"],
    ["192.0.2.1:7878", "192.0.2.1:7878"],
    ["", undefined],
    ["7878", undefined],
    ["127.0.0.1", undefined],
    ["127.0.0.1:", undefined],
    ["127.0.0.1:65536", undefined],
    ["127.0.0.1:-1", undefined],
    ["127.0.0.256:80", undefined],
    ["127.1:80", undefined],
    ["::1:7878", undefined],
    ["[127.0.0.1]:80", undefined],
    ["[]:80", undefined],
    ["example.net:80", undefined],
    ["http://127.0.0.1:80", undefined],
  ];
  for (const [text, printed] of cases) {
    const address = parseAddress(text);
    assertEquals(address && printAddress(address), printed, text);
  }
});

Deno.test("isLoopback and isEverywhere know the addresses that are", () => {
  const hosts = ["127.0.0.1", "127.8.9.1", "::1", "0.0.0.0", "::", "10.0.0.1", "2001:db8::1"];
  assertEquals(hosts.filter(isLoopback), ["127.0.0.1", "127.8.9.1", "::1"]);
  assertEquals(hosts.filter(isEverywhere), ["0.0.0.0", "::"]);
});
