import type { Alias } from "@pulumi/pulumi/proto/alias_pb";
import type { RegisterResourceRequest } from "@pulumi/pulumi/proto/resource_pb";
import { EngineError } from "../../protocol/errors";
import { fromStruct, type Properties } from "../../protocol/properties";
import { makeUrn } from "../../protocol/urn";
import { sourcePosition } from "./source";

/** What the program wants of one resource. */
export interface Goal {
  readonly urn: string;
  readonly type: string;
  readonly custom: boolean;
  readonly parent?: string;
  readonly inputs: Properties;
  /** `<URN>::<id>` of the provider; empty for components and provider resources. */
  readonly provider: string;
  readonly dependencies: readonly string[];
  readonly propertyDependencies: Readonly<Record<string, readonly string[]>>;
  readonly protect: boolean;
  readonly deleteBeforeReplace: boolean | undefined;
  readonly ignoreChanges: readonly string[];
  readonly replaceOnChanges: readonly string[];
  readonly additionalSecretOutputs: readonly string[];
  /** What else the resource may have gone by. */
  readonly aliases: readonly FormerName[];
  /** Seconds. */
  readonly customTimeouts: Readonly<Record<string, number>>;
  /** Undefined: as its parent. */
  readonly retainOnDelete: boolean | undefined;
  readonly deletedWith: string;
  /**
   * The line of the project that asked for it, `project:///FILE#LINE,COLUMN`; the innermost one outside of packages.
   */
  readonly sourcePosition: string | undefined;
}

/** An alias: a whole URN, or what is to differ from the resource's own; undefined is as it is now. */
export interface FormerName {
  readonly urn?: string;
  readonly stack?: string;
  readonly project?: string;
  readonly type?: string;
  readonly name?: string;
  /** A URN; empty for none. */
  readonly parent?: string;
}

/** Where a registration comes from; `projectDir` is absolute. */
export interface Origin {
  readonly stack: string;
  readonly project: string;
  readonly projectDir: string;
}

/** Reads a registration; what the engine does not support is an error that names it. */
export function readGoal(request: RegisterResourceRequest, { stack, project, projectDir }: Origin): Goal {
  const [type, name, parent] = [request.getType(), request.getName(), request.getParent()];
  const urn = makeUrn(stack, project, type, name, parent);
  refuseUnsupported(request, urn);
  const dependencies = [...request.getPropertydependenciesMap().entries()];
  return {
    urn,
    type,
    custom: request.getCustom(),
    ...(parent ? { parent } : {}),
    inputs: fromStruct(request.getObject()),
    provider: request.getProvider(),
    dependencies: [...request.getDependenciesList()].sort(),
    propertyDependencies: Object.fromEntries(
      dependencies.map(([key, urns]) => [key, [...urns.getUrnsList()].sort()] as const).sort(byKey),
    ),
    protect: request.getProtect() ?? false,
    deleteBeforeReplace: request.getDeletebeforereplacedefined()
      ? request.getDeletebeforereplace()
      : undefined,
    ignoreChanges: request.getIgnorechangesList(),
    replaceOnChanges: request.getReplaceonchangesList(),
    additionalSecretOutputs: request.getAdditionalsecretoutputsList(),
    aliases: request.getAliasesList().map(formerName),
    customTimeouts: readTimeouts(request, urn),
    retainOnDelete: request.hasRetainondelete() ? request.getRetainondelete() : undefined,
    deletedWith: request.getDeletedwith(),
    sourcePosition: sourcePosition(request.getStacktrace(), projectDir),
  };
}

function byKey([left]: readonly [string, unknown], [right]: readonly [string, unknown]): number {
  return left < right ? -1 : 1;
}

function refuseUnsupported(request: RegisterResourceRequest, urn: string): void {
  const hooks = Object.values(request.getHooks()?.toObject() ?? {}).some((names) => names.length > 0);
  const options: Record<string, boolean> = {
    import: request.getImportid() !== "",
    "remote components": request.getRemote(),
    transforms: request.getTransformsList().length > 0,
    hooks,
    replaceWith: request.getReplaceWithList().length > 0,
    replacementTrigger: request.hasReplacementTrigger(),
    stateMigrations: request.getStateMigrationsList().length > 0,
    hideDiffs: request.getHidediffsList().length > 0,
    envVarMappings: request.getEnvvarmappingsMap().getLength() > 0,
    "parameterized packages": request.getPackageref() !== "",
  };
  const used = Object.keys(options).find((option) => options[option]);
  if (used) throw unsupported(used, urn);
}

/** The error for a feature that the engine does not have. */
export function unsupported(feature: string, subject: string): EngineError {
  return new EngineError(
    `${subject}: ${feature} is not supported by the embedded engine; do without it, or use the Pulumi CLI`,
  );
}

function formerName(alias: Alias): FormerName {
  if (alias.hasUrn()) return { urn: alias.getUrn() };
  const { stack, project, type, name, parenturn, noparent } = alias.getSpec()?.toObject() ?? {};
  const parent = noparent ? { parent: "" } : parenturn ? { parent: parenturn } : {};
  const given = Object.entries({ stack, project, type, name }).filter(([, text]) => text);
  return { ...Object.fromEntries(given), ...parent };
}

function readTimeouts(request: RegisterResourceRequest, urn: string): Record<string, number> {
  const timeouts = request.getCustomtimeouts();
  const texts = {
    create: timeouts?.getCreate(),
    update: timeouts?.getUpdate(),
    // `toObject` would call it `pb_delete`.
    delete: timeouts?.getDelete(),
  };
  const set = Object.entries(texts).flatMap(([operation, text]) =>
    text ? [[operation, text] as const] : [],
  );
  return Object.fromEntries(set.map(([operation, text]) => [operation, seconds(text, urn)]));
}

function seconds(duration: string, urn: string): number {
  const units: Record<string, number> = { h: 3600, m: 60, s: 1, ms: 0.001 };
  const parts = [...duration.matchAll(/(\d+(?:\.\d+)?)(ms|h|m|s)/g)];
  if (parts.map(([part]) => part).join("") !== duration || parts.length === 0) {
    throw new EngineError(`${urn}: customTimeouts: "${duration}" is not a duration such as "10m" or "1h30m"`);
  }
  return parts.reduce((sum, [, count, unit]) => sum + Number(count) * (units[unit ?? ""] ?? 0), 0);
}
