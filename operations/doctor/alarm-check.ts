import {
  type CloudWatchClient,
  type CompositeAlarm,
  type Dimension,
  type MetricAlarm,
  paginateDescribeAlarms,
} from '@aws-sdk/client-cloudwatch';
import type { StackAccess } from '../common/stack-access.ts';
import type { Check, Finding } from './finding.ts';
import type { Mappings } from './mappings.ts';

interface AlarmCheckOptions {
  access: StackAccess;
  cloudWatch: CloudWatchClient;
  mappings: Pick<Mappings, 'environmentOf'>;
}

const NAMED_BY_DIMENSION = [
  'FunctionName',
  'QueueName',
  'TableName',
  'ApiId',
  'EventSourceMappingUUID',
  'LogGroupName',
];

/** Alarms that are missing, or can never ring, or ring for nobody. */
export function alarmCheck({ access, cloudWatch, mappings }: AlarmCheckOptions): Check {
  const { resources, outputs } = access;
  const names = resources
    .filter(({ type }) => /^AWS::CloudWatch::(Composite)?Alarm$/.test(type))
    // An ARN, where CloudFormation has that.
    .map(({ physicalId }) => physicalId.split(':').at(-1) ?? '');
  const known = new Set(resources.map(({ physicalId }) => physicalId.split('/').at(-1)));

  async function describe() {
    const metric = new Map<string, MetricAlarm>();
    const composite = new Map<string, CompositeAlarm>();
    const AlarmTypes = ['MetricAlarm', 'CompositeAlarm'] as const;
    for (let start = 0; start < names.length; start += 100) {
      const AlarmNames = names.slice(start, start + 100);
      for await (const page of paginateDescribeAlarms(
        { client: cloudWatch },
        { AlarmNames, AlarmTypes: [...AlarmTypes] },
      )) {
        for (const alarm of page.MetricAlarms ?? []) metric.set(alarm.AlarmName ?? '', alarm);
        for (const alarm of page.CompositeAlarms ?? []) composite.set(alarm.AlarmName ?? '', alarm);
      }
    }
    return { metric, composite };
  }

  /** The stack's own metrics stand in one namespace, and those of AWS name what the stack consists of. */
  function strangersIn(alarm: MetricAlarm, namespace: string | undefined): string[] {
    const { Namespace, Dimensions = [], Metrics = [] } = alarm;
    const metrics = [
      ...(Namespace === undefined ? [] : [{ Namespace, Dimensions }]),
      ...Metrics.flatMap(({ MetricStat }) => MetricStat?.Metric ?? []),
    ];
    return metrics.flatMap((metric) => {
      const isOwn = !metric.Namespace?.startsWith('AWS/');
      if (isOwn) return metric.Namespace === namespace ? [] : [metric.Namespace ?? ''];
      return strangersAmong(metric.Dimensions ?? []);
    });
  }

  const strangersAmong = (dimensions: readonly Dimension[]) =>
    dimensions
      .filter(({ Name = '', Value }) => NAMED_BY_DIMENSION.includes(Name) && !known.has(Value))
      .map(({ Name, Value }) => `${Name} ${Value}`);

  return {
    name: 'alarms',
    async look() {
      const { metric, composite } = await describe();
      const environment = await mappings.environmentOf(outputs.FanOutFunctionName);
      const all = [...metric.values(), ...composite.values()];
      const tells = (alarm: MetricAlarm | CompositeAlarm) =>
        alarm.ActionsEnabled !== false && (alarm.AlarmActions ?? []).length > 0;
      const rules = [...composite.values()].filter(tells).map(({ AlarmRule = '' }) => AlarmRule);
      const isHeard = (alarm: MetricAlarm | CompositeAlarm) =>
        tells(alarm) || rules.some((rule) => new RegExp(`[:"]${alarm.AlarmName}"`).test(rule));

      const missing = names.filter((name) => !metric.has(name) && !composite.has(name));
      const off = all.filter(({ ActionsEnabled }) => ActionsEnabled === false);
      const unheard = all.filter((alarm) => !off.includes(alarm) && !isHeard(alarm));
      const nobodyIsTold =
        all.length > 0 && !all.some(({ AlarmActions = [] }) => AlarmActions.length > 0);
      const blind = [...metric.values()].flatMap((alarm) => {
        const strangers = strangersIn(alarm, environment.POWERTOOLS_METRICS_NAMESPACE);
        return strangers.length === 0 ? [] : [{ alarm, strangers }];
      });

      return [
        ...missing.map(missingAlarm),
        ...off.map(({ AlarmName = '' }) => switchedOff(AlarmName)),
        ...(nobodyIsTold
          ? [NOBODY_IS_TOLD]
          : unheard.map(({ AlarmName = '' }) => silent(AlarmName))),
        ...blind.map(({ alarm, strangers }) => blindAlarm(alarm.AlarmName ?? '', strangers)),
      ];
    },
  };
}

const missingAlarm = (name: string): Finding => ({
  name: 'alarm-missing',
  what: `There is no alarm ${name}.`,
  why: 'What it watches can go wrong unseen.',
  fix: 'npm run deploy',
});

const switchedOff = (name: string): Finding => ({
  name: 'alarm-switched-off',
  what: `The actions of ${name} are disabled.`,
  why: 'It rings, and tells nobody.',
  fix: `aws cloudwatch enable-alarm-actions --alarm-names ${name}`,
});

const silent = (name: string): Finding => ({
  name: 'alarm-silent',
  what: `${name} tells nobody, neither by itself nor through the alarm that pages.`,
  why: 'It rings unheard.',
  fix: 'npm run deploy with -c alarmTopicArn=<ARN of an SNS topic>',
});

const NOBODY_IS_TOLD: Finding = {
  name: 'nobody-is-told',
  what: 'No alarm has an action.',
  why: 'They ring on the dashboard only.',
  fix: 'npm run deploy with -c alarmTopicArn=<ARN of an SNS topic>, and docs/runbook.md',
};

const blindAlarm = (name: string, strangers: readonly string[]): Finding => ({
  name: 'alarm-blind',
  what: `${name} watches what the stack does not have: ${strangers.join(', ')}.`,
  why: 'It can never ring.',
  fix: 'npm run deploy',
});
