import { useSyncExternalStore } from 'react';

/** Where the console is, in the part of the address behind `#`. */
export type Tab = 'live' | 'general' | 'monitoring' | 'diagnostics' | 'notifications';
export const TABS: { value: Tab; label: string; help: string }[] = [
  { value: 'live', label: 'Live', help: 'live' },
  { value: 'general', label: 'General', help: 'general' },
  { value: 'monitoring', label: 'Monitoring', help: 'monitoring' },
  { value: 'diagnostics', label: 'Diagnostics', help: 'diagnostics' },
  { value: 'notifications', label: 'Notifications', help: 'notifications' },
];

export type Route =
  | { page: 'overview' }
  | { page: 'pair'; pair: string; tab: Tab }
  | { page: 'service'; section: ServiceSection }
  | { page: 'help'; topic: string };

export type ServiceSection = 'addresses' | 'users' | 'certificates' | 'audit' | 'versions';

export function parseRoute(hash: string): Route {
  const [page, first, second] = hash.replace(/^#\/?/, '').split('/').map(decodeURIComponent);
  if (page === 'pair' && first) {
    return { page: 'pair', pair: first, tab: TABS.find((tab) => tab.value === second)?.value ?? 'live' };
  }
  if (page === 'service') {
    const sections: ServiceSection[] = ['addresses', 'users', 'certificates', 'audit', 'versions'];
    return { page: 'service', section: sections.find((section) => section === first) ?? 'addresses' };
  }
  if (page === 'help') {
    return { page: 'help', topic: first ?? '' };
  }
  return { page: 'overview' };
}

export function formatRoute(route: Route): string {
  switch (route.page) {
    case 'overview':
      return '#/';
    case 'pair':
      return `#/pair/${encodeURIComponent(route.pair)}/${route.tab}`;
    case 'service':
      return `#/service/${route.section}`;
    case 'help':
      return `#/help/${encodeURIComponent(route.topic)}`;
  }
}

export function go(route: Route): void {
  window.location.hash = formatRoute(route);
}

export function useRoute(): Route {
  const hash = useSyncExternalStore(
    (listener) => {
      window.addEventListener('hashchange', listener);
      return () => window.removeEventListener('hashchange', listener);
    },
    () => window.location.hash,
  );
  return parseRoute(hash);
}
