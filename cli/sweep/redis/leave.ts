const LINGER_MS = 2_000;

/** Ends the process although connections to a server that hangs do not end; one that has none ends by itself before. */
export function leaveHangingServers(): void {
  setTimeout(() => process.exit(), LINGER_MS).unref();
}
