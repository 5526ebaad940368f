/**
 * What a service manager is told (sd_notify(3)): that the service is ready, that it is alive, that it
 * ends. Alive means both threads: the main one counts up a word every few seconds, and the sampler says
 * so when it comes by. If either hangs, nothing is said, and the manager starts the service anew.
 *
 * @module
 */

export interface Supervisor {
  /** Whenever the sampler is not in a reading. `alive`: how often main has said that it is. */
  update(alive: number): void;
  /** The sampler ends. */
  stop(): void;
}

/** Where messages go; throws what a person should read. */
export interface Notices {
  /** False where it may be had later: the manager has not read what it was sent before. */
  send(text: string): boolean;
  close(): void;
}

/** For a service that nobody supervises. */
export const UNSUPERVISED: Supervisor = { update: () => {}, stop: () => {} };

export function supervise(notices: Notices): Supervisor {
  let told = 0;
  return {
    update(alive: number): void {
      if (alive === told) return;
      // The first one must arrive: without it the manager kills a service that is well.
      if (told !== 0) attempt(notices, "WATCHDOG=1");
      else if (!notices.send("READY=1\nWATCHDOG=1")) return;
      told = alive;
    },
    stop(): void {
      attempt(notices, "STOPPING=1");
      notices.close();
    },
  };
}

/** A manager that cannot be reached for a while, as when it is replaced, is no reason to end. */
function attempt(notices: Notices, text: string): void {
  try {
    notices.send(text);
  } catch {
    // It notices itself that nothing comes.
  }
}
