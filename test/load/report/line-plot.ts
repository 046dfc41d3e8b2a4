/** A plot as SVG: lines over an x axis, both axes from zero. */
export interface Plot {
  title: string;
  xLabel: string;
  yLabel: string;
  /** Numbered from 1 in the style sheet, `line-1` and so on. */
  lines: { label: string; points: [x: number, y: number][] }[];
}

const WIDTH = 720;
const HEIGHT = 260;
const MARGIN = { left: 64, right: 16, top: 12, bottom: 40 };
const TICKS = 5;

export function linePlot({ title, xLabel, yLabel, lines }: Plot): string {
  const points = lines.flatMap((line) => line.points);
  const xTicks = ticks(Math.max(0, ...points.map(([x]) => x)));
  const yTicks = ticks(Math.max(0, ...points.map(([, y]) => y)));
  const [xMax, yMax] = [xTicks.at(-1) ?? 1, yTicks.at(-1) ?? 1];
  const [width, height] = [WIDTH - MARGIN.left - MARGIN.right, HEIGHT - MARGIN.top - MARGIN.bottom];
  const xAt = (x: number) => round(MARGIN.left + (x / xMax) * width);
  const yAt = (y: number) => round(MARGIN.top + height - (y / yMax) * height);
  const bottom = yAt(0);
  const parts = [
    ...yTicks.map(
      (y) =>
        `<line class="grid" x1="${MARGIN.left}" x2="${WIDTH - MARGIN.right}" y1="${yAt(y)}" y2="${yAt(y)}"/><text x="${MARGIN.left - 8}" y="${yAt(y) + 4}" text-anchor="end">${label(y)}</text>`,
    ),
    ...xTicks.map(
      (x) => `<text x="${xAt(x)}" y="${bottom + 16}" text-anchor="middle">${label(x)}</text>`,
    ),
    `<text x="${MARGIN.left + width / 2}" y="${HEIGHT - 6}" text-anchor="middle">${escapeXml(xLabel)}</text>`,
    `<text transform="translate(14 ${MARGIN.top + height / 2}) rotate(-90)" text-anchor="middle">${escapeXml(yLabel)}</text>`,
    ...lines.map(({ points: own }, index) => {
      const path = own.map(([x, y]) => `${xAt(x)},${yAt(y)}`).join(' ');
      return `<polyline class="line-${index + 1}" points="${path}"/>`;
    }),
  ];
  const legend = lines.map(
    ({ label: name }, index) => `<span class="key key-${index + 1}">${escapeXml(name)}</span>`,
  );
  return `<figure><figcaption>${escapeXml(title)} ${legend.join(' ')}</figcaption><svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${escapeXml(title)}">${parts.join('')}</svg></figure>`;
}

/** From zero to the first round number that is not below the largest value. */
export function ticks(max: number): number[] {
  if (!(max > 0)) return [0, 1];
  const raw = max / TICKS;
  const magnitude = 10 ** Math.floor(Math.log10(raw));
  const step = ([1, 2, 2.5, 5].find((factor) => factor * magnitude >= raw) ?? 10) * magnitude;
  return Array.from({ length: Math.ceil(max / step - 1e-9) + 1 }, (_, index) => index * step);
}

const label = (value: number) => Number(value.toPrecision(4)).toLocaleString('en-US');
const round = (value: number) => Math.round(value * 10) / 10;

export const escapeXml = (text: string): string =>
  text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
