/** `npm run page-load`: the chat page with a very long room, and with a burst of messages. */
import { buildPage } from '../../local/page/build-page.ts';
import { launchChromium } from '../page/chromium.ts';
import { startOwnStack } from '../support/local-stack.ts';
import { say } from '../support/script.ts';
import { fillLog } from './fill-log.ts';
import { readLongRoom, typeDuringBurst } from './page-run.ts';
import { finish, readScriptOptions } from './script.ts';

const HELP = `Usage: npm run page-load -- [options]

  --messages <number>    in the long room                               default 100000
  --rate <number>        messages a second in the burst                 default 200
  --seconds <number>     how long the burst lasts                       default 10
  --json                 print the report as JSON
  --help                 this text

A visitor goes back to the first message of the long room, and then scrolls through all of it; another
one types while the burst arrives. Exits with 1 if messages are missing or out of order, more rows exist
than can be seen, or the page computes longer than 2.5 ms for each message of the burst, which is half
of the time there is at 200 a second. How long keys waited for their paint is told, but depends on what
else the machine does.`;

const { json, messages, rate, seconds } = readScriptOptions(HELP, {
  messages: 100_000,
  rate: 200,
  seconds: 10,
});

const CPU_MAX_MS_PER_MESSAGE = 2.5;
/** A screen holds about thirty, and as many again are kept ready above and below. */
const ROWS_MAX = 200;

say('Synthesising and starting a local stack …');
let endpoint = '';
const stack = await startOwnStack({
  pages: { chat: await buildPage('chat') },
  interpose: async (engines) => {
    endpoint = engines.dynamoDb;
    return engines;
  },
});
const browser = await launchChromium();
try {
  const roomId = 'long';
  await fillLog({ endpoint, roomId, count: messages, onProgress: say });
  await stack.idle();
  const longRoom = await readLongRoom({ browser, url: stack.url, roomId, onProgress: say });
  const burst = await typeDuringBurst({
    browser,
    url: stack.url,
    endpoint,
    rate,
    seconds,
    onProgress: say,
  });
  const ok =
    longRoom.rowsMax <= ROWS_MAX &&
    burst.missing === 0 &&
    burst.cpuMsPerMessage <= CPU_MAX_MS_PER_MESSAGE;
  finish({ longRoom: { messages, ...longRoom }, burst }, { json, ok });
} finally {
  await browser.close();
  await stack.stop();
}
