/** An npm registry on this machine, empty at first: what is published can be installed. */
import { spawn } from "node:child_process";
import { createServer } from "node:http";
import { once } from "node:events";
import { after } from "node:test";

/** Starts one in a process of its own, and returns its address. */
export async function startRegistry(): Promise<string> {
  const tsx = ["--import", import.meta.resolve("tsx")];
  const child = spawn(process.execPath, [...tsx, import.meta.filename], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  after(() => child.kill());
  const [line] = await once(child.stdout, "data");
  return String(line).trim();
}

/** As `npm publish` sends it, and `npm install` wants it back. */
interface Packument {
  readonly versions: Readonly<
    Record<string, { readonly dist: { readonly tarball: string } }>
  >;
  readonly _attachments: Readonly<Record<string, { readonly data: string }>>;
}

function serve(): void {
  const files = new Map<string, string | Buffer>();
  const server = createServer(async (request, response) => {
    const { method, url = "" } = request;
    if (method === "PUT") {
      const text = Buffer.concat(await request.toArray()).toString();
      const { _attachments, ...packument }: Packument = JSON.parse(text);
      files.set(url, JSON.stringify(packument));
      const [version] = Object.values(packument.versions);
      const [attachment] = Object.values(_attachments);
      files.set(
        new URL(version?.dist.tarball ?? "").pathname,
        Buffer.from(attachment?.data ?? "", "base64"),
      );
    }
    const file = files.get(url);
    response.writeHead(file ? 200 : 404).end(file ?? "{}");
  });
  server.listen(0, "127.0.0.1", () => {
    const address = server.address();
    if (typeof address === "object") {
      console.log(`http://127.0.0.1:${address?.port}`);
    }
  });
}

if (process.argv[1] === import.meta.filename) serve();
