import { Box } from '@mantine/core';
import { useElementSize, useMergedRef } from '@mantine/hooks';
import { useWindowVirtualizer } from '@tanstack/react-virtual';
import { useLayoutEffect, useRef, useState } from 'react';
import type { IntegrationState } from '../api/types';
import { CARD_HEIGHT, IntegrationCard } from '../integration/IntegrationCard';

const GAP = 12; // pixels
const NARROWEST_CARD = 336;

interface Props {
  integrations: readonly IntegrationState[];
  onShowHistory: (id: string) => void;
}

/** The cards, in as many columns as fit. Only those near the window are drawn, however many there are. */
export function CardGrid({ integrations, onShowHistory }: Props) {
  const grid = useRef<HTMLDivElement>(null);
  const { ref: sizer, width } = useElementSize<HTMLDivElement>();
  const ref = useMergedRef(grid, sizer);
  const [top, setTop] = useState(0);
  useLayoutEffect(() => {
    const box = grid.current?.getBoundingClientRect();
    if (box !== undefined) setTop(box.top + window.scrollY);
  }, [width]);

  const columns = Math.max(1, Math.floor((width + GAP) / (NARROWEST_CARD + GAP)));
  const rows = useWindowVirtualizer({
    count: Math.ceil(integrations.length / columns),
    estimateSize: () => CARD_HEIGHT,
    gap: GAP,
    overscan: 3,
    scrollMargin: top,
  });

  return (
    <Box ref={ref} pos="relative" h={rows.getTotalSize()} role="feed" aria-label="Integrations">
      {width > 0 &&
        rows.getVirtualItems().map((row) => (
          <Box
            key={row.index}
            pos="absolute"
            left={0}
            right={0}
            top={0}
            display="grid"
            style={{
              gridTemplateColumns: `repeat(${columns}, minmax(0, 1fr))`,
              gap: GAP,
              transform: `translateY(${row.start - top}px)`,
            }}
          >
            {integrations
              .slice(row.index * columns, (row.index + 1) * columns)
              .map((integration, column) => (
                <IntegrationCard
                  key={integration.id}
                  integration={integration}
                  position={row.index * columns + column + 1}
                  count={integrations.length}
                  onShowHistory={onShowHistory}
                />
              ))}
          </Box>
        ))}
    </Box>
  );
}
