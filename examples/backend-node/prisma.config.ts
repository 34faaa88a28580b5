import { defineConfig } from 'prisma/config';

// Where `prisma generate` finds the schema. A backend with migrations of its own names its database here too, and keeps
// the one thing of Syncline's that Prisma Migrate would otherwise take for its own, the enum.
export default defineConfig({
  schema: '../../deploy/prisma/schema.prisma',
  experimental: { externalTables: true },
  enums: { external: ['syncline.sync_status'] },
});
