import { readFileSync } from 'node:fs';

/** What the backend is told from outside. */
export interface Settings {
  databaseUrl: string;
  /** A gRPC target that leads to all schedulers. */
  schedulerAddress: string;
  /** The API token's file; none on a machine of one's own, where schedulers ask for no token. */
  tokenFile: string | undefined;
  /** The certificate of whoever signed the schedulers' certificates (PEM); none: no TLS. */
  tlsCa: Buffer | undefined;
  /** Whose integrations these are. A backend with many customers knows it from who has logged in. */
  tenant: string;
  host: string;
  port: number;
}

/** Reads the environment; every mistake in it is in the one error that this throws. */
export function readSettings(environment: NodeJS.ProcessEnv): Settings {
  const mistakes: string[] = [];
  const text = (name: string): string | undefined => environment[name] || undefined;

  const databaseUrl = text('DATABASE_URL') ?? '';
  if (!/^postgres(ql)?:\/\//.test(databaseUrl) || !URL.canParse(databaseUrl)) {
    mistakes.push('DATABASE_URL must be the URL of the database, postgresql://USER@HOST/NAME');
  }
  // As Syncline's own programs take it: one address, or several with commas between them.
  const addresses = (text('SYNC_SCHEDULER_ADDRESS') ?? '127.0.0.1:50051').split(',');
  if (addresses.length > 1 && !addresses.every((address) => /^[\d.]+:\d+$/.test(address))) {
    mistakes.push(
      'SYNC_SCHEDULER_ADDRESS must be one gRPC target, such as dns:///schedulers:50051, or several IPv4 addresses with ports',
    );
  }
  const [, host, port] = /^(.+):(\d{1,5})$/.exec(text('LISTEN') ?? '127.0.0.1:3000') ?? [];
  if (host === undefined || Number(port) > 65_535) {
    mistakes.push('LISTEN must be HOST:PORT, such as 127.0.0.1:3000');
  }
  const file = (name: string): Buffer | undefined => {
    const path = text(name);
    if (path === undefined) return undefined;
    try {
      return readFileSync(path);
    } catch (error) {
      mistakes.push(`${name} must name a file that can be read: ${(error as Error).message}`);
      return undefined;
    }
  };
  const tlsCa = file('SYNC_TLS_CA');
  file('SYNC_API_TOKEN_FILE');
  if (mistakes.length > 0) throw new Error(mistakes.join('; '));

  return {
    databaseUrl,
    schedulerAddress: addresses.length > 1 ? `ipv4:${addresses.join(',')}` : addresses[0]!,
    tokenFile: text('SYNC_API_TOKEN_FILE'),
    tlsCa,
    tenant: text('TENANT') ?? '',
    host: host as string,
    port: Number(port),
  };
}
