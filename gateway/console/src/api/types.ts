// The API's schemas under their own names. schema.gen.ts is made from gateway/api/openapi.json.

import type { components } from './schema.gen';

type Schemas = components['schemas'];

export type IntegrationState = Schemas['IntegrationState'];
export type Integration = Schemas['Integration'];
export type IntegrationInput = Schemas['IntegrationInput'];
export type IntegrationDraft = Schemas['IntegrationDraft'];
export type IntegrationType = Schemas['IntegrationType'];
export type SyncSettingsPatch = Schemas['SyncSettingsPatch'];
export type SyncLog = Schemas['SyncLog'];
export type SyncStatus = Schemas['SyncStatus'];
export type SyncCounts = Schemas['SyncCounts'];
export type LastSync = Schemas['LastSync'];
export type SyncHistory = Schemas['SyncHistory'];
export type WaitReason = Schemas['WaitReason'];
export type ErrorClass = Schemas['ErrorClass'];
export type CheckInput = Schemas['CheckInput'];
export type CheckResult = Schemas['CheckResult'];
export type Connector = Schemas['Connector'];
export type SyncedRecord = Schemas['Record'];
export type RecordList = Schemas['RecordList'];
export type Executor = Schemas['Executor'];
export type Queue = Schemas['Queue'];
export type Session = Schemas['Session'];
export type Problem = Schemas['Problem'];
export type ProblemError = Schemas['ProblemError'];
