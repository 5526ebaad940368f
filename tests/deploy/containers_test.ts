/** The Dockerfile, compose.yaml and kubernetes.yaml: what they promise, and that they agree. @module */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { parse, parseAllDocuments } from "yaml";
import config from "../../deno.json" with { type: "json" };
import { leanConfig, specifiersOf } from "../../deploy/assemble.ts";
import { parseOptions } from "../../routes/options.ts";
import { readDockerfile } from "./dockerfile.ts";

const ROOT = new URL("../../", import.meta.url);
const read = (path: string): Promise<string> => Deno.readTextFile(new URL(path, ROOT));

const image = readDockerfile(await read("Dockerfile"));
const compose = parse(await read("deploy/compose.yaml")).services.ringside;
const [namespace, daemonSet] = parseAllDocuments(await read("deploy/kubernetes.yaml"))
  .map((document) => {
    assertEquals(document.errors, []);
    return document.toJS();
  });
const pod = daemonSet.spec.template.spec;
const [container] = pod.containers;

/** What the service makes of the variables that a file sets. */
function serves(variables: Readonly<Record<string, string>>): Record<string, unknown> {
  // Beyond loopback only with a token, whose file is there when it runs.
  const command = parseOptions(
    "RINGSIDE_TOKEN_FILE" in variables ? ["--insecure-no-auth"] : [],
    (name) => name === "RINGSIDE_TOKEN_FILE" ? undefined : variables[name],
  );
  if (command.name !== "serve") throw new Error(`Cannot serve: ${command.name}`);
  return { ...command.sampling, ...command.serve };
}

Deno.test("the image is of one tagged base, takes in no tests, and runs as nobody in particular", async () => {
  assertEquals(new Set(image.bases).size, 1);
  assertMatch(image.bases[0]!, /^docker\.io\/denoland\/deno:debian-\d+\.\d+\.\d+$/);
  assertEquals(image.sources.filter((path) => /^(tests|\.|\.git)/.test(path)), []);
  for (const path of image.sources) await Deno.stat(new URL(path, ROOT));
  assertMatch(image.user, /^[1-9]\d*:[1-9]\d*$/);
  assert(image.entrypoint.includes("--cached-only"));
  assertEquals(image.env.DENO_DIR, "/opt/ringside/cache");
});

Deno.test("what is assembled names the packages that the service imports, and those alone", () => {
  const imported = specifiersOf({
    modules: [
      { dependencies: [{ specifier: "hono" }, { specifier: "./a.ts" }] },
      { dependencies: [{ specifier: "htmx.org/dist/htmx.min.js" }, { specifier: "hono/jsx" }] },
      {},
    ],
  });
  const lean = leanConfig(config, imported);
  assertEquals(Object.keys(lean.imports), ["hono", "htmx.org"]);
  assertEquals(Object.keys(lean.tasks), ["start", "once", "doctor"]);
  assertEquals([lean.version, lean.compilerOptions], [config.version, config.compilerOptions]);
});

Deno.test("Podman's words in the README say what compose.yaml says, with the profile made above them", async () => {
  const readme = (await read("deploy/README.md")).replaceAll("\\\n", " ");
  const words = readme.match(/^sudo podman run (.*)$/m)![1]!.split(/ +/);
  const given = (flag: string): readonly string[] =>
    words.flatMap((word, index) => word === `--${flag}` ? [words[index + 1]!] : []);
  assertEquals(words.at(-1), compose.image);
  assertEquals(given("network"), [compose.network_mode]);
  assertEquals(given("user"), [compose.user]);
  assertEquals(words.includes("--read-only"), compose.read_only);
  assertEquals([given("cap-drop"), given("cap-add")], [compose.cap_drop, compose.cap_add]);
  const profile = readme.match(/sudo tee (\S+seccomp\S*)/)![1]!;
  assertEquals(given("security-opt"), [...compose.security_opt, `seccomp=${profile}`]);
  const { soft, hard } = compose.ulimits.nofile;
  assertEquals(given("ulimit"), [`nofile=${soft}:${hard}`]);
  assertEquals([given("memory"), given("pids-limit")], [
    [compose.mem_limit],
    [String(compose.pids_limit)],
  ]);
  assertEquals(
    Object.fromEntries(given("env").map((pair) => pair.split("="))),
    compose.environment,
  );
  const mounts = compose.volumes.map(({ source, target }: Record<string, string>) =>
    `${source}:${target}:ro`
  );
  assertEquals(given("volume"), [
    ...mounts,
    `"$PWD/deploy/token:${compose.environment.RINGSIDE_TOKEN_FILE}:ro"`,
  ]);
});

Deno.test("compose.yaml gives one capability, the host's trees read-only, and nothing to write", () => {
  assertEquals([compose.cap_drop, compose.cap_add], [["ALL"], ["PERFMON"]]);
  assertEquals(compose.read_only, true);
  assertEquals(compose.security_opt, ["no-new-privileges:true"]);
  assertEquals(compose.privileged, undefined);
  // Who is not root of the container has no capability, whatever is added.
  assertEquals(compose.user, "0:0");
  assertEquals(
    compose.volumes.map(({ source, target, read_only }: Record<string, unknown>) => [
      source,
      target,
      read_only,
    ]),
    [["/proc", "/host/proc", true], ["/sys", "/host/sys", true]],
  );
  assertEquals(compose.ulimits.nofile, { soft: 65536, hard: 65536 });
  assertEquals(serves(compose.environment), {
    intervalMs: 1000,
    procfs: "/host/proc",
    sysfs: "/host/sys",
    address: { hostname: "127.0.0.1", port: 7878 },
    allowedHosts: [],
  });
});

Deno.test("kubernetes.yaml watches every node with one capability and a token, and is probed where it is open", () => {
  assertEquals([namespace.kind, daemonSet.kind], ["Namespace", "DaemonSet"]);
  assertEquals(daemonSet.metadata.namespace, namespace.metadata.name);
  assertEquals(daemonSet.spec.selector.matchLabels, daemonSet.spec.template.metadata.labels);
  assertEquals(pod.tolerations, [{ operator: "Exists" }]);
  assertEquals([pod.automountServiceAccountToken, pod.hostUsers, pod.hostNetwork], [
    false,
    true,
    false,
  ]);
  assertEquals(container.securityContext, {
    runAsUser: 0,
    runAsGroup: 0,
    privileged: false,
    allowPrivilegeEscalation: false,
    readOnlyRootFilesystem: true,
    capabilities: { drop: ["ALL"], add: ["PERFMON"] },
    seccompProfile: { type: "RuntimeDefault" },
  });
  assertEquals(container.livenessProbe.httpGet.path, "/healthz");
  for (const probe of [container.readinessProbe, container.startupProbe]) {
    assertEquals(probe.httpGet, { path: "/readyz", port: container.ports[0].name });
  }
  // A CPU limit would make ticks late.
  assertEquals(Object.keys(container.resources.limits), ["memory"]);
  const mounts = new Map<string, { name: string; readOnly: boolean }>(
    container.volumeMounts.map((mount: { mountPath: string }) => [mount.mountPath, mount]),
  );
  const volumes = new Map<string, { hostPath?: { path: string }; secret?: unknown }>(
    pod.volumes.map((volume: { name: string }) => [volume.name, volume]),
  );
  for (const mount of mounts.values()) {
    assertEquals(mount.readOnly, true, mount.name);
    assert(volumes.has(mount.name), mount.name);
  }
  for (const path of ["/proc", "/sys"]) {
    assertEquals(volumes.get(mounts.get(`/host${path}`)!.name)?.hostPath?.path, path);
  }
  const variables = Object.fromEntries(
    container.env.map(({ name, value }: Record<string, string>) => [name, value]),
  );
  assertEquals(serves(variables), {
    intervalMs: 1000,
    procfs: "/host/proc",
    sysfs: "/host/sys",
    address: { hostname: "0.0.0.0", port: container.ports[0].containerPort },
    allowedHosts: [],
  });
  const token = `${
    mounts.get("/run/secrets/ringside") === undefined ? "" : "/run/secrets/ringside"
  }/token`;
  assertEquals(variables.RINGSIDE_TOKEN_FILE, token);
});

Deno.test("every file names the version of deno.json, and a token where containers have theirs", () => {
  assertEquals([compose.image, container.image], [
    `ringside:${config.version}`,
    `ringside:${config.version}`,
  ]);
  // Below it a token may be readable by all of the container.
  assert(compose.environment.RINGSIDE_TOKEN_FILE.startsWith("/run/secrets/"));
});
