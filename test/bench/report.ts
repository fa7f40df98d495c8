/** The tables and the chart of bench.ts. */

/** A median and its quartiles. */
export interface Summary {
  readonly median: number;
  readonly quartiles: readonly number[];
}

/** The floor program, the command, and the ratios within their pairs. */
export interface Comparison {
  readonly floor: Summary;
  readonly ours: Summary;
  readonly ratio: Summary;
}

/** What bench.json holds; milliseconds and megabytes. */
export interface Results {
  readonly machine: string;
  readonly pairs: number;
  readonly commands: readonly Measured[];
  readonly many: readonly {
    readonly runtime: string;
    readonly homes: number;
    readonly wall: Summary;
    readonly further?: Summary;
    readonly peak: Summary;
  }[];
  readonly others: readonly { readonly name: string; readonly wall: Summary }[];
}

interface Measured {
  readonly runtime: string;
  readonly command: string;
  readonly wall: Comparison;
  readonly cpu: Comparison;
  readonly peak: Comparison;
}

/** Returns the results as Markdown. */
export function tabulate(results: Results): string {
  const { machine, pairs, commands, many, others } = results;
  const compared = commands.map(({ runtime, command, ...measured }) => [
    ...[runtime, command],
    ...[measured.wall, measured.cpu, measured.peak].flatMap((comparison) => [
      values(comparison),
      spread(comparison.ratio, 2),
    ]),
  ]);
  const homes = many.map(({ runtime, homes, wall, further, peak }) => [
    ...[runtime, String(homes), spread(wall, 1)],
    ...[further ? spread(further, 3) : "", spread(peak, 1)],
  ]);
  const instead = others.map(({ name, wall }) => [name, spread(wall, 1)]);
  return [
    `${machine}; ${pairs} pairs; medians, and quartiles in brackets\n`,
    table(
      "Runtime,Command,Wall ms floor/ours,Ratio,CPU ms,Ratio,Peak MB,Ratio",
      compared,
    ),
    table(
      "Runtime,Homes,Wall ms,ms a further home,Peak MB",
      homes,
    ),
    table("A change with,Wall ms", instead),
  ].join("\n");
}

function table(head: string, rows: readonly (readonly string[])[]): string {
  const names = head.split(",");
  return [names, names.map(() => "---"), ...rows]
    .map((row) => `| ${row.join(" | ")} |\n`).join("");
}

function spread({ median, quartiles }: Summary, digits: number): string {
  const edges = quartiles.map((value) => value.toFixed(digits));
  return `${median.toFixed(digits)} (${edges.join(" to ")})`;
}

function values({ floor, ours }: Comparison): string {
  return `${floor.median.toFixed(1)} / ${ours.median.toFixed(1)}`;
}

const WIDTH = 760;
const LEFT = 190;
const ROW = 34;
const GROUP = 34;

// A ground of its own, as the page may be dark where the reader's system is not.
const STYLE = `.ground { fill: #ffffff }
text { font: 13px system-ui, sans-serif; fill: #1f2328 }
.head { font-weight: 600 }
.small { font-size: 12px; fill: #59636e }
.floor { fill: #8c959f }
.ours { fill: #0969da }
@media (prefers-color-scheme: dark) {
  .ground { fill: #0d1117 }
  text { fill: #f0f6fc }
  .small { fill: #9198a1 }
  .floor { fill: #656c76 }
  .ours { fill: #4493f8 }
}`;

/** Returns an SVG of each command's wall time beside that of its floor program. */
export function draw({ machine, pairs, commands }: Results): string {
  const bars = commands.filter(({ command }) => !command.startsWith("-"));
  const longest = Math.max(
    ...bars.flatMap(({ wall }) => [wall.floor.median, wall.ours.median]),
  );
  const scale = (WIDTH - LEFT - 130) / longest;
  const parts: string[] = [];
  let y = 72;
  for (const runtime of new Set(bars.map(({ runtime }) => runtime))) {
    parts.push(text(0, y + 14, runtime, "head"));
    y += GROUP - 10;
    for (const bar of bars.filter((bar) => bar.runtime === runtime)) {
      parts.push(drawBar(bar, y, scale));
      y += ROW;
    }
    y += 10;
  }
  const caption = `Wall time in ms, median of ${pairs} pairs; ${machine}`;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="-12 -8 ${
    WIDTH + 24
  } ${y + 8}" role="img" aria-labelledby="title">
<title id="title">Wall time of each command beside a program that does the least possible</title>
<style>${STYLE}</style>
<rect class="ground" x="-12" y="-8" width="${WIDTH + 24}" height="${
    y + 8
  }" rx="6"/>
${text(0, 16, caption, "small")}
<rect class="floor" x="0" y="32" width="12" height="12"/>
${
    text(
      18,
      43,
      "the runtime, reading (or durably replacing) the file and printing",
    )
  }
<rect class="ours" x="440" y="32" width="12" height="12"/>
${text(458, 43, "telemetry")}
${parts.join("\n")}
</svg>
`;
}

function drawBar(
  { command, wall }: Measured,
  y: number,
  scale: number,
): string {
  const [floor, ours] = [wall.floor.median, wall.ours.median];
  const end = LEFT + Math.max(floor, ours) * scale + 8;
  const value = `${ours.toFixed(1)} ms, ${wall.ratio.median.toFixed(2)} ×`;
  return [
    text(12, y + 17, command),
    `<rect class="floor" x="${LEFT}" y="${y}" width="${
      (floor * scale).toFixed(1)
    }" height="11"/>`,
    `<rect class="ours" x="${LEFT}" y="${y + 12}" width="${
      (ours * scale).toFixed(1)
    }" height="11"/>`,
    text(Math.round(end), y + 17, value),
  ].join("\n");
}

function text(x: number, y: number, value: string, style = ""): string {
  const escaped = value.replace(/&/g, "&amp;").replace(/</g, "&lt;");
  return `<text x="${x}" y="${y}"${
    style ? ` class="${style}"` : ""
  }>${escaped}</text>`;
}
