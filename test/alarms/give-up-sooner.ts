import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { readCloudAssembly } from '../../local/template/cloud-assembly.ts';

/** A batch is given up after a minute of attempts, which is longer than anything else here takes. */
const ATTEMPTS = 2;

const templateSchema = z.looseObject({
  Resources: z.record(
    z.string(),
    z.looseObject({ Type: z.string(), Properties: z.looseObject({}).default({}) }),
  ),
});

/** Has the streams of an assembly lose patience with a batch after a few attempts. */
export function giveUpSooner(assemblyDir: string): void {
  for (const { stackName } of readCloudAssembly(assemblyDir).stacks) {
    const path = join(assemblyDir, `${stackName}.template.json`);
    const template = templateSchema.parse(JSON.parse(readFileSync(path, 'utf8')));
    for (const { Properties } of Object.values(template.Resources)) {
      if ('MaximumRetryAttempts' in Properties) Properties.MaximumRetryAttempts = ATTEMPTS;
    }
    writeFileSync(path, JSON.stringify(template));
  }
}
