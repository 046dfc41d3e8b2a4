import { useEffect } from 'react';
import { useIsPageVisible } from '../../../client/web/conversation/use-is-page-visible.ts';
import { useStateOf } from '../../../client/web/store/use-state-of.ts';
import { Dashboard } from './dashboard.tsx';
import type { LiveData } from './live/live-data.ts';
import classes from './page.module.css';

/** Asks the stack for as long as somebody looks. */
export function Page({ data }: { data: LiveData }) {
  const { shown, lost } = useStateOf(data);
  const isVisible = useIsPageVisible();
  useEffect(() => (isVisible ? data.run() : undefined), [data, isVisible]);
  if (shown !== undefined) return <Dashboard shown={shown} lost={lost} />;
  return (
    <main className={classes.waiting}>
      <h1>Operations</h1>
      <p role="status">
        {lost === undefined
          ? 'Asking the stack …'
          : `The stack does not answer. ${lost.problem} It is asked again every two seconds.`}
      </p>
    </main>
  );
}
