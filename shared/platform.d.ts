// What every host of shared/ has under the same name: Node, the extension host and the browser. Nothing else may be used.
interface AbortSignal {
  readonly aborted: boolean;
  readonly reason: unknown;
  addEventListener(type: 'abort', listener: () => void, options?: { once?: boolean }): void;
  removeEventListener(type: 'abort', listener: () => void): void;
}
declare function setTimeout(callback: () => void, milliseconds: number): unknown;
declare function clearTimeout(timer: unknown): void;
declare class TextDecoder {
  decode(input?: Uint8Array, options?: { stream?: boolean }): string;
}
