// What the editor is told of a run, besides telling it.
import type * as vscode from 'vscode';

export interface ToldRuns {
  /** Labels, in order. */
  readonly passed: string[];
  readonly failed: { label: string; messages: readonly vscode.TestMessage[] }[];
  /** Runs that have begun, and those that have ended. */
  readonly begun: number;
  /** When the last of them began or ended, in ms since the epoch; 0: there was none. */
  readonly touchedAt: number;
  readonly ended: number;
  restore(): void;
}

export function spyOnRuns(controller: vscode.TestController): ToldRuns {
  const passed: string[] = [];
  const failed: { label: string; messages: readonly vscode.TestMessage[] }[] = [];
  let begun = 0;
  let touchedAt = 0;
  let ended = 0;
  const original = controller.createTestRun;
  const create = original.bind(controller);
  controller.createTestRun = (...args) => {
    const run = create(...args);
    begun += 1;
    touchedAt = Date.now();
    const [pass, fail, end] = [run.passed.bind(run), run.failed.bind(run), run.end.bind(run)];
    run.passed = (item, duration) => {
      passed.push(item.label);
      pass(item, duration);
    };
    run.failed = (item, messages, duration) => {
      failed.push({ label: item.label, messages: Array.isArray(messages) ? messages : [messages] });
      fail(item, messages, duration);
    };
    run.end = () => {
      ended += 1;
      touchedAt = Date.now();
      end();
    };
    return run;
  };
  return {
    passed,
    failed,
    get begun() {
      return begun;
    },
    get touchedAt() {
      return touchedAt;
    },
    get ended() {
      return ended;
    },
    restore() {
      controller.createTestRun = original;
    },
  };
}
