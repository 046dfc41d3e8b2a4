/**
 * What may go wrong on AWS and is provoked here on purpose. All off when absent. Chances are 0 to 1
 * and drawn from the gateway's `random`. The object is read at every use, so that a run may change it.
 */
export interface GatewayFaults {
  /** Chance that `$disconnect`, which is best effort, is never invoked. */
  dropDisconnect?: number;
  /** Answers a post with an error instead of delivering it. */
  failPost?: (connectionId: string) => 410 | 429 | 500 | undefined;
  /** Holds each post back before it is processed. */
  delayPostMs?: number;
  /** Chance that a post is answered with 200 and its frame never reaches the client. */
  losePost?: number;
}
