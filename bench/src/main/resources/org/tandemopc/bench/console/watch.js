// Runs in each page before anything of it: what the browser itself says of tasks, paints and frames, and what is done by hand.
(() => {
  const tasks = [];
  const keep = (entries) => entries.forEach((entry) => tasks.push({ at: entry.startTime, ms: entry.duration }));
  const long = new PerformanceObserver((list) => keep(list.getEntries()));
  long.observe({ type: 'longtask', buffered: true });
  let painted = null;
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) {
      painted = entry.name === 'first-contentful-paint' ? entry.startTime : painted;
    }
  }).observe({ type: 'paint', buffered: true });

  const frame = () => new Promise((done) => requestAnimationFrame(done));
  const later = (ms) => new Promise((done) => setTimeout(done, ms));

  /** The moment at which what the test sees has been painted. */
  const until = (test, most = 20_000) =>
    new Promise((done, fail) => {
      const end = performance.now() + most;
      const look = () => {
        if (test()) {
          requestAnimationFrame(() => setTimeout(() => done(performance.now()), 0));
        } else if (performance.now() > end) {
          fail(new Error(`not within ${most} ms: ${test}`));
        } else {
          requestAnimationFrame(look);
        }
      };
      look();
    });

  /** The longest task since then; 0: none was long enough to be told. */
  const longest = async (since) => {
    await later(100);
    keep(long.takeRecords());
    return Math.max(0, ...tasks.filter((task) => task.at >= since).map((task) => task.ms));
  };

  /** From the navigation to the first click that is answered. */
  const start = async (target, isAnswered) => {
    const there = await until(target);
    target().click();
    const answered = await until(isAnswered);
    const task = await longest(0);
    return { fcp: painted, there, answered, task };
  };

  /** @param work answers the milliseconds of each answer */
  const during = async (work) => {
    const frames = [];
    let on = true;
    let last = null;
    const tick = (now) => {
      if (last !== null) {
        frames.push(now - last);
      }
      last = now;
      if (on) {
        requestAnimationFrame(tick);
      }
    };
    const begin = performance.now();
    requestAnimationFrame(tick);
    const answers = await work();
    on = false;
    const task = await longest(begin);
    return { answers, frames, task };
  };

  const timed = async (act, test) => {
    const begin = performance.now();
    act();
    return (await until(test)) - begin;
  };

  const line = (pair) => document.querySelector(`a.pairrow[data-pair='${pair}']`);
  const isShown = (pair) => document.querySelector('h1')?.textContent === pair;
  const list = () => document.querySelector("[aria-label='Events, newest first']");
  const rows = () => [...list().querySelectorAll('.eventrow')];
  const told = () => document.querySelector('.events [role=status]')?.textContent ?? '';

  const switching = (pairs) =>
    during(async () => {
      const answers = [];
      for (const pair of pairs) {
        answers.push(await timed(() => line(pair).click(), () => isShown(pair)));
      }
      return answers;
    });

  const scrolling = (frames, step) =>
    during(async () => {
      for (let i = 0; i < frames; i++) {
        list().scrollTop += i < frames / 2 ? step : -step;
        await frame();
      }
      return [];
    });

  /** All that there are, page by page. @returns how many they are */
  const loadingAll = async () => {
    const found = await during(async () => {
      const end = performance.now() + 120_000;
      while (told().includes('older') && performance.now() < end) {
        list().scrollTop = list().scrollHeight;
        await frame();
      }
      return [];
    });
    return { ...found, count: Number(told().replace(/,/g, '').match(/[0-9]+/)?.[0] ?? 0) };
  };

  const type = (text) => {
    const field = document.querySelector("input[aria-label='Text in the event']");
    Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value').set.call(field, text);
    field.dispatchEvent(new Event('input', { bubbles: true }));
  };

  /** Typed letter by letter, as people do, and taken away at once. */
  const filtering = (word, times) =>
    during(async () => {
      const answers = [];
      const fits = () => rows().length > 0 && rows().every((row) => row.textContent.includes(word));
      for (let i = 0; i < times; i++) {
        list().scrollTop = 0;
        for (let end = 1; end < word.length; end++) {
          type(word.slice(0, end));
          await later(60);
        }
        answers.push(await timed(() => type(word), fits));
        answers.push(await timed(() => type(''), () => rows().length > 0 && !fits()));
      }
      return answers;
    });

  let streamed = null;

  /** Begins to write down when records with such a word are first shown. */
  const awaitStream = (word) => {
    const seen = new Map();
    const pattern = new RegExp(`${word}[0-9]+`);
    let stop = null;
    const stopped = new Promise((done) => (stop = done));
    let on = true;
    const look = () => {
      const now = performance.timeOrigin + performance.now();
      for (const row of rows()) {
        const id = pattern.exec(row.textContent)?.[0];
        if (id && !seen.has(id)) {
          seen.set(id, now);
        }
      }
      if (on) {
        requestAnimationFrame(look);
      }
    };
    list().scrollTop = 0;
    const result = during(async () => {
      look();
      await stopped;
      on = false;
      return [];
    });
    streamed = {
      seen,
      end: async () => {
        stop();
        return { ...(await result), seen: Object.fromEntries(seen) };
      },
    };
  };

  /** @param last the word of the last one that was made */
  const endStream = async (last) => {
    await until(() => streamed.seen.has(last), 10_000).catch(() => null);
    return streamed.end();
  };

  window.bench = { start, until, switching, scrolling, loadingAll, filtering, awaitStream, endStream, told, list, rows };
})();
