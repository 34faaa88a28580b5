import { createBrowserRouter } from 'react-router';
import { FailedPage } from './FailedPage';
import { LoadingPage } from './LoadingPage';
import { NotFoundPage } from './NotFoundPage';
import { Shell } from './Shell';

// Only the overview is loaded at once; what it leads to comes when it is asked for.
export const router = createBrowserRouter([
  {
    path: '/',
    Component: Shell,
    ErrorBoundary: FailedPage,
    HydrateFallback: LoadingPage,
    children: [
      {
        index: true,
        lazy: async () => ({ Component: (await import('../overview/OverviewPage')).OverviewPage }),
      },
      {
        path: 'integrations/new',
        lazy: async () => ({ Component: (await import('../wizard/NewPage')).NewPage }),
      },
      {
        path: 'integrations/:id/edit',
        lazy: async () => ({ Component: (await import('../wizard/EditPage')).EditPage }),
      },
      {
        path: 'integrations/:id/records',
        lazy: async () => ({ Component: (await import('../records/RecordsPage')).RecordsPage }),
      },
      {
        path: 'system',
        lazy: async () => ({ Component: (await import('../system/SystemPage')).SystemPage }),
      },
      { path: '*', Component: NotFoundPage },
    ],
  },
]);
