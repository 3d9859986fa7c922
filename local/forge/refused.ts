/** A refusal of a request, as an HTTP status with GitLab's kind of message. */
export class Refused extends Error {
  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message);
  }
}
