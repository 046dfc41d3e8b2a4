/**
 * List prices of us-east-1 in US dollars, without free tier and discounts. Other Regions differ by up
 * to a third; put yours here. Prices of November 2026, to be looked up at
 * https://aws.amazon.com/api-gateway/pricing/, /lambda/pricing/, /dynamodb/pricing/on-demand/,
 * /sqs/pricing/ and /cloudwatch/pricing/.
 */
export const PRICES = {
  apiGateway: {
    /** A frame of up to 32 KB, in or out; 0.80 above a billion a month. */
    perMillionMessages: 1,
    perMillionConnectionMinutes: 0.25,
  },
  lambda: { perMillionInvocations: 0.2, perGbSecondOnArm: 0.0000133334 },
  dynamoDb: { perMillionWriteUnits: 0.625, perMillionReadUnits: 0.125 },
  /** A request moves up to 64 KB; the second part is for fair queues. */
  sqs: { perMillionRequests: 0.4 + 0.1 },
  logs: { perGb: 0.5 },
} as const;
