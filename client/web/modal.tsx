import { Dialog } from '@base-ui/react/dialog';
import type { ReactNode } from 'react';
import { Icon } from './icons.tsx';
import { useText } from './language/language.ts';
import classes from './modal.module.css';

interface ModalProps {
  isOpen: boolean;
  onClose: () => void;
  title: string;
  children: ReactNode;
}

/** A dialog over the page: it takes the focus, and gives it back. */
export function Modal({ isOpen, onClose, title, children }: ModalProps) {
  const text = useText();
  return (
    <Dialog.Root open={isOpen} onOpenChange={(open) => !open && onClose()}>
      <Dialog.Portal>
        <Dialog.Backdrop className={classes.backdrop} />
        <Dialog.Popup className={classes.popup}>
          <Dialog.Title className={classes.title}>{title}</Dialog.Title>
          {children}
          {/* Last, so that the focus goes to the first field. */}
          <Dialog.Close className={`icon-button ${classes.close}`} aria-label={text.close}>
            <Icon name="close" />
          </Dialog.Close>
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  );
}
