import { useEffect, useRef, useState } from 'react';
import type uPlot from 'uplot';
import { roleOf } from '../../model/words';
import { samplesOf, type Sample } from '../../state/trends';
import { useStore } from '../../state/store';
import { useComputedColorScheme } from '@mantine/core';
import { useWidth } from '../../ui/useWidth';
import { CardHead } from '../../ui/CardHead';
import { count } from './Topology';
import { fine } from '../../model/duration';

type Plot = typeof uPlot;

let loaded: Plot | null = null;

/** What draws; it comes beside the page, whose first view has no chart. null until it is here. */
function usePlot(): Plot | null {
  const [, setThere] = useState(loaded !== null);
  const isHeard = useStore((s) => s.lostSince === null);
  useEffect(() => {
    let left = false;
    if (loaded === null) {
      import('uplot').then(
        (module) => {
          loaded = module.default;
          if (!left) {
            setThere(true);
          }
        },
        // Asked for again when the service is back; the rest of the page says that it is away.
        () => undefined,
      );
    }
    return () => {
      left = true;
    };
  }, [isHeard]);
  return loaded;
}

interface Series {
  label: string;
  of: (sample: Sample) => number | null;
}

const WINDOW_S = 300;

/** How much flows and how long the servers take to answer, the last five minutes. */
export function Trends({ pair, members }: { pair: string; members: number }) {
  const latency: Series[] = Array.from({ length: members }, (_, i) => ({ label: roleOf(i), of: (sample: Sample) => sample.roundTrips[i] ?? null }));
  return (
    <div className="columns">
      <Trend
        title="Throughput"
        unit="per second"
        pair={pair}
        series={[
          { label: 'Values', of: (sample) => sample.values },
          { label: 'Requests', of: (sample) => sample.requests },
        ]}
        format={count}
      />
      <Trend title="Round trip to the servers" unit="ms" pair={pair} series={latency} format={fine} />
    </div>
  );
}

function colour(name: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}

function Trend({ title, unit, pair, series, format }: { title: string; unit: string; pair: string; series: Series[]; format: (n: number | null) => string }) {
  const [box, width] = useWidth<HTMLDivElement>();
  const plot = useRef<uPlot | null>(null);
  const wanted = useRef(series);
  wanted.current = series;
  const scheme = useComputedColorScheme();
  const status = useStore((s) => s.status);
  const Plot = usePlot();
  const shown = useRef(pair);
  shown.current = pair;

  useEffect(() => {
    if (width === 0 || Plot === null) {
      return undefined;
    }
    // Each chart in a task of its own: to make one is much work, and a click may wait.
    let made: uPlot | null = null;
    const timer = window.setTimeout(() => {
      made = drawn(Plot, box.current!, width, shown.current, wanted.current);
      plot.current = made;
    });
    return () => {
      window.clearTimeout(timer);
      plot.current = null;
      made?.destroy();
    };
    // Another pair is drawn by the same chart, below.
  }, [box, width, scheme, Plot, series.length]);

  useEffect(() => {
    const now = Date.now() / 1000;
    plot.current?.setData(dataOf(pair, wanted.current), false);
    plot.current?.setScale('x', { min: now - WINDOW_S, max: now });
  }, [status, pair, Plot]);

  const newest = samplesOf(pair).at(-1);
  return (
    <section className="card" aria-label={title}>
      <CardHead title={title} beside={<span className="muted small">{unit}</span>}>
        <span className="row small">
          {series.map((each, i) => (
            <span key={each.label} className="state-word">
              <span className={`swatch s${i}`} /> {each.label}
              <b className="num">{format(newest ? each.of(newest) : null)}</b>
            </span>
          ))}
        </span>
      </CardHead>
      <div className="card-body">
        <div className="chart" ref={box} role="img" aria-label={`${title}, the last five minutes`} />
      </div>
    </section>
  );
}

/** A new chart of the last five minutes of a pair. */
function drawn(Plot: Plot, box: HTMLElement, width: number, pair: string, series: Series[]): uPlot {
  const axis: uPlot.Axis = { stroke: colour('--muted'), grid: { stroke: colour('--line'), width: 1 }, ticks: { stroke: colour('--line'), width: 1 }, font: '11px sans-serif' };
  const now = Date.now() / 1000;
  const chart = new Plot(
    {
      width,
      height: 170,
      cursor: { points: { size: 6 } },
      legend: { show: false },
      scales: { x: { time: true }, y: { range: (_, __, max) => [0, Math.max(1, (max ?? 0) * 1.15)] } },
      axes: [
        { ...axis, space: 70, values: [[1, '{HH}:{mm}:{ss}', null, null, null, null, null, null, 1]] },
        { ...axis, size: 52 },
      ],
      series: [{}, ...series.map((each, i) => ({ label: each.label, stroke: colour(`--series-${i}`), width: 1.8, dash: i === 1 ? [6, 3] : undefined, points: { show: false } }))],
    },
    dataOf(pair, series),
    box,
  );
  chart.setScale('x', { min: now - WINDOW_S, max: now });
  return chart;
}

function dataOf(pair: string, series: Series[]): uPlot.AlignedData {
  const samples = samplesOf(pair);
  return [samples.map((sample) => sample.at / 1000), ...series.map((each) => samples.map(each.of))];
}
