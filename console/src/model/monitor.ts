import type { Json, Tree } from '../api/types';
import { millisOf } from './duration';
import { TRIGGERS } from './words';

/** One line of the list of monitor items, in the manual's columns. */
export interface MonitorRow {
  item: string;
  accessPath: string;
  dataType: string;
  triggerLabel: string;
  triggerData: string;
  updateRate: string;
}

export function itemRows(items: readonly Tree[], defaults: Tree): MonitorRow[] {
  return items.map((item) => {
    const trigger = String(item['trigger'] ?? defaults['trigger'] ?? 'badQuality');
    const rate = millisOf(item['updateRate']) ?? millisOf(defaults['updateRate']) ?? 1000;
    const data = trigger === 'noChange' ? String(millisOf(item['time']) ?? rate * 2) : trigger === 'specificValue' ? String(item['value'] ?? '') : '';
    return {
      item: String(item['item'] ?? ''),
      accessPath: String(item['accessPath'] ?? ''),
      dataType: String(item['dataType'] ?? 'Default'),
      triggerLabel: TRIGGERS.find((each) => each.value === trigger)?.label ?? trigger,
      triggerData: data,
      updateRate: String(rate),
    };
  });
}

/** The time of a "no changes" trigger is at least two times the update rate (MON-14). */
export function adjustedTime(timeMs: number, rateMs: number): number {
  return Math.max(timeMs, rateMs * 2);
}

/** What was typed, as the type that it is compared in: so that 1 is a number and not a text. */
export function typedValue(text: string, dataType: string): Json {
  if (dataType === 'String' || dataType === 'Date') {
    return text;
  }
  if (/^(true|false)$/i.test(text)) {
    return text.toLowerCase() === 'true';
  }
  const isExact = /^-?\d{1,15}$/.test(text) || (/^-?\d*\.?\d+([eE][-+]?\d+)?$/.test(text) && !/^-?\d{16,}$/.test(text));
  return isExact ? Number(text) : text;
}
