import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { alarmsOf } from './shown-metrics.ts';
import { resourcesOf, synthesizeStacks } from './synthesized-stacks.ts';

const TOPIC = 'arn:aws:sns:eu-west-1:123456789012:pager';
const RUNBOOK = 'https://wiki.example/runbook';

const { chat } = synthesizeStacks({ openAccess: true });
const told = synthesizeStacks({ openAccess: true, alarmTopicArn: TOPIC, runbookUrl: RUNBOOK }).chat;

const runbook = readFileSync(new URL('../../docs/runbook.md', import.meta.url), 'utf8');
/** The entries of the runbook: heading and text. */
const entries = new Map(
  runbook
    .split(/^## /m)
    .slice(1)
    .map((entry) => [entry.slice(0, entry.indexOf('\n')), entry]),
);

const composites = resourcesOf(chat, 'AWS::CloudWatch::CompositeAlarm');
const names = [
  ...alarmsOf(chat).map(({ AlarmName }) => AlarmName),
  ...composites.map(([, { Properties }]) => String(Properties.AlarmName)),
].map((name) => name.replace(/^roomcast-dev-/, ''));

/** The table at the top of the runbook says who pages. */
const paging = names.filter((name) => runbook.includes(`| [${name}](#${name}) | yes |`));

describe('every alarm', () => {
  it('has an entry in the runbook, and every entry is of an alarm', () => {
    expect([...entries.keys()].toSorted()).toEqual(names.toSorted());
  });

  it.each([...entries])(
    '%s is explained: what it means, how to look, how to end it',
    (_, entry) => {
      expect(entry).toMatch(/\*\*What it means\.\*\* .+\n\n\*\*How to look\.\*\* .+/);
      expect(entry).toMatch(/\n\n\*\*How to end it\.\*\* .+/);
    },
  );

  it('stands in the table of the runbook, in the order of its entries', () => {
    const rows = Array.from(runbook.matchAll(/^\| \[([\w-]+)\]\(#\1\) \|/gm), ([, name]) => name);
    expect(['page', ...rows]).toEqual([...entries.keys()]);
  });

  it('leads to its entry, where the deployment says that the runbook is', () => {
    for (const [template, url] of [
      [chat, 'docs/runbook.md'],
      [told, RUNBOOK],
    ] as const) {
      for (const { AlarmName, AlarmDescription } of alarmsOf(template)) {
        const name = AlarmName.replace(/^roomcast-dev-/, '');
        expect(AlarmDescription).toMatch(/^[A-Z].+\. Runbook: /);
        expect(AlarmDescription.endsWith(`Runbook: ${url}#${name}`)).toBe(true);
      }
    }
  });

  it('says what it makes of missing data, and only the band of usual latencies keeps its state', () => {
    const kept = alarmsOf(chat).filter(({ TreatMissingData }) => TreatMissingData === 'ignore');
    const silent = alarmsOf(chat).filter(
      ({ TreatMissingData }) => TreatMissingData === 'notBreaching',
    );
    expect(kept.map(({ AlarmName }) => AlarmName)).toEqual([
      'roomcast-dev-delivery-unusually-slow',
    ]);
    expect(kept.length + silent.length).toBe(alarmsOf(chat).length);
  });

  it('looks at ten metrics at most, which is what CloudWatch takes', () => {
    for (const { metrics } of alarmsOf(chat)) {
      expect(metrics.length).toBeGreaterThan(0);
      expect(metrics.length).toBeLessThanOrEqual(10);
    }
  });

  it('watches every route for what it answers with INTERNAL', () => {
    const failing = alarmsOf(chat).find(({ AlarmName }) => AlarmName.endsWith('requests-failing'));
    const services = failing?.metrics.map(({ dimensions }) => dimensions.service).toSorted();
    expect(services).toEqual(
      ['send', 'join', 'leave', 'resume', 'history', 'presence', 'typing', 'ping'].toSorted(),
    );
  });
});

describe('the page', () => {
  it('is one alarm of those that the runbook says page', () => {
    const ids = resourcesOf(chat, 'AWS::CloudWatch::Alarm')
      .filter(([, { Properties }]) =>
        paging.includes(String(Properties.AlarmName).replace(/^roomcast-dev-/, '')),
      )
      .map(([id]) => id);
    const rule = JSON.stringify(composites[0]?.[1].Properties.AlarmRule);
    const inRule = Array.from(rule.matchAll(/"Fn::GetAtt":\["(\w+)","Arn"\]/g), ([, id]) => id);
    expect(composites).toHaveLength(1);
    expect(inRule.toSorted()).toEqual(ids.toSorted());
    expect(rule).not.toContain(' AND ');
  });

  it('and every alarm that is not part of it tell the topic when they begin and end', () => {
    const both = { AlarmActions: [TOPIC], OKActions: [TOPIC] };
    for (const [, { Properties }] of resourcesOf(told, 'AWS::CloudWatch::CompositeAlarm')) {
      expect(Properties).toMatchObject(both);
    }
    for (const [, { Properties }] of resourcesOf(told, 'AWS::CloudWatch::Alarm')) {
      const name = String(Properties.AlarmName).replace(/^roomcast-dev-/, '');
      if (paging.includes(name)) expect(Properties).not.toHaveProperty('AlarmActions');
      else expect(Properties).toMatchObject(both);
    }
  });

  it('tells nobody, and makes no topic, unless the deployment names one', () => {
    expect(resourcesOf(chat, 'AWS::SNS::Topic')).toEqual([]);
    expect(JSON.stringify(chat.toJSON())).not.toMatch(/"(Alarm|OK)Actions"/);
  });
});
