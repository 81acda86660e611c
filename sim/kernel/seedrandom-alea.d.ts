// @types/seedrandom describes the package's main entry only.
declare module 'seedrandom/lib/alea.js' {
  interface AleaState {
    c: number;
    s0: number;
    s1: number;
    s2: number;
  }
  interface Alea {
    /** In [0, 1), 32 random bits. */
    (): number;
    /** In [0, 1), 53 random bits. */
    double(): number;
    state(): AleaState;
  }
  export default function alea(seed: string, options: { state: Readonly<AleaState> }): Alea;
}
