import type { ChatClientOptions } from '../../index.ts';
import type { State } from '../store/state.ts';

/** Who uses the page, and what shows it to the server. */
export interface Session {
  readonly userId: string;
  /** What the client needs to know of it. */
  readonly credentials: Pick<ChatClientOptions, 'userId' | 'getToken'>;
  /** Where names are free: takes another one. */
  readonly rename?: (name: string) => void;
  /** Where somebody signed in. */
  readonly account?: {
    /** False once the sign-in has ended and cannot be renewed. */
    isValid: State<boolean>;
    signInAgain(): void;
    signOut(): void;
  };
}
