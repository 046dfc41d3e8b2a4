import { useEffect, useRef, useState } from 'react';
import { Markdown } from './markdown.tsx';
import classes from './runbook-dialog.module.css';
import { runbookEntry } from './runbook-entry.ts';

interface RunbookDialogProps {
  /** The entry that is open. */
  name: string | undefined;
  onOpen: (name: string) => void;
  onClose: () => void;
}

/** An entry of the runbook that comes with this version. */
export function RunbookDialog({ name, onOpen, onClose }: RunbookDialogProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const runbook = useRunbook(name !== undefined);
  const isOpen = name !== undefined && runbook !== undefined;
  useEffect(() => {
    if (isOpen) dialog.current?.showModal();
    else dialog.current?.close();
  }, [isOpen]);
  return (
    <dialog
      ref={dialog}
      className={classes.dialog}
      aria-labelledby="runbook-title"
      closedby="any"
      onClose={onClose}
    >
      {isOpen && (
        <>
          <h2 id="runbook-title">{name}</h2>
          <Markdown
            source={runbookEntry(runbook, name) ?? 'The runbook has no such entry.'}
            onLink={onOpen}
          />
          <form method="dialog">
            <button type="submit" className="button">
              Close
            </button>
          </form>
        </>
      )}
    </dialog>
  );
}

/** Loaded when it is first asked for. */
function useRunbook(isWanted: boolean): string | undefined {
  const [runbook, setRunbook] = useState<string>();
  useEffect(() => {
    if (isWanted && runbook === undefined) {
      void import('../../../../docs/runbook.md?raw').then((text) => setRunbook(text.default));
    }
  }, [isWanted, runbook]);
  return runbook;
}
