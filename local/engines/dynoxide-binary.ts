import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

const require = createRequire(import.meta.url);

/**
 * The path of the embedded DynamoDB engine for this machine.
 *
 * @throws Error that says in one line what to do where no such engine is installed.
 */
export function resolveDynoxideBinary(
  platform: string = process.platform,
  arch: string = process.arch,
): string {
  const packageName = `@dynoxide/${platform}-${arch}`;
  try {
    const directory = dirname(require.resolve(`${packageName}/package.json`));
    return join(directory, platform === 'win32' ? 'dynoxide.exe' : 'dynoxide');
  } catch (cause) {
    throw new Error(
      `No embedded DynamoDB engine is installed for ${platform}-${arch} (npm package ${packageName}): ` +
        'run with --dynamodb <endpoint> instead, for example DynamoDB Local on Java 17, started with ' +
        '"java -jar DynamoDBLocal.jar -sharedDb -port 8000" and used with --dynamodb http://127.0.0.1:8000',
      { cause },
    );
  }
}
