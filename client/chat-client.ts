import { createClient } from './create-client.ts';
import type {
  ChatClient as ChatClientContract,
  ChatClientOptions,
  ClientEvents,
  ConnectionState,
  Listener,
  Room,
  RoomOptions,
  Unsubscribe,
} from './types.ts';

/** See `docs/client.md`. */
export class ChatClient implements ChatClientContract {
  readonly #client: ChatClientContract;

  constructor(options: ChatClientOptions) {
    this.#client = createClient(options);
  }

  get state(): ConnectionState {
    return this.#client.state;
  }

  connect(): Promise<void> {
    return this.#client.connect();
  }

  close(): void {
    this.#client.close();
  }

  room(roomId: string, options?: RoomOptions): Room {
    return this.#client.room(roomId, options);
  }

  on<E extends keyof ClientEvents>(event: E, listener: Listener<ClientEvents[E]>): Unsubscribe {
    return this.#client.on(event, listener);
  }
}
