import { useEffect, useState } from 'react';
import type { OpsAlarm } from '../contract.ts';
import { AlarmGrid } from './alarms/alarm-grid.tsx';
import { Verdict } from './alarms/verdict.tsx';
import { verdictOf } from './alarms/verdict-of.ts';
import { formatTimeWithSeconds } from './format.ts';
import { Graph } from './graph/graph.tsx';
import { Header } from './header.tsx';
import type { OpsState, Shown } from './live/live-data.ts';
import classes from './page.module.css';
import { RANGES, type Range } from './ranges.ts';
import { inReadingOrder, type Question, questionsOf } from './reading-order.ts';
import { Markdown } from './text/markdown.tsx';
import { RunbookDialog } from './text/runbook-dialog.tsx';

/** The dashboard as the template has it, with the answer to the first question on top. */
export function Dashboard({ shown, lost }: { shown: Shown; lost: OpsState['lost'] }) {
  const [range, setRange] = useState<Range>(RANGES[0]);
  const [entry, setEntry] = useState<string>();
  const { dashboard, alarms, series, now } = shown;
  const prefix = `${dashboard.name}-`;
  const shortName = (name: string) => (name.startsWith(prefix) ? name.slice(prefix.length) : name);
  const verdict = lost === undefined ? verdictOf(alarms) : toLost(lost);
  useEffect(() => {
    document.title = `${verdict.title} · ${dashboard.name}`;
  }, [verdict.title, dashboard.name]);

  const forAlarms = { shortName, now, onRunbook: setEntry };
  return (
    <div className={classes.page}>
      <Header
        name={dashboard.name}
        now={now}
        isLive={lost === undefined}
        range={range}
        onRange={setRange}
      />
      <main>
        <Verdict
          verdict={verdict}
          ringing={lost === undefined ? alarms.filter(isCause) : []}
          {...forAlarms}
        />
        <Questions questions={questionsOf(dashboard.widgets)} />
        <div className={classes.widgets} data-lost={lost !== undefined || undefined}>
          {inReadingOrder(dashboard.widgets).map((widget) => (
            <div
              key={widget.id}
              className={classes.widget}
              data-kind={widget.kind}
              style={{ '--column': widget.x + 1, '--columns': widget.width }}
            >
              {widget.kind === 'text' && (
                <div className={classes.text}>
                  <Markdown source={widget.markdown} headingId={`section-${widget.id}`} />
                </div>
              )}
              {widget.kind === 'alarms' && (
                <AlarmGrid
                  id={widget.id}
                  title={widget.title}
                  alarms={named(alarms, widget.alarmNames)}
                  {...forAlarms}
                />
              )}
              {widget.kind === 'graph' && (
                <Graph widget={widget} series={series} now={now} rangeMs={range.ms} />
              )}
            </div>
          ))}
        </div>
      </main>
      <RunbookDialog name={entry} onOpen={setEntry} onClose={() => setEntry(undefined)} />
    </div>
  );
}

function Questions({ questions }: { questions: readonly Question[] }) {
  return (
    <nav className={classes.questions} aria-label="Questions">
      <ul>
        {questions.map(({ id, title }) => (
          <li key={id}>
            <a href={`#section-${id}`}>{title}</a>
          </li>
        ))}
      </ul>
    </nav>
  );
}

/** What is behind an outage; the alarms that are made of others only repeat it. */
const isCause = ({ kind, state }: OpsAlarm) => kind === 'metric' && state === 'ALARM';

function named(alarms: readonly OpsAlarm[], names: readonly string[]): OpsAlarm[] {
  const byName = new Map(alarms.map((alarm) => [alarm.name, alarm]));
  return names.flatMap((name) => byName.get(name) ?? []);
}

function toLost({ since, problem }: NonNullable<OpsState['lost']>) {
  const title = 'The stack does not answer.';
  const detail = `Not since ${formatTimeWithSeconds(since)}; what is below is from before. ${problem}`;
  return { mood: 'unknown' as const, title, detail };
}
