/** Why a container does not run, as the kubelet says it. */
export interface Waiting {
  readonly reason?: string;
  readonly message?: string;
}

/**
 * States in which a container may wait in vain, by how many seconds they may last. The kubelet says the last two also
 * of a Secret or a volume that it does not see yet, and tries again.
 */
const patience: Readonly<Record<string, number>> = {
  ErrImagePull: 0,
  ImagePullBackOff: 0,
  InvalidImageName: 0,
  CreateContainerConfigError: 60,
  CreateContainerError: 60,
};

/** Follows one container that has to start. */
export class Wait {
  private since: number | undefined;

  /** What the container cannot start for, once that has lasted too long; `now` is in milliseconds. */
  inVain(waiting: Waiting | undefined, now = Date.now()): string | undefined {
    const seconds = patience[waiting?.reason ?? ""];
    if (seconds === undefined) {
      this.since = undefined;
      return undefined;
    }
    this.since ??= now;
    return now - this.since < seconds * 1000 ? undefined : `${waiting?.reason}: ${waiting?.message}`;
  }
}
