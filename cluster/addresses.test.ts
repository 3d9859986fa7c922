import { expect, it } from "vitest";
import { kubeconfig, shellVariables } from "./addresses";

it("a shell reaches the cluster by its kubeconfig, and past its proxy where it names one", () => {
  expect(shellVariables({ HOME: "/root" })).toEqual({ KUBECONFIG: kubeconfig });
  const NO_PROXY = "10.245.0.1,10.244.0.0/16,10.96.0.0/16";
  const proxy = { https_proxy: "http://proxy.example.com:3128" };
  expect(shellVariables(proxy)).toEqual({ KUBECONFIG: kubeconfig, NO_PROXY });
  const own = { ...proxy, no_proxy: "localhost" };
  expect(shellVariables(own)).toEqual({ KUBECONFIG: kubeconfig, NO_PROXY: `localhost,${NO_PROXY}` });
});
