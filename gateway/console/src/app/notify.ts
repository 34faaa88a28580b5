import { notifications } from '@mantine/notifications';
import { explain } from '../api/problem';

/** Tells that something the user asked for was done. */
export function notifyDone(message: string): void {
  notifications.show({ message, color: 'green', autoClose: 4000 });
}

/** Tells that something the user asked for failed, and why. It stays until it is read. */
export function notifyFailed(title: string, error: unknown): void {
  notifications.show({
    title,
    message: explain(error),
    color: 'red',
    autoClose: false,
    withBorder: true,
    style: { whiteSpace: 'pre-line' },
  });
}
