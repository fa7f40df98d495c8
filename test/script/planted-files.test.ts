/** What somebody may have put in the way of the meta file, or beside it. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import * as fs from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { describe, test } from "node:test";
import {
  annotated,
  assertUntouched,
  backdate,
  CHANGES,
  inFolder,
  snapshot,
  succeed,
  telemetry,
} from "../helpers/disk.ts";
import {
  BUNDLED,
  DISABLED,
  ENABLED,
  listing,
  makeHome,
  metaOf,
  readHome,
} from "../helpers/harness.ts";

/** Puts something that is not a regular file where the meta file belongs. */
const WRONG: Record<string, (path: string) => unknown> = {
  "a FIFO": (path) => spawnSync("mkfifo", [path]),
  "a folder": (path) => fs.mkdirSync(path),
  "a socket": (path) =>
    new Promise<void>((done) => createServer().listen(path, done).unref()),
  "a link to a device": (path) => fs.symlinkSync("/dev/zero", path),
  "a link to itself": (path) => fs.symlinkSync("meta.yaml", path),
};

describe("in place of the file", { concurrency: true }, () => {
  for (const [what, put] of Object.entries(WRONG)) {
    test(`${what} is refused at once and left alone`, async () => {
      const home = makeHome("");
      fs.rmSync(metaOf(home));
      await put(metaOf(home));
      for (const runtime of BUNDLED) {
        for (const command of ["status", ...CHANGES]) {
          const began = performance.now();
          await assertUntouched(home, command, { runtime });
          assert.ok(performance.now() - began < 5_000, "it blocks");
        }
        await assertUntouched(home, "reset", { runtime }, "--force");
      }
    });
  }

  test("100 MB are refused without being read", async () => {
    const home = makeHome(ENABLED);
    fs.truncateSync(metaOf(home), 100e6);
    await assertUntouched(home, ["status", ...CHANGES]);
    const { stderr } = await telemetry(["status", "--home", home]);
    assert.match(stderr, /64 KiB/);
  });

  test("a file in place of the folder is refused and left alone", async () => {
    const home = makeHome();
    fs.writeFileSync(join(home, "telemetry"), ENABLED);
    await assertUntouched(home, ["status", ...CHANGES]);
  });
});

describe("a link", { concurrency: true }, () => {
  test("to a file stays, and its target is changed", async () => {
    const home = makeHome("");
    const target = join(home, "real.yaml");
    fs.writeFileSync(target, ENABLED, { mode: 0o640 });
    fs.rmSync(metaOf(home));
    fs.symlinkSync("../hop", metaOf(home));
    fs.symlinkSync("real.yaml", join(home, "hop"));
    await succeed(["disable", "--home", home]);
    assert.equal(fs.readlinkSync(metaOf(home)), "../hop");
    assert.equal(fs.readFileSync(target, "utf8"), DISABLED);
    assert.equal(fs.statSync(target).mode & 0o7777, 0o640);
    assert.deepEqual(listing(home), ["meta.yaml"]);
    assert.deepEqual(fs.readdirSync(home).sort(), [
      "hop",
      "real.yaml",
      "telemetry",
    ]);
  });

  test("to a folder stays, and the file in it is changed", async () => {
    const home = makeHome();
    fs.mkdirSync(join(home, "elsewhere"));
    fs.symlinkSync("elsewhere", join(home, "telemetry"));
    fs.writeFileSync(metaOf(home), ENABLED);
    await succeed(["disable", "--home", home]);
    assert.equal(fs.readlinkSync(join(home, "telemetry")), "elsewhere");
    assert.equal(readHome(home), DISABLED);
    assert.deepEqual(listing(home), ["meta.yaml"]);
  });

  test("with `..` behind another link leads where the kernel says", async () => {
    for (const before of [undefined, ENABLED]) {
      const home = makeHome("");
      const target = join(home, "other/real.yaml");
      fs.mkdirSync(join(home, "other/folder"), { recursive: true });
      fs.symlinkSync("../other/folder", join(home, "telemetry/sub"));
      fs.rmSync(metaOf(home));
      fs.symlinkSync("sub/../real.yaml", metaOf(home));
      if (before) fs.writeFileSync(target, before);
      await succeed(["disable", "--home", home]);
      assert.match(fs.readFileSync(target, "utf8"), /^status: disable$/m);
      assert.deepEqual(listing(home), ["meta.yaml", "sub"]);
    }
  });

  test("that dangles gets its target made", async () => {
    const home = makeHome("");
    fs.rmSync(metaOf(home));
    fs.symlinkSync(join(home, "new.yaml"), metaOf(home));
    await succeed(["disable", "--home", home]);
    const target = fs.readFileSync(join(home, "new.yaml"), "utf8");
    assert.equal(target, "status: disable\n");
    assert.ok(fs.lstatSync(metaOf(home)).isSymbolicLink());
    assert.deepEqual(listing(home), ["meta.yaml"]);
  });

  test("into a folder that is not there is refused", async () => {
    const home = makeHome("");
    fs.rmSync(metaOf(home));
    fs.symlinkSync(join(home, "gone", "new.yaml"), metaOf(home));
    await assertUntouched(home, CHANGES);
  });
});

test("the other name of a hard link keeps its bytes", async () => {
  const home = makeHome(ENABLED);
  const other = join(home, "other");
  fs.linkSync(metaOf(home), other);
  await succeed(["disable", "--home", home]);
  assert.equal(readHome(home), DISABLED);
  assert.equal(fs.readFileSync(other, "utf8"), ENABLED);
});

test("--force keeps a damaged file beside itself, never through or over what is there", async () => {
  const home = makeHome("\tdamaged");
  const victim = join(home, "victim");
  fs.writeFileSync(victim, "precious");
  fs.symlinkSync(victim, inFolder(home, "meta.yaml.bad"));
  fs.writeFileSync(inFolder(home, "meta.yaml.bad.1"), "earlier");
  await succeed(["disable", "--home", home, "--force"]);
  assert.equal(fs.readFileSync(victim, "utf8"), "precious");
  const texts = ["meta.yaml", "meta.yaml.bad.1", "meta.yaml.bad.2"].map(
    (name) => fs.readFileSync(inFolder(home, name), "utf8"),
  );
  assert.deepEqual(texts, ["status: disable\n", "earlier", "\tdamaged"]);
});

describe("leftovers beside the file", () => {
  const OLD = "meta.yaml.0123456789ab.tmp";
  const YOUNG = "meta.yaml.ba9876543210.tmp";
  const THEIRS = ["meta.yaml.tmp", "meta.yaml.bad", "x0123456789ab.tmp"];

  test("are swept by the next change when they are old, and nothing else is", async () => {
    const home = makeHome(annotated());
    for (const name of [OLD, YOUNG, ...THEIRS]) {
      fs.writeFileSync(inFolder(home, name), "left");
      if (name !== YOUNG) backdate(inFolder(home, name), 90);
    }
    await succeed(["status", "--home", home]);
    assert.ok(listing(home).includes(OLD), "status writes");
    await succeed(["disable", "--home", home]);
    assert.deepEqual(listing(home), ["meta.yaml", YOUNG, ...THEIRS].sort());
  });

  test("that are links are swept, not followed", async () => {
    const home = makeHome(annotated());
    const victim = join(home, "victim");
    fs.writeFileSync(victim, "precious");
    fs.symlinkSync(victim, inFolder(home, OLD));
    backdate(inFolder(home, OLD), 90);
    const before = snapshot(home).at(-1);
    await succeed(["disable", "--home", home]);
    assert.equal(snapshot(home).at(-1), before);
    assert.deepEqual(listing(home), ["meta.yaml"]);
  });
});
