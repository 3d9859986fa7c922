import { audience, namespaces } from "../naming";
import type { Pod, PodAccess } from "./foundation";
import { projectedToken } from "./pod";
import { podPeer } from "./policy";

/** Port of the tracking server. */
export const trackingPort = 5000;

/** Port of every model server. */
export const servingPort = 8080;

/** The tracking server's pod. */
export const trackingPod = (environment: string): Pod => ({
  role: "tracking",
  namespace: namespaces(environment).platform,
});

/** What a client of the tracking server needs: a token of its own for it, that lives so long, and the way there. */
export const trackingAccess = (environment: string, seconds?: number): PodAccess => ({
  ...projectedToken("tracking", audience(environment, "tracking"), "ECLUSE_TRACKING_TOKEN_FILE", seconds),
  egress: [{ to: [podPeer(trackingPod(environment))], ports: [trackingPort] }],
});
