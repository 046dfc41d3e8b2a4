/** Every text of the page. The other languages have the same keys, or they do not compile. */
export const en = {
  languageName: 'English',

  rooms: 'Rooms',
  showRooms: 'All rooms',
  joinRoom: 'Join or create a room',
  joinRoomHint:
    'A name, or a link that somebody sent you. A room that nobody is in yet is created.',
  roomField: 'Room name or link',
  roomInvalid: 'Up to 128 of A–Z, 0–9 and _ . : - make a name.',
  join: 'Join',
  createSecret: 'Create one that nobody guesses',
  leaveRoom: 'Leave room',
  copyLink: 'Copy link',
  linkCopied: 'The link is copied.',
  roomMenu: (room: string, here: number) => `More about ${room}, ${here} here`,
  noRooms: 'You are in no room.',
  chooseRoom: 'Choose a room, or join one.',
  noMessagesYet: 'No messages yet',
  unread: (count: number) => (count === 1 ? '1 unread message' : `${count} unread messages`),
  roomDenied: 'This room is closed to you.',
  roomDeniedHint: 'Your sign-in does not open it. Somebody who runs this chat may change that.',
  roomUnknown: 'There is no room by that address.',

  people: 'People',
  you: 'you',
  andMore: (count: number) => `and ${count} more`,
  peopleUnknown: 'Who is here is not known right now.',
  ask: 'Ask again',

  messages: (room: string) => `Messages in ${room}`,
  firstMessage: 'Nothing has been said here yet.',
  firstMessageHint: 'Say something, or send somebody the link.',
  beginning: (room: string) => `This is where ${room} begins.`,
  loadingEarlier: 'Loading earlier messages …',
  loadFailed: 'Earlier messages could not be loaded.',
  tryAgain: 'Try again',
  newMessages: 'New',
  missed: (count: number) =>
    count === 1 ? '1 message while you were away' : `${count} messages while you were away`,
  catchingUp: 'Fetching what you missed …',
  lateMessages: 'Some messages are late and are being fetched …',
  resetRetention: 'Messages from before this point are gone: the room no longer keeps them.',
  resetRewound: 'Messages from before this point are gone: the server has lost them.',
  toNewest: 'Newest messages',
  newBelow: (count: number) => (count === 1 ? '1 new message' : `${count} new messages`),
  today: 'Today',
  yesterday: 'Yesterday',

  writeTo: (room: string) => `Message ${room}`,
  send: 'Send',
  sendHint: 'Enter sends, Shift + Enter starts a new line.',
  charactersLeft: (count: number) =>
    count === 1 ? '1 character left' : `${count} characters left`,
  charactersOver: (count: number) =>
    count === 1 ? '1 character too many' : `${count} characters too many`,
  sending: 'Sending …',
  waiting: 'Waits for the connection',
  notSent: 'Not sent.',
  retry: 'Retry',
  discard: 'Discard',
  whyTooLarge: 'It is too large.',
  whyForbidden: 'This room is closed to you.',
  whyExpired: 'There was no connection for too long.',
  whyLost: 'The server had stored it, and has lost it.',
  whyFull: 'Too many messages are waiting already.',
  whyOther: 'The server refused it.',
  typing: (names: readonly string[]) =>
    names.length === 1
      ? `${names[0]} is typing …`
      : names.length === 2
        ? `${names[0]} and ${names[1]} are typing …`
        : 'Several people are typing …',

  connecting: 'Connecting …',
  offline: 'No connection.',
  offlineQueue: 'What you send waits here and goes out by itself.',
  reconnectingIn: (seconds: number) => `Next attempt in ${seconds} s.`,
  reconnectingNow: 'Connecting again …',
  retryNow: 'Retry now',
  signedOut: 'Your sign-in has ended.',
  signIn: 'Sign in again',

  announceOne: (name: string, text: string) => `${name}: ${text}`,
  announceMany: (count: number) => `${count} new messages`,

  welcome: (name: string) => `You are ${name}`,
  welcomeHint: 'Pick another name, or keep this one. Open a second tab to have company.',
  openSecondTab: (name: string) => `Open a second tab as ${name}`,
  gotIt: 'Got it',
  settings: 'Settings',
  name: 'Name',
  nameHint:
    'What others see. Changing it makes you somebody else: what you wrote keeps the old name.',
  nameInvalid: 'A name has 1 to 60 characters.',
  save: 'Save',
  language: 'Language',
  appearance: 'Appearance',
  asSystem: 'As the system',
  light: 'Light',
  dark: 'Dark',
  keyboard: 'Keyboard',
  keyPreviousRoom: 'Room above',
  keyNextRoom: 'Room below',
  keyJoin: 'Join or create a room',
  close: 'Close',
  signOut: 'Sign out',

  travel: 'Watch a message travel',
  travelNone: 'The next message that comes shows its way here.',
  travelOf: (seq: number) => `Message ${seq}`,
  travelTotal: (ms: number) => `${ms} ms from you back to you`,
  travelClocks:
    'The clocks of the server are never compared with yours: the way there and back is one time, and known of your own messages only.',
  hopNumbered: 'received and numbered',
  hopStreamed: 'stored and streamed',
  hopEnqueued: 'enqueued for the members',
  hopDequeued: 'taken for delivery',
  hopWire: 'to the server and back',

  startFailed: 'Roomcast could not start.',
  reload: 'Reload',
};

/** Texts, and functions that make texts. */
export type Dictionary = {
  readonly [Key in keyof typeof en]: (typeof en)[Key] extends (...args: infer Args) => string
    ? (...args: Args) => string
    : string;
};
