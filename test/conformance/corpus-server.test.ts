import { afterEach, describe, expect, it } from '@jest/globals';
import type { ChatSocket, Frame } from '../support/chat-socket.ts';
import { createEntrance, fresh } from './chat.ts';
import { differences, readCorpus } from './corpus.ts';

const { enter, leaveAll } = createEntrance();
afterEach(leaveAll);

describe("today's server and a client of an earlier time", () => {
  it.each([{ version: 1 }])(
    'understand each other: every recorded frame of version $version is accepted and answered as then',
    async ({ version }) => {
      const { exchanges, pushes } = readCorpus(version);
      const rooms = new Map(['red', 'blue', 'green'].map((name) => [name, fresh(name)]));
      const renamed = <T>(value: T): T =>
        JSON.parse(
          JSON.stringify(value).replace(/"(red|blue|green)"/g, (_, name) => `"${rooms.get(name)}"`),
        );
      const sockets = new Map<number, ChatSocket>();
      const socketOf = async (connection: number) => {
        const socket =
          sockets.get(connection) ??
          (await enter(`user-${connection}`, connection === 1 ? undefined : rooms.get('red')));
        sockets.set(connection, socket);
        return socket;
      };

      const problems: string[] = [];
      for (const { connection, request, reply } of exchanges) {
        const socket = await socketOf(connection);
        socket.send(renamed(request));
        const actual = await socket.find(({ id }) => id === request.id);
        const expected = renamed(reply);
        const same = ['type', 'code', 'duplicate', 'retryable'] as const;
        for (const field of same) {
          if (actual[field] !== expected[field]) problems.push(`${request.id}: ${field}`);
        }
        problems.push(...differences(expected, actual).map((what) => `${request.id}: ${what}`));
      }
      expect(problems).toEqual([]);

      const ann = await socketOf(1);
      const recorded = pushes.find(({ type }) => type === 'messages');
      const pushed = (frame: Frame) => frame.type === 'messages';
      expect(differences(renamed(recorded), await ann.find(pushed))).toEqual([]);
    },
  );
});
