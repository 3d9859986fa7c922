import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type ImageDigest, readDigests } from "../components/images";

/** The digests in `images/digests.yaml`, as the platform's pipeline recorded them. Throws for one that is no digest. */
export const recordedDigests = (): Readonly<Record<string, ImageDigest>> =>
  readDigests(readFileSync(join(__dirname, "digests.yaml"), "utf8"));
