import { useEffect, useState } from 'react';
import { ConnectionNotice } from './connection/connection-notice.tsx';
import { Conversation } from './conversation/conversation.tsx';
import { useText } from './language/language.ts';
import classes from './layout.module.css';
import { PageTitle } from './page-title.tsx';
import { JoinDialog } from './rooms/join-dialog.tsx';
import { isRoomId, LOBBY } from './rooms/room-id.ts';
import { RoomList } from './rooms/room-list.tsx';
import { roomHref } from './rooms/room-route.ts';
import { useRoomKeys } from './rooms/use-room-keys.ts';
import { goTo, useRoute } from './rooms/use-route.ts';
import { SettingsDialog } from './settings/settings-dialog.tsx';
import { useStateOf } from './store/use-state-of.ts';
import { addRoom, useUser } from './store/user-state.ts';

/** Rooms beside the conversation; on a phone one or the other, by the address. */
export function Layout() {
  const text = useText();
  const user = useUser();
  const rooms = useStateOf(user.rooms);
  const route = useRoute();
  const [dialog, setDialog] = useState<'join' | 'settings'>();
  const roomId = route.view === 'room' ? route.roomId : undefined;
  const isKnown = roomId !== undefined && isRoomId(roomId);

  useEffect(() => {
    if (route.view === 'start') goTo(roomHref(rooms[0] ?? LOBBY), { replace: true });
    else if (roomId !== undefined && isKnown) addRoom(user, roomId);
  }, [route.view, roomId, isKnown, rooms, user]);
  useRoomKeys(rooms, roomId, () => setDialog('join'));

  const open = (chosen: string) => {
    addRoom(user, chosen);
    goTo(roomHref(chosen));
  };

  return (
    <div className={classes.page} data-view={roomId === undefined ? 'list' : 'room'}>
      <PageTitle roomId={isKnown ? roomId : undefined} />
      <ConnectionNotice />
      <nav className={classes.rooms} aria-label={text.rooms}>
        <RoomList
          current={roomId}
          onJoin={() => setDialog('join')}
          onSettings={() => setDialog('settings')}
        />
      </nav>
      <main className={classes.main}>
        {roomId !== undefined && isKnown && <Conversation key={roomId} roomId={roomId} />}
        {!isKnown && (
          <p className={classes.empty}>
            {roomId === undefined ? text.chooseRoom : text.roomUnknown}
          </p>
        )}
      </main>
      <JoinDialog isOpen={dialog === 'join'} onClose={() => setDialog(undefined)} onJoin={open} />
      <SettingsDialog isOpen={dialog === 'settings'} onClose={() => setDialog(undefined)} />
    </div>
  );
}
