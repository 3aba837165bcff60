/** A refusal of the service, or that nothing answered (status 0). */
export class Refusal extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    readonly remedy: string,
    readonly body: Record<string, unknown> = {},
  ) {
    super(message);
  }
}

export const BASE = '/api/v1';
const PATIENCE_MS = 30_000;
/** For an answer that comes line by line: a walk to four servers that hang takes longer than any other answer. */
const LINES_PATIENCE_MS = 600_000;

let csrf = '';
let unauthorized: (refusal: Refusal) => void = () => {};

/** @param token what a change must carry, as the session said */
export function setCsrf(token: string): void {
  csrf = token;
}

/** @param told when any request finds that nobody is logged in any more */
export function onUnauthorized(told: (refusal: Refusal) => void): void {
  unauthorized = told;
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

async function refusalOf(response: Response): Promise<Refusal> {
  let body: Record<string, unknown> = {};
  try {
    body = (await response.json()) as Record<string, unknown>;
  } catch {
    // Not ours: a proxy between, or a service that broke off.
  }
  return new Refusal(
    response.status,
    text(body['code']) || text(body['kind']),
    text(body['detail']) || text(body['title']) || `The service answered ${response.status}.`,
    text(body['remedy']),
    body,
  );
}

declare global {
  interface Window {
    tandemEarly?: Map<string, Promise<Response>>;
  }
}

/** Whether it was asked for before this script was there (public/early.js), and nobody has taken the answer yet. */
export function isEarly(path: string): boolean {
  return window.tandemEarly?.has(path) === true;
}

/** What was asked for early is not taken any more: it may be of another time, or of nobody who is logged in. */
export function forgetEarly(): void {
  window.tandemEarly?.clear();
}

/** The answer that was asked for early, once; otherwise asks. */
function asked(method: string, path: string, ask: () => Promise<Response>): Promise<Response> {
  const answer = method === 'GET' ? window.tandemEarly?.get(path) : undefined;
  window.tandemEarly?.delete(path);
  return answer ?? ask();
}

async function send(method: string, path: string, body?: unknown, signal?: AbortSignal, patienceMs = PATIENCE_MS): Promise<Response> {
  const headers: Record<string, string> = { Accept: 'application/json' };
  if (body !== undefined) {
    headers['Content-Type'] = 'application/json';
  }
  if (method !== 'GET' && csrf) {
    headers['X-Tandem-Csrf'] = csrf;
  }
  const patience = AbortSignal.timeout(patienceMs);
  let response: Response;
  try {
    response = await asked(method, path, () =>
      fetch(BASE + path, {
        method,
        headers,
        body: body === undefined ? undefined : JSON.stringify(body),
        credentials: 'same-origin',
        cache: 'no-store',
        signal: signal ? AbortSignal.any([signal, patience]) : patience,
      }),
    );
  } catch (e) {
    if (signal?.aborted) {
      throw e;
    }
    throw new Refusal(0, 'unreachable', 'The service does not answer.', 'Look whether it runs; this page tries again by itself.');
  }
  if (!response.ok) {
    const refusal = await refusalOf(response);
    if (refusal.status === 401 && !path.startsWith('/session') && !path.startsWith('/setup')) {
      unauthorized(refusal);
    }
    throw refusal;
  }
  return response;
}

async function json<T>(response: Promise<Response>): Promise<T> {
  const body = await (await response).text();
  return (body === '' ? {} : JSON.parse(body)) as T;
}

export function get<T>(path: string, signal?: AbortSignal): Promise<T> {
  return json(send('GET', path, undefined, signal));
}

/** @param patienceMs for what the service itself may wait for longer than for anything else */
export function post<T>(path: string, body: unknown = {}, signal?: AbortSignal, patienceMs?: number): Promise<T> {
  return json(send('POST', path, body, signal, patienceMs));
}

export function del<T>(path: string): Promise<T> {
  return json(send('DELETE', path));
}

/** Reads an answer of one JSON object a line, as it comes. */
export async function lines<T>(path: string, body: unknown, each: (line: T) => void, signal: AbortSignal): Promise<void> {
  const response = await send('POST', path, body, signal, LINES_PATIENCE_MS);
  const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
  let rest = '';
  for (;;) {
    const { value, done } = await reader.read();
    rest += value ?? '';
    const parts = rest.split('\n');
    rest = done ? '' : (parts.pop() ?? '');
    parts.filter((part) => part.trim() !== '').forEach((part) => each(JSON.parse(part) as T));
    if (done) {
      return;
    }
  }
}

export function pairPath(pair: string, rest = ''): string {
  return `/pairs/${encodeURIComponent(pair)}${rest}`;
}

export function query(values: Record<string, string | number | undefined>): string {
  const given = Object.entries(values).filter(([, value]) => value !== undefined && value !== '');
  return given.length === 0 ? '' : '?' + new URLSearchParams(given.map(([k, v]) => [k, String(v)])).toString();
}

/** Of anything that was thrown, the sentence for people. */
export function sentence(e: unknown): string {
  return e instanceof Refusal ? `${e.message} ${e.remedy}`.trim() : e instanceof Error ? e.message : String(e);
}
