// What need not wait for the rest of the console, which comes later.

// Light or dark before anything is painted. The same key as in src/state/prefs.ts.
(function () {
  let scheme = 'auto';
  try {
    scheme = JSON.parse(window.localStorage.getItem('tandem.prefs') || '{}').scheme || scheme;
  } catch {
    // A browser that keeps nothing: as the system.
  }
  const dark = scheme === 'dark' || (scheme === 'auto' && window.matchMedia('(prefers-color-scheme: dark)').matches);
  document.documentElement.setAttribute('data-mantine-color-scheme', dark ? 'dark' : 'light');
})();

// What the console asks first, asked while its script is read; src/api/http.ts takes the answers, or asks anew where there are none.
(function () {
  const early = new Map();
  for (const path of ['/session', '/status', '/configuration/settings']) {
    const answer = fetch('/api/v1' + path, {
      headers: { Accept: 'application/json' },
      credentials: 'same-origin',
      cache: 'no-store',
      signal: AbortSignal.timeout(30_000),
    });
    // Told to whoever takes it; without one it is no error of the page.
    answer.catch(() => undefined);
    early.set(path, answer);
  }
  window.tandemEarly = early;
})();
