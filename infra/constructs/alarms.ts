import {
  Alarm,
  AlarmRule,
  AlarmState,
  AnomalyDetectionAlarm,
  ComparisonOperator,
  CompositeAlarm,
  type IAlarmAction,
  Stats,
  TreatMissingData,
} from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import type { Config } from '../config.ts';
import type { AlarmDefinition } from './alarm-definition.ts';
import { alarmDefinitions } from './alarm-definitions.ts';
import { own } from './metrics.ts';
import type { Watched } from './watched.ts';

/** Width of the band of usual latencies, in standard deviations. */
const BAND_DEVIATIONS = 4;

/**
 * What rings, with its entry in the runbook. The alarms that page do so through one composite, so that
 * one outage is one call; the others tell for themselves. Nobody is told without an `alarmTopicArn`.
 */
export class Alarms extends Construct {
  /** In the order of the dashboard, the one that pages first. */
  readonly all: (Alarm | CompositeAlarm)[];

  constructor(scope: Construct, id: string, watched: Watched) {
    super(scope, id);
    const { config } = watched;
    const definitions = alarmDefinitions(watched);
    const alarms = new Map(
      definitions.map((definition) => [definition, this.#ring(config, definition)]),
    );
    const those = (areToPage: boolean) =>
      [...alarms].filter(([{ pages }]) => pages === areToPage).map(([, alarm]) => alarm);
    const unusual = this.#addBand(config);
    const page = new CompositeAlarm(this, 'Page', {
      compositeAlarmName: alarmName(config, 'page'),
      alarmDescription: describe(config, 'page', 'Members wait, or cannot get in, right now.'),
      alarmRule: AlarmRule.anyOf(
        ...those(true).map((alarm) => AlarmRule.fromAlarm(alarm, AlarmState.ALARM)),
      ),
    });
    this.all = [page, ...alarms.values(), unusual];

    if (config.alarmTopicArn === undefined) return;
    const action = new SnsAction(Topic.fromTopicArn(this, 'Topic', config.alarmTopicArn));
    for (const alarm of [page, ...those(false), unusual]) tell(alarm, action);
  }

  #ring(config: Config, definition: AlarmDefinition): Alarm {
    const { name, means, metric, threshold, minutes, missing } = definition;
    const [datapointsToAlarm, evaluationPeriods] = minutes;
    return new Alarm(this, constructId(name), {
      alarmName: alarmName(config, name),
      alarmDescription: describe(config, name, means),
      metric,
      threshold,
      comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
      datapointsToAlarm,
      evaluationPeriods,
      treatMissingData: missing,
    });
  }

  /** What is slow for this hour of this weekday, though no limit is crossed. It learns for two weeks. */
  #addBand(config: Config): Alarm {
    const name = 'delivery-unusually-slow';
    return new AnomalyDetectionAlarm(this, constructId(name), {
      alarmName: alarmName(config, name),
      alarmDescription: describe(
        config,
        name,
        'Messages take much longer than usual at this time.',
      ),
      metric: own(config, 'deliver', 'deliveryLatency', Stats.p(99)),
      stdDevs: BAND_DEVIATIONS,
      comparisonOperator: ComparisonOperator.GREATER_THAN_UPPER_THRESHOLD,
      datapointsToAlarm: 10,
      evaluationPeriods: 15,
      // A quiet minute says nothing about what is usual: the alarm stays what it was.
      treatMissingData: TreatMissingData.IGNORE,
    });
  }
}

function tell(alarm: Alarm | CompositeAlarm, action: IAlarmAction): void {
  alarm.addAlarmAction(action);
  alarm.addOkAction(action);
}

const alarmName = ({ stage }: Config, name: string) => `roomcast-${stage}-${name}`;

const describe = ({ runbookUrl }: Config, name: string, means: string) =>
  `${means} Runbook: ${runbookUrl}#${name}`;

/** `fan-out-behind` → `FanOutBehind` */
const constructId = (name: string) =>
  name.replaceAll(/(^|-)(\w)/g, (_, _dash, letter: string) => letter.toUpperCase());
