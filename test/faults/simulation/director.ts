import type { ChatClientOptions, Clock } from '../../../client/types.ts';
import { type Application, createApplication, type Unstamped } from './application.ts';
import type { Chance } from './chance.ts';
import { type Faults, PLANNED_FAULTS } from './faults.ts';
import type { Page } from './final-state.ts';
import type { Functions } from './functions.ts';
import type { Gateway } from './gateway.ts';
import type { Mappings } from './mappings.ts';
import type { Action, Plan } from './workload.ts';

export interface DirectorOptions {
  plan: Plan;
  /** The only actions that are done, by their ids. Absent: all. */
  kept: ReadonlySet<string> | undefined;
  time: Clock;
  chance: Chance;
  clientOptions: Partial<ChatClientOptions> | undefined;
  faults: Faults;
  functions: Pick<Functions, 'deploy'>;
  mappings: Pick<Mappings, 'replay'>;
  gateway: Pick<Gateway, 'dial' | 'cut' | 'noticeAll'>;
  record(event: Unstamped): void;
  onDone(actionId: string): void;
  onPage(page: Page): void;
}

/** After the faults, in the time of what they leave behind, and after that. */
const CLOSING_WORDS_AFTER_MS = [30_000, 60_000];

const ANY_LENGTH = 'lorem ipsum — ďakujem 漢字 🙂 '.repeat(200);

/** Puts the applications on the stage and has them do what the plan says, when it says so. */
export function direct(options: DirectorOptions): { applications: Map<string, Application> } {
  const { plan, kept, time, chance, gateway, record } = options;
  const applications = new Map<string, Application>();
  const actions = plan.actions.filter(({ id }) => kept?.has(id) ?? true);

  for (const name of plan.clients) {
    if (!actions.some((action) => 'client' in action && action.client === name)) continue;
    const { maxAgeMs } = plan;
    const { clientOptions, onPage } = options;
    const dial = () => gateway.dial(name);
    const setUp = { name, time, chance, maxAgeMs, dial, clientOptions, record, onPage };
    applications.set(name, createApplication(setUp));
  }
  for (const action of actions) time.after(action.atMs, () => act(action));
  time.after(plan.calmAtMs, () => {
    options.faults.end();
    gateway.noticeAll();
  });
  for (const [round, afterMs] of CLOSING_WORDS_AFTER_MS.entries()) {
    time.after(plan.calmAtMs + afterMs, () => sayClosingWords(round));
  }
  return { applications };

  function act(action: Action): void {
    if (action.do === 'deploy') options.functions.deploy();
    else if (action.do === 'stream-replayed') options.mappings.replay(action.share);
    else if ('forMs' in action) {
      options.faults.begin(action.do);
      time.after(action.forMs, () => options.faults.subside(action.do));
    } else actOf(action);
    if (action.do in PLANNED_FAULTS) record({ kind: 'fault', fault: action.do, detail: action.id });
    options.onDone(action.id);
  }

  function actOf(action: Extract<Action, { client: string }>): void {
    const application = applications.get(action.client);
    switch (action.do) {
      case 'open':
        application?.open(action.roomId);
        break;
      case 'leave':
        application?.leave(action.roomId);
        break;
      case 'look':
        application?.look(action.roomId);
        break;
      case 'send':
        if (application !== undefined) say(application, action.roomId, action);
        break;
      case 'restart':
        application?.restart();
        gateway.cut(action.client, 'cut-unnoticed');
        break;
      default:
        gateway.cut(action.client, action.do);
    }
  }

  /** Every text is one of a kind. */
  function say(
    { send }: Application,
    roomId: string,
    { id, characters = 0 }: { id: string; characters?: number },
  ): void {
    const text = `${id} ${ANY_LENGTH}`.slice(0, Math.max(id.length, characters)).toWellFormed();
    send(roomId, id.replaceAll(' ', '-'), text);
  }

  /**
   * Whoever has missed something learns of it by these, and whoever is dead is found out. Everybody
   * reads as well.
   */
  function sayClosingWords(round: number): void {
    for (const roomId of plan.rooms) {
      const present = [...applications.values()];
      const members = present.filter(({ rooms }) => rooms.has(roomId));
      const speaker = members[round % Math.max(1, members.length)] ?? present[0];
      if (speaker === undefined) continue;
      speaker.open(roomId);
      say(speaker, roomId, { id: `closing ${round} ${roomId}` });
      for (const { look } of members) look(roomId);
    }
  }
}
