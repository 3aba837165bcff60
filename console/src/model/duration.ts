import type { Json } from '../api/types';

const UNITS: Record<string, number> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 };

/** @returns milliseconds of a setting as `2500ms`, `5s`, `10m`, `1h`; undefined where it is none */
export function millisOf(value: Json | undefined): number | undefined {
  if (typeof value === 'number') {
    return value;
  }
  const match = typeof value === 'string' ? /^(\d+)(ms|s|m|h)$/.exec(value.trim()) : null;
  return match ? Number(match[1]) * UNITS[match[2]!]! : undefined;
}

export function durationOf(millis: number): string {
  return `${Math.round(millis)}ms`;
}

/** How long ago or for how long, for people: `12 s`, `4 min`, `3 h 20 min`, `2 d 5 h`. */
export function span(millis: number): string {
  const seconds = Math.max(0, Math.floor(millis / 1000));
  if (seconds < 60) {
    return `${seconds} s`;
  }
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) {
    return `${minutes} min`;
  }
  const hours = Math.floor(minutes / 60);
  if (hours < 24) {
    return minutes % 60 === 0 ? `${hours} h` : `${hours} h ${minutes % 60} min`;
  }
  const days = Math.floor(hours / 24);
  return hours % 24 === 0 ? `${days} d` : `${days} d ${hours % 24} h`;
}

/** A duration of a decision, fine: `0.4 ms`, `12 ms`, `1.2 s`. */
export function fine(millis: number | null | undefined): string {
  if (millis === null || millis === undefined || !Number.isFinite(millis)) {
    return '–';
  }
  if (millis < 10) {
    return `${millis.toFixed(1)} ms`;
  }
  return millis < 1000 ? `${Math.round(millis)} ms` : `${(millis / 1000).toFixed(millis < 10_000 ? 1 : 0)} s`;
}

/** How far a clock is ahead of ours, in whole milliseconds: `+12 ms`, `-3 ms`. There is no zero below zero. */
export function clockOf(skewMs: number | null): string {
  if (skewMs === null) {
    return '–';
  }
  const whole = Math.round(skewMs) || 0;
  return `${whole >= 0 ? '+' : ''}${whole} ms`;
}

/** A number without its fraction, in groups of three digits: `12,345`. By hand, as a formatter of the browser takes long to make. */
export function whole(n: number): string {
  return String(Math.round(n)).replaceAll(/\B(?=(?:\d{3})+$)/g, ',');
}
