/** Something that changes a card, a tenant or a host and takes time. */
export type OperationName =
  /** A tenant comes: create the instance, boot, attach, start the container. */
  | 'start'
  /** A tenant goes: detach, destroy the instance. */
  | 'stop'
  /** Cut the card differently: new MIG layout, VF count, vGPU size mode, replica count, MPS daemon. */
  | 'change-layout'
  /** Put the card into the mode, or take it out. */
  | 'switch-mode'
  /** Move a running tenant to another card. */
  | 'migrate';

/** One step of an operation. Its length is a parameter of the mode, so that uncertainty reaches it. */
export interface OperationStep {
  readonly name: string;
  /** Parameter id with the seconds; undefined where `perGibParameter` says it all. */
  readonly parameter?: string;
  /** Parameter id with the seconds for each GiB of the tenant's frame buffer. */
  readonly perGibParameter?: string;
}

/** One way to do it. Where sources give several ways of very different length, each stands here under its own name. */
export interface OperationPath {
  readonly operation: OperationName;
  /** `host`: by a tool on the machine. `operator`: through the Kubernetes GPU operator, with drained pods. Other words where they fit. */
  readonly path: string;
  readonly steps: readonly OperationStep[];
  /** What must be idle before it starts, and so is drained first. */
  readonly needsIdle: 'nothing' | 'tenant' | 'card' | 'host';
  readonly source: string;
}
