/** A chart with curves, as SVG that follows the reader's light or dark scheme. */
export interface LineChart {
  title: string;
  x: Axis;
  y: Axis;
  curves: readonly Curve[];
  /** Lines across, such as a quota. */
  marks?: readonly { y: number; label: string }[];
}

export interface Axis {
  label: string;
  scale: 'linear' | 'log';
  min: number;
  max: number;
  ticks: readonly number[];
  format: (value: number) => string;
}

export interface Curve {
  label: string;
  /** Curves of one colour belong together. */
  colour: 0 | 1 | 2;
  isDashed?: boolean;
  /** Ascending by x. What has no y lies beyond the chart; the curve ends there with an arrow. */
  points: readonly { x: number; y: number | undefined }[];
}

const WIDTH = 720;
const PLOT = { left: 72, right: 700, top: 44, bottom: 308 };
const LEGEND_TOP = 362;
const LEGEND_COLUMN = 330;
const LEGEND_LINE = 20;

const STYLE = `
  text { font: 13px system-ui, sans-serif; fill: #1f2328; }
  .title { font-weight: 600; font-size: 15px; }
  .faint { fill: #59636e; }
  .grid { stroke: #d1d9e0; }
  .mark { stroke: #59636e; stroke-dasharray: 2 4; }
  .background { fill: #ffffff; }
  .curve { fill: none; stroke-width: 2.2; stroke-linejoin: round; }
  .dashed { stroke-dasharray: 7 5; }
  .c0 { stroke: #0969da; stroke-width: 6; opacity: 0.5; } .c1 { stroke: #bc4c00; } .c2 { stroke: #1a7f37; }
  .d0 { fill: #0969da; } .d1 { fill: #bc4c00; } .d2 { fill: #1a7f37; }
  @media (prefers-color-scheme: dark) {
    text { fill: #f0f6fc; }
    .faint { fill: #9198a1; }
    .grid { stroke: #3d444d; }
    .mark { stroke: #9198a1; }
    .background { fill: #0d1117; }
    .c0 { stroke: #4493f8; } .c1 { stroke: #f0883e; } .c2 { stroke: #3fb950; }
    .d0 { fill: #4493f8; } .d1 { fill: #f0883e; } .d2 { fill: #3fb950; }
  }`;

export function toSvg(chart: LineChart): string {
  const { title, x, y, curves, marks = [] } = chart;
  const left = (value: number) => across(x, value, PLOT.left, PLOT.right);
  const top = (value: number) => across(y, value, PLOT.bottom, PLOT.top);
  const height = LEGEND_TOP + Math.ceil(curves.length / 2) * LEGEND_LINE;
  const parts = [
    `<rect class="background" width="${WIDTH}" height="${height}" rx="6"/>`,
    text(PLOT.left, 24, title, 'title'),
    ...y.ticks.flatMap((tick) => [
      line('grid', PLOT.left, top(tick), PLOT.right, top(tick)),
      text(PLOT.left - 8, top(tick) + 4, y.format(tick), 'faint', 'end'),
    ]),
    ...x.ticks.map((tick) => text(left(tick), PLOT.bottom + 18, x.format(tick), 'faint', 'middle')),
    text((PLOT.left + PLOT.right) / 2, PLOT.bottom + 37, x.label, 'faint', 'middle'),
    text(PLOT.right, 24, y.label, 'faint', 'end'),
    ...marks.flatMap((mark) => [
      line('mark', PLOT.left, top(mark.y), PLOT.right, top(mark.y)),
      text(PLOT.left + 6, top(mark.y) - 5, mark.label, 'faint'),
    ]),
    ...curves.flatMap((curve) => drawCurve(curve, left, top)),
    ...curves.flatMap(legend),
  ];
  const size = `viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}"`;
  return `<svg xmlns="http://www.w3.org/2000/svg" ${size} role="img" aria-label="${escapeXml(title)}">\n<style>${STYLE}\n</style>\n${parts.join('\n')}\n</svg>\n`;
}

function drawCurve(
  { points, colour, isDashed }: Curve,
  left: (value: number) => number,
  top: (value: number) => number,
): string[] {
  const end = points.findIndex(({ y }) => y === undefined);
  const shown = (end < 0 ? points : points.slice(0, end)).map(
    ({ x, y = 0 }) => [left(x), top(y)] as const,
  );
  const kind = `curve c${colour}${isDashed ? ' dashed' : ''}`;
  const path = shown.map((point) => point.map(digits).join(',')).join(' ');
  const last = shown.at(-1);
  const beyond = points[end];
  return [
    `<polyline class="${kind}" points="${path}"/>`,
    ...shown.map(
      ([cx, cy]) => `<circle class="d${colour}" cx="${digits(cx)}" cy="${digits(cy)}" r="2.6"/>`,
    ),
    ...(last === undefined || beyond === undefined
      ? []
      : [
          `<line class="${kind}" x1="${digits(last[0])}" y1="${digits(last[1])}" x2="${digits(left(beyond.x))}" y2="${PLOT.top + 8}"/>`,
          `<path class="d${colour}" d="M${digits(left(beyond.x))} ${PLOT.top} l-5 9 h10 z"/>`,
        ]),
  ];
}

function legend({ label, colour, isDashed }: Curve, index: number): string[] {
  const x = PLOT.left + (index % 2) * LEGEND_COLUMN;
  const y = LEGEND_TOP + Math.floor(index / 2) * LEGEND_LINE;
  const kind = `curve c${colour}${isDashed ? ' dashed' : ''}`;
  return [line(kind, x, y, x + 28, y), text(x + 36, y + 4, label)];
}

function across({ scale, min, max }: Axis, value: number, from: number, to: number): number {
  const place = scale === 'log' ? Math.log : (given: number) => given;
  const within = Math.min(max, Math.max(min, value));
  return from + ((to - from) * (place(within) - place(min))) / (place(max) - place(min));
}

function line(kind: string, x1: number, y1: number, x2: number, y2: number): string {
  return `<line class="${kind}" x1="${digits(x1)}" y1="${digits(y1)}" x2="${digits(x2)}" y2="${digits(y2)}"/>`;
}

function text(x: number, y: number, content: string, kind = '', anchor = 'start'): string {
  return `<text class="${kind}" x="${digits(x)}" y="${digits(y)}" text-anchor="${anchor}">${escapeXml(content)}</text>`;
}

const digits = (value: number) => String(Math.round(value * 10) / 10);

const escapeXml = (content: string) =>
  content.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
