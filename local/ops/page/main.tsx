// First, so that what follows may differ from it.
import '../../../client/web/theme.css';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { httpApi } from './live/http-api.ts';
import { createLiveData } from './live/live-data.ts';
import { Page } from './page.tsx';
import { RANGES } from './ranges.ts';

const data = createLiveData({
  api: httpApi,
  clock: {
    now: Date.now,
    after(ms, run) {
      const timer = setTimeout(run, ms);
      return () => clearTimeout(timer);
    },
  },
  everyMs: 2_000,
  keepMs: RANGES[2].ms,
});

createRoot(document.getElementById('page') as HTMLElement).render(
  <StrictMode>
    <Page data={data} />
  </StrictMode>,
);
