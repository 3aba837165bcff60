import { Button, Checkbox, Modal } from '@mantine/core';
import { useState, useSyncExternalStore, type ReactNode } from 'react';
import { getPrefs, setPrefs } from '../state/prefs';
import type { Tone } from '../model/words';
import { Notice } from './Notice';

/**
 * Dialogs and short messages that any part of the console can ask for without owning them. One dialog at a time: who
 * asks while one is open waits for it.
 */
interface Question {
  title: string;
  body: ReactNode;
  yes: string;
  no: string;
  other?: string;
  tone: Tone;
  /** With an id a person can hide the prompt for the future; then yes is the answer. */
  hideId?: string;
  answer: (answer: Answer) => void;
}

export type Answer = 'yes' | 'no' | 'other';

interface Toast {
  id: number;
  /** What was done; what is said of it takes the place of what was said before. */
  about: string;
  tone: Tone;
  text: ReactNode;
}

let questions: readonly Question[] = [];
let toasts: readonly Toast[] = [];
let nextToast = 1;
const TOASTS_MAX = 4;
const TOAST_MS = 7_000;
const listeners = new Set<() => void>();

function changed(): void {
  listeners.forEach((listener) => listener());
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Asks, and waits for the answer; closing the dialog is "no". */
export function ask(question: Omit<Question, 'answer' | 'no' | 'tone'> & { no?: string; tone?: Tone }): Promise<Answer> {
  if (question.hideId && getPrefs().hiddenPrompts.includes(question.hideId)) {
    return Promise.resolve('yes');
  }
  return new Promise((resolve) => {
    questions = [...questions, { no: 'Cancel', tone: 'busy', ...question, answer: resolve }];
    changed();
  });
}

/**
 * Says something that needs no answer; it goes by itself. Errors stay until they are closed, or until something else is said about the
 * same: who tries again is not to read the failures before.
 */
export function say(tone: Tone, text: ReactNode, about = ''): void {
  const id = nextToast++;
  const others = toasts.filter((toast) => about === '' || toast.about !== about);
  toasts = [...others, { id, tone, text, about }].slice(-TOASTS_MAX);
  changed();
  if (tone !== 'bad') {
    window.setTimeout(() => unsay(id), TOAST_MS);
  }
}

function unsay(id: number): void {
  toasts = toasts.filter((toast) => toast.id !== id);
  changed();
}

/** Where dialogs and messages appear; once in the page. */
export function Dialogs() {
  const question = useSyncExternalStore(subscribe, () => questions[0]);
  const said = useSyncExternalStore(subscribe, () => toasts);
  return (
    <>
      {question && <QuestionDialog key={question.title} question={question} />}
      <div className="toasts" data-behind={question !== undefined || undefined} aria-live="polite">
        {said.map((toast) => (
          <Notice key={toast.id} tone={toast.tone}>
            <div className="row">
              <span className="grow">{toast.text}</span>
              <Button size="compact-xs" variant="default" onClick={() => unsay(toast.id)}>
                Close
              </Button>
            </div>
          </Notice>
        ))}
      </div>
    </>
  );
}

function QuestionDialog({ question }: { question: Question }) {
  const [hide, setHide] = useState(false);
  const finish = (answer: Answer) => {
    if (hide && question.hideId && answer === 'yes') {
      setPrefs({ hiddenPrompts: [...getPrefs().hiddenPrompts, question.hideId] });
    }
    questions = questions.slice(1);
    changed();
    question.answer(answer);
  };
  return (
    <Dialog title={question.title} onClose={() => finish('no')} size="lg">
      <div>{question.body}</div>
      {question.hideId && (
        <Checkbox mt="md" checked={hide} onChange={(e) => setHide(e.currentTarget.checked)} label="Do not show this dialog in the future" />
      )}
      <div className="row" data-actions>
        <span className="grow" />
        <Button variant="default" onClick={() => finish('no')}>
          {question.no}
        </Button>
        {question.other && (
          <Button variant="default" onClick={() => finish('other')}>
            {question.other}
          </Button>
        )}
        <Button data-autofocus color={question.tone === 'bad' ? 'red' : undefined} onClick={() => finish('yes')}>
          {question.yes}
        </Button>
      </div>
    </Dialog>
  );
}

/** A modal dialog as all of ours are. Scrolling is not locked: that would need a style sheet made at run time. */
export function Dialog({
  title,
  onClose,
  children,
  size = 'md',
  help,
}: {
  title: string;
  onClose: () => void;
  children: ReactNode;
  size?: string;
  help?: string;
}) {
  return (
    <Modal opened onClose={onClose} title={title} size={size} lockScroll={false} centered transitionProps={{ duration: 0 }} closeButtonProps={{ 'aria-label': 'Close' }}>
      <div data-help={help} className="dialog">
        {children}
      </div>
    </Modal>
  );
}
