// Made by `npm run sdk:gitlab` from the provider's schema; change the generator instead.
import * as pulumi from "@pulumi/pulumi";
import { invokeOptions } from "./runtime";

/** What getCurrentUser gives. */
export interface GetCurrentUserResult {
  readonly bot: boolean;
  readonly globalId: string;
  readonly globalNamespaceId: string;
  readonly groupCount: number;
  readonly id: string;
  readonly name: string;
  readonly namespaceId: string;
  readonly publicEmail: string;
  readonly username: string;
}

/** Asks GitLab at once. */
export function getCurrentUser(opts?: pulumi.InvokeOptions): Promise<GetCurrentUserResult> {
  return pulumi.runtime.invoke("gitlab:index/getCurrentUser:getCurrentUser", {}, invokeOptions(opts));
}

/** Asks GitLab once the arguments are known. */
export function getCurrentUserOutput(opts?: pulumi.InvokeOutputOptions): pulumi.Output<GetCurrentUserResult> {
  return pulumi.runtime.invokeOutput("gitlab:index/getCurrentUser:getCurrentUser", {}, invokeOptions(opts));
}
