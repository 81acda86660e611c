import { ToneTable } from './palette.ts';

/** Tones of tenants: one table for all views, so that a tenant looks the same everywhere. */
export const tenantTones = new ToneTable();

/** Tones of classes of jobs. */
export const classTones = new ToneTable();
