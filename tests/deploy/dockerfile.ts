/** What a Dockerfile says of how its image runs, and what it takes in. @module */

export interface Image {
  readonly entrypoint: readonly string[];
  readonly healthcheck: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly user: string;
  readonly workdir: string;
  /** Of all stages. */
  readonly bases: readonly string[];
  /** Paths of the repository that are copied in, of all stages. */
  readonly sources: readonly string[];
}

/** Of the last stage, where nothing else is said. */
export function readDockerfile(text: string): Image {
  const lines = text.replaceAll("\\\n", " ").split("\n").map((line) => line.trim());
  const all = (word: string): readonly string[] =>
    lines.filter((line) => line.startsWith(`${word} `)).map((line) =>
      line.slice(word.length).trim()
    );
  const last = (word: string): string => {
    const found = all(word).at(-1);
    if (found === undefined) throw new Error(`Cannot find ${word}`);
    return found;
  };
  return {
    entrypoint: JSON.parse(last("ENTRYPOINT")),
    healthcheck: JSON.parse(last("HEALTHCHECK").replace(/^.*?CMD /, "")),
    env: Object.fromEntries(
      all("ENV").flatMap((line) =>
        line.split(" ").map((pair): [string, string] => {
          const [name, ...value] = pair.split("=");
          return [name!, value.join("=")];
        })
      ),
    ),
    user: last("USER"),
    workdir: last("WORKDIR"),
    bases: all("FROM").map((line) => line.split(" ")[0]!),
    sources: all("COPY").filter((line) => !line.startsWith("--from="))
      .flatMap((line) => line.split(" ").slice(0, -1)),
  };
}
