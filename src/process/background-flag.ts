// Owns how a program that was started in the background knows it: an environment variable with the number of a pipe's write end.

/** Holds the number of the pipe's write end. */
export const PIPE_VARIABLE = "POINTSMAN_INTERNAL_DAEMON_PIPE";

/** Whether this process was started in the background by another one of its kind. */
export function inBackground(): boolean {
  return process.env[PIPE_VARIABLE] !== undefined;
}
