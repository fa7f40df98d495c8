/** As much of Bun's module as attacker.ts uses. */
declare module "bun:ffi" {
  interface Signature {
    readonly args: readonly string[];
    readonly returns: string;
  }
  type Arguments = readonly (number | Uint8Array)[];
  export function dlopen<Name extends string>(
    library: string,
    symbols: Readonly<Record<Name, Signature>>,
  ): {
    readonly symbols: Readonly<Record<Name, (...values: Arguments) => number>>;
  };
}
