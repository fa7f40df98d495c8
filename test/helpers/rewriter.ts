/**
 * Rewrites a meta file as TiUP does, without a lock: read, truncate, write; and
 * sometimes the system takes its time between the two.
 */
import * as fs from "node:fs";

const [, , file = "", times = "0"] = process.argv;
for (let count = 0; count < Number(times); count++) {
  const text = fs.readFileSync(file);
  const descriptor = fs.openSync(file, "w");
  if (count % 10 === 0) pause(2);
  fs.writeSync(descriptor, text);
  fs.closeSync(descriptor);
  pause(2); // TiUP does this once a command, not back to back
}

function pause(milliseconds: number): void {
  Atomics.wait(
    new Int32Array(new SharedArrayBuffer(4)),
    0,
    0,
    milliseconds,
  );
}
