import { defineConfig } from 'prisma/config';

// For `prisma generate --config syncline.config.ts`. It names no database, and the backend's own prisma.config.ts does not name
// this schema: Prisma Migrate never gets to see Syncline's tables.
export default defineConfig({ schema: '../../deploy/prisma/schema.prisma' });
