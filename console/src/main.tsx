import { MantineProvider, createTheme } from '@mantine/core';
import './css/mantine';
import { StrictMode, startTransition } from 'react';
import { createRoot } from 'react-dom/client';
import 'uplot/dist/uPlot.min.css';
import './css/theme.css';
import './css/app.css';
import { usePrefs } from './state/prefs';
import { begin } from './state/store';
import { App } from './views/App';

/** Sizes only: the colours are in theme.css, for the page's policy allows no style that is made at run time. */
const theme = createTheme({
  defaultRadius: 'sm',
  focusRing: 'auto',
  respectReducedMotion: true,
  components: {
    Button: { defaultProps: { size: 'xs' } },
    TextInput: { defaultProps: { size: 'sm' } },
    Tooltip: { defaultProps: { openDelay: 250 } },
    Menu: { defaultProps: { transitionProps: { duration: 0 }, shadow: 'md' } },
    Drawer: { defaultProps: { lockScroll: false, transitionProps: { duration: 0 } } },
  },
});

function Root() {
  const { scheme } = usePrefs();
  return (
    <MantineProvider
      theme={theme}
      defaultColorScheme="auto"
      forceColorScheme={scheme === 'auto' ? undefined : scheme}
      withCssVariables={false}
      withGlobalClasses={false}
    >
      <App />
    </MantineProvider>
  );
}

// Until it is known who is logged in, the page itself says that it connects. Drawn in pieces, so that no task is long.
void begin().finally(() =>
  startTransition(() =>
    createRoot(document.getElementById('root')!).render(
      <StrictMode>
        <Root />
      </StrictMode>,
    ),
  ),
);
