import { Affix, Alert, Center } from '@mantine/core';
import { IconPlugConnectedX } from '@tabler/icons-react';
import { useConnection } from '../live/useLive';

const TEXTS = {
  lost: {
    title: 'The live connection is lost',
    text: 'What you see is as it was last heard of. It connects again by itself.',
  },
  behind: {
    title: 'No scheduler answers the gateway',
    text: 'What you see may be old, and changes cannot be saved. It goes on by itself.',
  },
};

/** Says that what is shown may be old; nothing while all is well. It lies over the page, which stays in its place. */
export function ConnectionBanner() {
  const connection = useConnection();
  if (connection !== 'lost' && connection !== 'behind') return null;
  const { title, text } = TEXTS[connection];
  return (
    <Affix position={{ top: 64, left: 0, right: 0 }} style={{ pointerEvents: 'none' }}>
      <Center px="sm">
        <Alert
          color="orange"
          variant="filled"
          autoContrast
          title={title}
          role="alert"
          maw={560}
          style={{ boxShadow: 'var(--mantine-shadow-lg)' }}
          icon={<IconPlugConnectedX aria-hidden />}
        >
          {text}
        </Alert>
      </Center>
    </Affix>
  );
}
