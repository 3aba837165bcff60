// Light or dark before anything is painted: the rest of the console comes later. The same key as in src/state/prefs.ts.
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
