import { PRICES } from '../../capacity/platform.ts';

/** What one run has used of what is billed. */
export interface Used {
  /** Messages and frames of clients and to clients; what was refused is not billed. */
  gatewayMessages: number;
  unitsWritten: number;
  unitsRead: number;
  sqsRequests: number;
  /** Invocations, by the memory of their function. */
  runs: { count: number; ms: number; gb: number }[];
}

/** In dollars, without traffic and connections, which no design spares. */
export function billOf({
  gatewayMessages,
  unitsWritten,
  unitsRead,
  sqsRequests,
  runs,
}: Used): number {
  const { apiGateway, dynamoDb, sqs, lambda } = PRICES;
  const perMillion =
    gatewayMessages * apiGateway.perMillionMessages +
    unitsWritten * dynamoDb.perMillionWrites +
    unitsRead * dynamoDb.perMillionReads +
    sqsRequests * sqs.perMillionRequests +
    runs.reduce((sum, { count }) => sum + count, 0) * lambda.perMillionRequests;
  const gbSeconds = runs.reduce((sum, { ms, gb }) => sum + (ms / 1_000) * gb, 0);
  return perMillion / 1e6 + gbSeconds * lambda.perGbSecond;
}
