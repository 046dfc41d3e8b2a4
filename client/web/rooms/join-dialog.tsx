import { type FormEvent, useId, useState } from 'react';
import { useText } from '../language/language.ts';
import { Modal } from '../modal.tsx';
import { newRoomId, readRoomId } from './room-id.ts';

interface JoinDialogProps {
  isOpen: boolean;
  onClose: () => void;
  onJoin: (roomId: string) => void;
}

export function JoinDialog({ isOpen, onClose, onJoin }: JoinDialogProps) {
  const text = useText();
  return (
    <Modal isOpen={isOpen} onClose={onClose} title={text.joinRoom}>
      <JoinForm
        onJoin={(roomId) => {
          onJoin(roomId);
          onClose();
        }}
      />
    </Modal>
  );
}

function JoinForm({ onJoin }: { onJoin: (roomId: string) => void }) {
  const text = useText();
  const id = useId();
  const [given, setGiven] = useState('');
  const [isRefused, setRefused] = useState(false);

  const submit = (event: FormEvent) => {
    event.preventDefault();
    const roomId = readRoomId(given);
    if (roomId === undefined) setRefused(true);
    else onJoin(roomId);
  };

  return (
    <form onSubmit={submit} noValidate>
      <label htmlFor={id}>{text.roomField}</label>
      <input
        id={id}
        className="field"
        value={given}
        onChange={({ target }) => {
          setGiven(target.value);
          setRefused(false);
        }}
        autoComplete="off"
        autoCapitalize="none"
        spellCheck={false}
        aria-invalid={isRefused}
        aria-describedby={`${id}-hint`}
      />
      <p id={`${id}-hint`} className={isRefused ? 'problem' : 'hint'} role="status">
        {isRefused ? text.roomInvalid : text.joinRoomHint}
      </p>
      <div className="actions">
        <button
          type="button"
          className="button"
          onClick={() => onJoin(newRoomId(crypto.getRandomValues(new Uint8Array(12))))}
        >
          {text.createSecret}
        </button>
        <button type="submit" className="button primary">
          {text.join}
        </button>
      </div>
    </form>
  );
}
