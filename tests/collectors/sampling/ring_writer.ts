/** The other thread of the ring's test: writes as fast as it can. @module */
import { Ring } from "../../../collectors/sampling/ring.ts";

interface Job {
  readonly buffer: SharedArrayBuffer;
  readonly rows: number;
  readonly width: number;
  readonly count: number;
}

self.onmessage = (event: MessageEvent<Job>): void => {
  const { buffer, rows, width, count } = event.data;
  const ring = new Ring(buffer, 0, rows, width);
  const row = new Float64Array(width);
  for (let number = 0; number < count; number++) {
    for (let cell = 0; cell < width; cell++) row[cell] = number * 1000 + cell;
    ring.push(row);
  }
  self.postMessage("done");
  self.close();
};
