import { escapeXml, linePlot, type Plot } from './line-plot.ts';
import type { LoadReport, SeriesPoint } from './report.ts';
import {
  digits,
  toAgreementRows,
  toRows,
  toStepRows,
  toStillLines,
  toVerdictLines,
} from './to-rows.ts';

const STYLE = `
:root { color-scheme: light dark; --text: #1c1e21; --soft: #6a6f76; --grid: #dfe2e6; --back: #fff;
  --one: #1f6feb; --two: #d9730d; --three: #b3261e; --good: #1a7f37; --bad: #b3261e; }
@media (prefers-color-scheme: dark) { :root { --text: #e6e8eb; --soft: #9aa1a9; --grid: #33383e;
  --back: #15181b; --one: #6ea8fe; --two: #ffb26b; --three: #ff8a80; --good: #57c278; --bad: #ff8a80; } }
body { font: 16px/1.5 system-ui, sans-serif; color: var(--text); background: var(--back);
  max-width: 52rem; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.5rem; margin-bottom: 0; } p { color: var(--soft); margin-top: .25rem; }
.scroll { overflow-x: auto; } .scroll td { white-space: nowrap; }
table { border-collapse: collapse; width: 100%; margin: 1.5rem 0; }
th, td { text-align: left; padding: .3rem .6rem; border-bottom: 1px solid var(--grid); font-variant-numeric: tabular-nums; }
th { font-weight: 500; color: var(--soft); white-space: nowrap; }
.kept { color: var(--good); } .missed { color: var(--bad); font-weight: 600; }
figure { margin: 2rem 0; } figcaption { font-weight: 600; margin-bottom: .5rem; }
.key { font-weight: 400; margin-left: 1rem; } .key::before { content: ''; display: inline-block;
  width: 1rem; height: 3px; margin-right: .4rem; vertical-align: middle; background: currentColor; }
.key-1 { color: var(--one); } .key-2 { color: var(--two); } .key-3 { color: var(--three); }
svg { width: 100%; height: auto; } svg text { fill: var(--soft); font-size: 11px; }
.grid { stroke: var(--grid); } polyline { fill: none; stroke-width: 2; stroke-linejoin: round; }
.line-1 { stroke: var(--one); } .line-2 { stroke: var(--two); } .line-3 { stroke: var(--three); }
`;

/** A page of its own: no script, no other file, readable in light and dark. */
export function toHtml(report: LoadReport): string {
  const { scenario, description, driver, stack, startedAt, machine, shape } = report;
  const title = `${scenario}: ${description}`;
  const setting = [
    `${startedAt}, ${driver} driver, ${stack}, ${machine}.`,
    `members ${digits(shape.members)} · rooms ${digits(shape.rooms)} · messages/s in each ${digits(shape.rate)} · seconds ${digits(shape.seconds)}`,
    ...(shape.hotMembers === undefined || shape.hotRate === undefined
      ? []
      : [`hot room: members ${digits(shape.hotMembers)} · messages/s ${digits(shape.hotRate)}`]),
  ];
  const verdicts = toVerdictLines(report).map(
    (line) => `<li class="${line.startsWith('kept') ? 'kept' : 'missed'}">${escapeXml(line)}</li>`,
  );
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>${escapeXml(title)}</title><style>${STYLE}</style></head><body>
<h1>${escapeXml(title)}</h1>
${setting.map((line) => `<p>${escapeXml(line)}</p>`).join('\n')}
<ul>${verdicts.join('')}</ul>
<table>${toRows(report)
    .map(([name, value]) => `<tr><th>${escapeXml(name)}</th><td>${escapeXml(value)}</td></tr>`)
    .join('')}</table>
${scrollTable(toStepRows(report))}
${agreement(report)}
${plots(report).map(linePlot).join('\n')}
</body></html>
`;
}

function agreement(report: LoadReport): string {
  if (report.agreement === undefined) return '';
  const still = toStillLines(report).map((line) => `<p>${escapeXml(line)}</p>`);
  return `<h2>The stack’s own figures</h2>${scrollTable(toAgreementRows(report))}${still.join('')}`;
}

function scrollTable(rows: readonly Record<string, string>[]): string {
  if (rows.length === 0) return '';
  const head = Object.keys(rows[0] ?? {}).map((name) => `<th>${escapeXml(name)}</th>`);
  const body = rows.map(
    (row) =>
      `<tr>${Object.values(row)
        .map((cell) => `<td>${escapeXml(cell)}</td>`)
        .join('')}</tr>`,
  );
  return `<div class="scroll"><table><tr>${head.join('')}</tr>${body.join('')}</table></div>`;
}

function plots({ series, steps = [] }: LoadReport): Plot[] {
  const over = (value: (point: SeriesPoint) => number | undefined) =>
    series.flatMap((point): [number, number][] => {
      const y = value(point);
      return y === undefined ? [] : [[point.second, y]];
    });
  const time = 'seconds since the first message';
  const overTime: Plot[] = [
    {
      title: 'Latency, by the moment the message was meant to be sent',
      xLabel: time,
      yLabel: 'ms',
      lines: [
        { label: 'p50', points: over(({ latencyMs }) => latencyMs?.p50) },
        { label: 'p99', points: over(({ latencyMs }) => latencyMs?.p99) },
        { label: 'maximum', points: over(({ latencyMs }) => latencyMs?.max) },
      ],
    },
    {
      title: 'Deliveries',
      xLabel: time,
      yLabel: 'deliveries/s',
      lines: [{ label: 'delivered', points: over((point) => point.deliveredPerSecond) }],
    },
    {
      title: 'Messages',
      xLabel: time,
      yLabel: 'messages/s',
      lines: [
        { label: 'offered', points: over((point) => point.offeredPerSecond) },
        { label: 'stored', points: over((point) => point.storedPerSecond) },
      ],
    },
  ];
  if (steps.length === 0) return overTime;
  // The first step is the one with cold functions.
  const byRate = (value: (step: (typeof steps)[number]) => number | undefined) =>
    steps.slice(1).map((step): [number, number] => [step.rate, value(step) ?? 0]);
  return [
    {
      title: 'Latency as the rate rises',
      xLabel: 'messages/s in the room',
      yLabel: 'ms',
      lines: [
        { label: 'p50', points: byRate(({ latencyMs }) => latencyMs?.p50) },
        { label: 'p99', points: byRate(({ latencyMs }) => latencyMs?.p99) },
      ],
    },
    ...overTime,
  ];
}
