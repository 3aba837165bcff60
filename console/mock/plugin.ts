import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Plugin } from 'vite';
import { MockService } from './service';

/**
 * A service for looking at the console without one: `npm run dev`. For development only; nothing of it is in what is
 * built. User and password are `demo`; TANDEM_MOCK_PAIRS=50 and TANDEM_MOCK_RECORDS=30000 make it large.
 */
export function mock(): Plugin {
  return {
    name: 'tandem-mock',
    configureServer(server) {
      const service = new MockService(Number(process.env['TANDEM_MOCK_PAIRS'] ?? 5), Number(process.env['TANDEM_MOCK_RECORDS'] ?? 400));
      const timer = setInterval(() => service.tick(), 500);
      server.httpServer?.on('close', () => clearInterval(timer));
      server.middlewares.use('/api/v1', (request, response) => void handle(service, request, response));
    },
  };
}

async function handle(service: MockService, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const url = new URL(request.url ?? '/', 'http://mock');
  let text = '';
  for await (const chunk of request) {
    text += String(chunk);
  }
  const body = text === '' ? {} : (JSON.parse(text) as Record<string, unknown>);
  if (url.pathname === '/live') {
    response.writeHead(200, { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-store' });
    const end = service.listen((event, data) => response.write(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`));
    request.on('close', end);
    return;
  }
  const answer = service.answer(request.method ?? 'GET', url.pathname, url.searchParams, body);
  response.writeHead(answer.status, { 'Content-Type': answer.text === undefined ? 'application/json' : 'text/plain' });
  response.end(answer.text ?? JSON.stringify(answer.body));
}
