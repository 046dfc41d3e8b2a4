import { CliError, type Target } from './options.ts';
import { reachDeployedStack, reachLocalStack, type StackAccess } from './stack-access.ts';
import { StackError } from './stack-facts.ts';

/** What a shell expects of a program that Ctrl-C has ended. */
export const INTERRUPTED = 130;

/** What the command could not even begin with. */
const COULD_NOT_BEGIN = 2;

/** What is said beside the result, on standard error. */
export const say = (line: string) => process.stderr.write(`${line}\n`);

/** What was asked for, on standard output. */
export const tell = (line: string) => process.stdout.write(`${line}\n`);

interface Command<Options> {
  help: string;
  /** @throws CliError */
  read(args: string[]): Options | 'help';
  /** @returns the exit status */
  run(options: Options): Promise<number>;
  /** The exit status of what nobody expected. */
  unexpected?: number;
}

/** Runs a command of an operator: says in one line what is wrong with it, and exits accordingly. */
export async function runCommand<Options>(command: Command<Options>): Promise<void> {
  try {
    const options = command.read(process.argv.slice(2));
    if (options === 'help') tell(command.help);
    else process.exitCode = await command.run(options);
  } catch (error) {
    say(error instanceof Error ? error.message : String(error));
    const known = error instanceof CliError || error instanceof StackError;
    process.exitCode = known ? COULD_NOT_BEGIN : (command.unexpected ?? 1);
  }
}

/** @throws StackError */
export function reachStack({ stack, dataDir }: Target): Promise<StackAccess> {
  return stack === 'local' ? reachLocalStack(dataDir) : reachDeployedStack(stack);
}

/** Aborted by the first Ctrl-C, when `words` are said; the second does not wait. */
export function stopAtInterrupt(words?: string): AbortSignal {
  const stopping = new AbortController();
  process.on('SIGINT', () => {
    if (stopping.signal.aborted) process.exit(INTERRUPTED);
    if (words !== undefined) say(words);
    stopping.abort();
  });
  process.on('SIGTERM', () => stopping.abort());
  return stopping.signal;
}
