import {
  CloudFormationClient,
  DescribeStacksCommand,
  paginateListStackResources,
} from '@aws-sdk/client-cloudformation';
import { readOutputs, StackError, type StackOutputs, type StackResource } from './stack-facts.ts';

/**
 * What CloudFormation tells of a deployed chat stack, and of the data stack beside it.
 *
 * @throws StackError
 */
export async function describeStack(
  stackName: string,
): Promise<{ outputs: StackOutputs; resources: StackResource[] }> {
  const client = new CloudFormationClient();
  try {
    const outputs = readOutputs(stackName, await describeOutputs(client, stackName));
    const stacks = [stackName, stackName.replace(/-chat$/, '-data')];
    const lists = await Promise.all(
      [...new Set(stacks)].map((name) => listResources(client, name)),
    );
    return { outputs, resources: lists.flat() };
  } catch (error) {
    if (error instanceof StackError) throw error;
    const problem = error instanceof Error ? error.message : String(error);
    throw new StackError(
      `${stackName} cannot be described: ${problem}. Set AWS_REGION and credentials as for the AWS CLI; the stack with the pipeline is named Roomcast-<stage>-chat.`,
    );
  } finally {
    client.destroy();
  }
}

async function describeOutputs(client: CloudFormationClient, StackName: string) {
  const { Stacks: [stack] = [] } = await client.send(new DescribeStacksCommand({ StackName }));
  return Object.fromEntries(
    (stack?.Outputs ?? []).map(({ OutputKey = '', OutputValue }) => [OutputKey, OutputValue]),
  );
}

async function listResources(
  client: CloudFormationClient,
  StackName: string,
): Promise<StackResource[]> {
  const resources: StackResource[] = [];
  for await (const page of paginateListStackResources({ client }, { StackName })) {
    for (const {
      ResourceType,
      LogicalResourceId,
      PhysicalResourceId,
    } of page.StackResourceSummaries ?? []) {
      resources.push({
        type: ResourceType ?? '',
        logicalId: LogicalResourceId ?? '',
        physicalId: PhysicalResourceId ?? '',
      });
    }
  }
  return resources;
}
