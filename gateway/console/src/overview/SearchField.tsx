import { CloseButton, TextInput } from '@mantine/core';
import { useHotkeys } from '@mantine/hooks';
import { IconSearch } from '@tabler/icons-react';
import { useEffect, useRef, useState } from 'react';

interface Props {
  search: string;
  onSearch: (search: string) => void;
}

/**
 * The search by name or external id; "/" goes to it. The address of the page follows what is typed a
 * little later, so the field keeps its own text until the address has caught up.
 */
export function SearchField({ search, onSearch }: Props) {
  const input = useRef<HTMLInputElement>(null);
  const [text, setText] = useState(search);
  const awaited = useRef<string | null>(null);
  useHotkeys([['/', () => input.current?.focus()]]);

  useEffect(() => {
    if (awaited.current === null) setText(search);
    else if (awaited.current === search) awaited.current = null;
  }, [search]);

  function type(typed: string): void {
    awaited.current = typed;
    setText(typed);
    onSearch(typed);
  }

  return (
    <TextInput
      ref={input}
      flex={1}
      miw={200}
      aria-label="Search by name or external id"
      placeholder="Search by name or external id ( / )"
      leftSection={<IconSearch size={16} aria-hidden />}
      rightSection={
        text === '' ? null : (
          <CloseButton size="sm" aria-label="Clear the search" onClick={() => type('')} />
        )
      }
      value={text}
      onChange={(event) => type(event.currentTarget.value)}
      onBlur={() => (awaited.current = null)}
    />
  );
}
