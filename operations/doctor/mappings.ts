import {
  type EventSourceMappingConfiguration,
  GetEventSourceMappingCommand,
  GetFunctionConfigurationCommand,
} from '@aws-sdk/client-lambda';
import type { StackAccess } from '../common/stack-access.ts';
import type { Check } from './finding.ts';

export interface Mappings {
  /** Every event source mapping of the stack, asked for once. */
  all(): Promise<EventSourceMappingConfiguration[]>;
  environmentOf(functionName: string): Promise<Record<string, string>>;
}

export function createMappings({ lambda, resources }: StackAccess): Mappings {
  const ids = resources
    .filter(({ type }) => type === 'AWS::Lambda::EventSourceMapping')
    .map(({ physicalId }) => physicalId);
  let asked: Promise<EventSourceMappingConfiguration[]> | undefined;
  return {
    all() {
      asked ??= Promise.all(
        ids.map((UUID) => lambda.send(new GetEventSourceMappingCommand({ UUID }))),
      );
      return asked;
    },
    async environmentOf(FunctionName) {
      const command = new GetFunctionConfigurationCommand({ FunctionName });
      const { Environment } = await lambda.send(command);
      return Environment?.Variables ?? {};
    },
  };
}

export const functionNameOf = ({ FunctionArn = '' }: EventSourceMappingConfiguration): string =>
  FunctionArn.split(':')[6] ?? '';

/** Streams and queues that nobody reads. */
export function mappingCheck(mappings: Mappings): Check {
  return {
    name: 'event source mappings',
    async look() {
      const off = (await mappings.all()).filter(({ State }) => State !== 'Enabled');
      return off.map((mapping) => ({
        name: 'mapping-off',
        what: `The mapping of ${functionNameOf(mapping)} is ${mapping.State}, not Enabled.`,
        why: `Nothing takes what waits in ${mapping.EventSourceArn}. Streams forget it after a day, the delivery queue after four hours.`,
        fix: `aws lambda update-event-source-mapping --uuid ${mapping.UUID} --enabled`,
      }));
    },
  };
}
