/** `npm run bot`: a participant that answers when it is addressed. */
import { parseArgs } from 'node:util';
import { ChatClient, type ChatClientOptions } from '../../client/index.ts';
import { ANSWERERS } from './answerers.ts';
import { createBot } from './bot.ts';

const HELP = `Usage: npm run bot -- [options]

  --url <ws://…/live>      the stack                              default ws://127.0.0.1:8787/live
  --room <name>            where it listens; may be repeated      default lobby
  --name <name>            what it is called by                   default bot
  --answerer <name>        ${Object.keys(ANSWERERS).join(' or ')}                          default rules
  --help                   this text

Where a token is needed, ROOMCAST_TOKEN holds it, and its "sub" must be the name.
Address it as "@bot …" or "bot: …". Ctrl-C stops it.`;

const { values } = parseArgs({
  options: {
    url: { type: 'string', default: 'ws://127.0.0.1:8787/live' },
    room: { type: 'string', multiple: true, default: ['lobby'] },
    name: { type: 'string', default: 'bot' },
    answerer: { type: 'string', default: 'rules' },
    help: { type: 'boolean', short: 'h', default: false },
  },
});

function main(): void {
  const { url, name, room: roomIds, answerer } = values;
  const answer = ANSWERERS[answerer];
  if (answer === undefined) {
    console.error(`--answerer must be ${Object.keys(ANSWERERS).join(' or ')}, not "${answerer}".`);
    process.exitCode = 2;
    return;
  }
  const { ROOMCAST_TOKEN: token } = process.env;
  const credentials: Partial<ChatClientOptions> =
    token === undefined ? { userId: name } : { getToken: () => token };
  const client = new ChatClient({ url, ...credentials });
  client.on('state', ({ state, reason, retryInMs }) => {
    if (state === 'open') console.log(`${name} listens in ${roomIds.join(', ')}.`);
    if (state === 'waiting') {
      console.log(
        `No connection to ${url} (${reason}); again in ${Math.ceil((retryInMs ?? 0) / 1000)} s.`,
      );
    }
  });
  const bot = createBot({ client, name, answer, onProblem: (problem) => console.error(problem) });
  for (const roomId of roomIds) bot.enter(roomId);
  void client.connect();

  const stop = () => {
    bot.stop();
    client.close();
  };
  process.once('SIGINT', stop);
  process.once('SIGTERM', stop);
}

if (values.help) console.log(HELP);
else main();
