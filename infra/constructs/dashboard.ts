import {
  AlarmStatusWidget,
  Dashboard,
  GraphWidget,
  type IWidget,
  TextWidget,
} from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';
import type { Alarms } from './alarms.ts';
import { costSection } from './cost-section.ts';
import type { Graph, Section } from './dashboard-section.ts';
import { fallsBehind, isFast, isUp } from './health-sections.ts';
import { PERIOD } from './metrics.ts';
import { pacingSection } from './pacing-section.ts';
import { trafficSection } from './traffic-section.ts';
import { isThrottled, losesAnything } from './trouble-sections.ts';
import type { Watched } from './watched.ts';

/** In reading order: each asks what follows from the one before. */
const SECTIONS = [
  isUp,
  isFast,
  fallsBehind,
  losesAnything,
  isThrottled,
  pacingSection,
  trafficSection,
  costSection,
];

/** CloudWatch's grid. */
const COLUMNS = 24;
const GRAPHS_IN_A_ROW = 3;
const GRAPH_HEIGHT = 6;
const TEXT_HEIGHT = 3;

/** One page that answers, from top to bottom, what is asked on a bad day. */
export class OperationsDashboard extends Construct {
  readonly dashboard: Dashboard;

  constructor(scope: Construct, id: string, props: { watched: Watched; alarms: Alarms }) {
    super(scope, id);
    const { watched, alarms } = props;
    this.dashboard = new Dashboard(this, 'Dashboard', {
      dashboardName: `roomcast-${watched.config.stage}`,
      start: '-PT3H',
    });
    this.dashboard.addWidgets(
      new AlarmStatusWidget({
        title: 'Alarms',
        alarms: alarms.all,
        width: COLUMNS,
        height: GRAPH_HEIGHT / 2,
      }),
    );
    for (const section of SECTIONS) this.#add(section(watched));
  }

  #add({ title, normal, graphs }: Section): void {
    this.dashboard.addWidgets(
      new TextWidget({
        markdown: `## ${title}\n${normal}`,
        width: COLUMNS,
        height: TEXT_HEIGHT,
      }),
    );
    const rows = Math.ceil(graphs.length / GRAPHS_IN_A_ROW);
    const inARow = Math.ceil(graphs.length / rows);
    for (let first = 0; first < graphs.length; first += inARow) {
      const row = graphs.slice(first, first + inARow);
      this.dashboard.addWidgets(...row.map((graph) => draw(graph, COLUMNS / row.length)));
    }
  }
}

function draw({ title, metrics, right, unit, stacked, limit }: Graph, width: number): IWidget {
  return new GraphWidget({
    title: unit === undefined ? title : `${title} (${unit})`,
    left: metrics,
    ...(right !== undefined && { right, rightYAxis: { min: 0, showUnits: false } }),
    leftYAxis: { min: 0, showUnits: false },
    ...(limit !== undefined && { leftAnnotations: [{ value: limit.at, label: limit.label }] }),
    stacked: stacked ?? false,
    period: PERIOD,
    width,
    height: GRAPH_HEIGHT,
  });
}
