// Loaded into every process that the engine starts (`--require`): it ends when the engine does, even by `kill -9`,
// because the pipe of its stdin closes then. Else a provider could go on working beside the next run's.
process.stdin.once("close", () => process.exit(1));
process.stdin.resume();
// A pipe is a socket, which must not keep a program alive that has nothing left to do.
(process.stdin as unknown as { unref(): void }).unref();
