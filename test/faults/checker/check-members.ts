import type { FinalState, HistoryEvent } from './history.ts';
import type { Report } from './verdict.ts';

/** What the gateway takes in one frame. */
export const GATEWAY_FRAME_MAX_BYTES = 32 * 1024;

/** Frames and memberships: who is alive stays a member, who has gone does not, no frame is refused. */
export function checkMembers(
  history: readonly HistoryEvent[],
  { members, connections }: FinalState,
  report: Report,
): void {
  for (const event of history) {
    if (event.kind === 'posted' && event.bytes > GATEWAY_FRAME_MAX_BYTES) {
      const message = `A frame of ${event.bytes} bytes went out to ${event.connectionId}.`;
      const about = event.roomId === undefined ? {} : { roomId: event.roomId };
      report({ rule: 'frame-too-large', ...about, message, events: [event] });
    } else if (event.kind === 'member-removed' && event.alive) {
      const { roomId, connectionId } = event;
      const message = `${connectionId} was taken out of ${roomId} while it was alive.`;
      report({ rule: 'live-member-removed', roomId, message, events: [event] });
    }
  }

  const removals = Map.groupBy(
    history.filter((event) => event.kind === 'member-removed'),
    ({ roomId, connectionId }) => `${roomId} ${connectionId}`,
  );
  const kept = new Set(members.map(({ roomId, connectionId }) => `${roomId} ${connectionId}`));
  for (const { connectionId, client, alive, rooms } of connections) {
    if (!alive) continue;
    for (const roomId of rooms) {
      const key = `${roomId} ${connectionId}`;
      const events = removals.get(key) ?? [];
      if (kept.has(key) || events.some((event) => event.alive)) continue;
      const message = `${client} is alive on ${connectionId} and no member of ${roomId}.`;
      report({ rule: 'live-member-removed', roomId, client, message, events });
    }
  }

  const alive = new Set(connections.flatMap((known) => (known.alive ? [known.connectionId] : [])));
  for (const { roomId, connectionId } of members) {
    if (alive.has(connectionId)) continue;
    const message = `${connectionId} has gone and is still a member of ${roomId}.`;
    report({ rule: 'dead-member-kept', roomId, message });
  }
}
