/** Inputs that no rule judges by themselves, and why none is needed. */
export interface Unjudged {
  readonly types: RegExp;
  readonly paths: RegExp;
  readonly reason: string;
}

const any = /./;
const azure = /^azure-native:/;
const cluster = /^kubernetes:/;
const pods = /^kubernetes:(apps|batch)\//;
const database = /^azure-native:dbforpostgresql:/;
const aks = /^azure-native:containerservice:/;
const cnpg = /^kubernetes:postgresql\.cnpg\.io\//;
const gitlab = /^gitlab:/;
const local = /^ecluse-local:/;

/** A path with one of some words in it. */
const words = (...lines: readonly string[]) => new RegExp(lines.join(" ").replaceAll(" ", "|"));

const inAny = (paths: RegExp, reason: string): Unjudged => ({ types: any, paths, reason });
const of = (types: RegExp, paths: RegExp, reason: string): Unjudged => ({ types, paths, reason });

/** Names and texts, which give nobody a right. */
const names: readonly Unjudged[] = [
  inAny(
    /^(description|notes|lockName|color|apiVersion|kind)$/,
    "says what something is, and decides nothing",
  ),
  inAny(
    /(^|\.)(tags|metadata\.labels)\./,
    "GOV-01 asks for the tags; selectors are judged where they select",
  ),
  inAny(
    /(^|\.)metadata\.(name|namespace|annotations)$/,
    "a name; ENV-05 asks for the environment's own namespace",
  ),
  inAny(
    /annotations\.\[(pulumi|ecluse)/,
    "is for Pulumi's waiting, or makes pods restart with their configuration",
  ),
  of(
    azure,
    /^(location|resourceGroupName|resourceName|subnetName|virtualNetworkName)$/,
    "GOV-03, ISO-04 and ISO-07",
  ),
  of(
    azure,
    /(^|\.)(\w*[Nn]ame|groupShortName|category|blobServicesName)$/,
    "a name within the environment (ISO-04)",
  ),
  of(
    /^pulumi:providers:/,
    /^/,
    "the provider's version is package-lock.json's; ENV-08, ISO-04 and ID-11 judge its login",
  ),
  of(gitlab, /^(name|path|namespaceId|project|groupId|environment)$/, "GL rules relate it to what it is of"),
  of(
    local,
    /(^|\.)(name|use|project|key|account|container|databases\.\*|encoding|endpoint|port)$/,
    "one machine: LOC-01 to LOC-11",
  ),
];

/** What a service refuses or takes back by itself, if it is wrong. */
const selfChecking: readonly Unjudged[] = [
  of(
    azure,
    /(userAssignedIdentit|identity\.type|identityProfile|UserAssignedIdentit)/i,
    "an identity without the role fails at Azure; ID-13 judges roles",
  ),
  of(
    azure,
    /(keyVaultUri|keyVaultProperties\.keyName|keyUrl|KeyURI|azureKeyVaultKms\.key)/,
    "the identity may use its own key alone (ID-13): another one fails at Azure",
  ),
  of(
    azure,
    /^(principalId|principalName|objectId|federatedIdentityCredentialResourceName)$/,
    "ID-08 to ID-10, ISO-01: whose it is shows across resources",
  ),
  of(
    azure,
    /^encryptionType$|rotationToLatestKeyVersionEnabled/,
    "GAP: a disk set keeps an old version of the key until it is changed by hand",
  ),
  of(/SecretProviderClass$/, /^spec\./, "the pod's identity may read its own secrets alone (ID-13)"),
  of(/ServiceAccount$/, /annotations/, "ID-08 pairs it with its identity"),
  of(
    /^tls:/,
    /(Pem|commonName|isCaCertificate)$/,
    "a certificate of another key or authority is refused by every client",
  ),
  of(
    /core\/v1:Secret$/,
    /^(stringData|immutable|type)/,
    "SEC-03 asks that it was generated; a wrong one lets nobody in",
  ),
  of(
    /ConfigMap$/,
    /^data\.\[(ca\.crt|[0-9a-f]{8}\.0)\]$/,
    "certificates of authorities: with others nothing connects",
  ),
  of(
    pods,
    /(secretKeyRef|secret\.(secretName|items|defaultMode)|csi\.|configMap)/,
    "a Secret or file of the same namespace; GAP: which of them no rule says but ML-10 for the key that signs",
  ),
  of(
    pods,
    /volume(s|Mounts)\b/,
    "K8S-08 judges kinds of volumes, K8S-30 tokens; where they stand the program knows",
  ),
  of(pods, /env\.[^.]+\.name$/, "the variable's value is an input of its own"),
  of(
    pods,
    words(
      "env\\.AWS env\\.SSL env\\.VGW env\\.HOME env\\.MLFLOW_(S3|TRACKING_SERVER|WORKSPACE)",
      "env\\.ECLUSE_(HOST|PORT|SERVING_FOLDER|PROJECT_ID|USE_CASE|\\w*_FILE|TLS)",
    ),
    "where to listen, and what to trust: with another value it does not start, or is refused",
  ),
  of(
    pods,
    /env\.ECLUSE_(\w*_URL|ADMIN|AUTH|DATABASE|TRACKING_DATABASE|BUCKETS|OBJECTS|ARTIFACTS|ALLOWED)/,
    "addresses of stores: each pod's keys and roles open its own alone (ID-14, ID-15, ML-17)",
  ),
  of(
    pods,
    /\.(command|args)\.\*$/,
    "SC-01 and SC-02 judge the image; ML and K8S-34 judge commands of servers",
  ),
  of(
    pods,
    words(
      "args\\.--(allowed-group|email-domain|oidc-email-claim|provider|scope)",
      "args\\.--(skip|silence|pass|http|https|tls-(key|cert))",
    ),
    "who is let in MLflow's own grants decide; a token is verified again by the server (ML-01)",
  ),
  of(
    local,
    /^(env|command|secretEnv|stopSignal|projects)(\.|$)/,
    "one machine: LOC-02, LOC-05 and LOC-11; what is wrong does not start",
  ),
];

/** What keeps something running, and opens nothing. */
const running: readonly Unjudged[] = [
  of(
    cluster,
    words(
      "resources Probe lifecycle terminationGracePeriod topologySpread rollingUpdate",
      "restartPolicy enableServiceLinks workingDir",
    ),
    "availability: K8S-10, K8S-13 and K8S-23 ask that it is there",
  ),
  of(pods, /securityContext\.(fsGroup|runAs)/, "K8S-04 asks each container for it"),
  of(
    pods,
    words(
      "containers\\.\\*\\.name$ ports\\.\\*\\.\\w+$ replicas$ serviceName$ HistoryLimit$",
      "podFailurePolicy\\.\\S+$ timeZone$ metadata\\.annotations\\S*$",
    ),
    "names, ports and bookkeeping; NetworkPolicies decide who comes (K8S-16)",
  ),
  of(
    cluster,
    /^spec\.(hard|limits|metrics|scaleTargetRef|maxReplicas|minReplicas|accessModes)/,
    "K8S-24 asks for quotas; how much is a matter of size",
  ),
  of(/core\/v1:Service$/, /^spec\.ports/, "NetworkPolicies decide who comes (K8S-16, K8S-17)"),
  of(
    /NetworkPolicy$/,
    /(protocol|k8s-app|\.port)$/,
    "K8S-17, K8S-18 and K8S-32 judge peers: a pod listens on its own port alone",
  ),
  of(
    /Ingress$/,
    /(annotations|secretName|backend\.service\.port)/,
    "K8S-21, K8S-27 and ML-15 judge the others; with a wrong one nothing answers",
  ),
  of(
    cluster,
    /selector\.matchLabels/,
    "a selector that fits no pod is refused, or LOG-06 misses what it watches",
  ),
  of(
    /(Binding|PodMonitor|PrometheusRule)$/,
    /(apiGroup|port|name|summary|severity|for)$/,
    "LOG-06 and K8S-28 judge what they are about",
  ),
  of(
    /PodMonitor$/,
    /(scheme|tlsConfig\..*)$/,
    "the model server speaks TLS alone, and Prometheus sends it nothing: what does not fit reads no metrics",
  ),
  of(pods, /env\.ECLUSE_REVIEW_BY\.value$/, "GOV-07 judges the day itself, which the namespace has too"),
  of(
    pods,
    /env\.ECLUSE_SERVING_METRICS\.value$/,
    "numbers without a row or a caller, for pods that the NetworkPolicy lets in",
  ),
  of(
    cnpg,
    words(
      "compression jobs endpointCA s3Credentials dataChecksums encoding",
      "initdb\\.(database|owner|secret) certificates connectionLimit ensure inherit login",
      "roles\\.\\*\\.name passwordSecret disabledDefaultServices monitoring log_catalog",
      "max_connections shared_buffers synchronous primaryUpdate smartShutdown storage\\.size",
    ),
    "availability, or names of Secrets: a wrong one lets nobody in",
  ),
  of(
    cnpg,
    /(password_encryption|seccompProfile)/,
    "pg_hba asks for scram (CNPG-02); the namespace refuses pods without the profile (K8S-15)",
  ),
  of(
    cnpg,
    /^spec\.(backupOwnerReference|immediate|target|cluster\.name|name|owner)$/,
    "CNPG-08 asks for a backup of the cluster; the owner is a role that CNPG-03 judges",
  ),
];

/** What a part of Azure is like, beside who reaches it. */
const ofAzure: readonly Unjudged[] = [
  of(
    azure,
    words(
      "sku\\. accessTier vmSize osType osSKU storage(SizeGB|\\.autoGrow) availabilityZone",
      "AvailabilityZone maxSurge (max|min)Count enableAutoScaling nodeTaints nodeLabels \\.mode$",
      "^mode$ ^type$ \\.type$",
    ),
    "size and place; AKS-19, PG-10 and ACR-05 ask for what survives",
  ),
  of(
    azure,
    /[mM]aintenanceWindow|charset|collation|^source$/,
    "when Azure patches; AKS-16 and PG-14 ask that it does",
  ),
  of(
    /RoleDefinition$/,
    /(actions|notActions|notDataActions|roleType|scope)$/,
    "empty lists: what they allow is judged by what stands in them (ID-04)",
  ),
  of(/PrivateLinkScope/, /./, "LOG-03 asks that the workspace is private"),
  of(
    /(ActionGroup|Budget)$/,
    /./,
    "LOG-05 and GOV-04 ask that somebody is notified before the money is spent",
  ),
  of(
    /(MetricAlert)$/,
    /(criteria|scopes|severity|dimensions|evaluationFrequency)/,
    "LOG-08 judges threshold and time; a metric of another resource fails at Azure",
  ),
  of(
    /DiagnosticSetting$/,
    /logAnalyticsDestinationType|^name$/,
    "tables of the workspace; LOG-04 asks for the logs",
  ),
  of(
    /keyvault:Vault$/,
    /networkAcls|publicNetworkAccess|enableSoftDelete/,
    "KV-03 asks for one of the two; Azure no longer makes vaults without soft delete",
  ),
  of(
    /keyvault:Secret$/,
    /properties\.(value|attributes\.enabled)/,
    "SEC-03 asks that it was generated; one that is off lets nobody in",
  ),
  of(
    /containerregistry:Registry$/,
    /(networkRuleBypassOptions|ipRules|quarantine|retention)/,
    "production's registry has no public address (ACR-03)",
  ),
  of(/StorageAccount$/, /networkRuleSet/, "production's account has no public address (ST-03, ST-04)"),
  of(
    /BlobServiceProperties$/,
    /(changeFeed|restorePolicy)/,
    "comfort beside versions (ST-11) and soft delete (ST-12)",
  ),
  of(/ManagementPolicy$/, /./, "ST-17 asks that it spares models; ML-14 that predictions are kept"),
  of(
    /NetworkSecurityGroup$/,
    /(Prefixes|PortRanges)\.\*$/,
    "NET-01, NET-02 and NET-12: a narrower or another range of the own network",
  ),
  of(
    /(VirtualNetwork|PublicIPAddress|NatGateway)$/,
    /./,
    "NET-09, NET-10 and ISO-03 judge reach; GAP: protection from floods is bought per subscription",
  ),
  of(
    /Subnet$/,
    /(addressPrefix|delegations|natGateway|privateLinkService)/,
    "is a part of the network (ISO-03), or Azure refuses it",
  ),
  of(
    /PrivateEndpoint$|PrivateDnsZoneGroup$|PrivateZone$|VirtualNetworkLink$/,
    /./,
    "NET-06 to NET-08 ask for the endpoint and its zone",
  ),
  of(
    aks,
    words(
      "upgradeSettings agentPoolProfiles networkProfile apiServerAccessProfile dnsPrefix",
      "nodeResourceGroup defender\\.log vnetSubnetID keyVaultNetworkAccess",
    ),
    "AKS-05 to AKS-20 judge what opens it; the rest is how the network is laid out",
  ),
  of(
    database,
    /(highAvailability|geoBackup|storage|dataEncryption)/,
    "PG-09 to PG-11 ask for the mode and the key",
  ),
  of(/RandomBytes$/, /^keepers\./, "KV-05 asks for the date of the secret that is made of it"),
];

/** What a project of GitLab is like, beside who changes it. */
const ofGitlab: readonly Unjudged[] = [
  of(
    gitlab,
    words(
      "cronTimezone freeze(Start|End) rotateBeforeDays paused autoStop stopBefore raw variableType",
      "Events ruleType selectiveCodeOwner",
    ),
    "comfort, or the other half of what a GL rule asks for",
  ),
  of(
    gitlab,
    words(
      "^ci ^autoCancel ^containerExpiration ^containerRegistryAccess ^defaultBranch ^groupRunners",
      "^initialize ^merge ^removeSource ^squash ^subgroup ^preventSharing",
    ),
    "GL-04 to GL-09 and GL-23 judge who changes what; the rest is how a team works",
  ),
  of(
    gitlab,
    /(minimumAccessLevelForDelete|targetGroupIds|targetProjectIds)/,
    "GL-14 and GL-23; GAP: which other projects are listed no rule says",
  ),
  of(/RandomPassword$/, /special/, "SEC-07 asks for the length"),
];

/** What of a runner's configuration does not confine its jobs. */
const ofRunners: readonly Unjudged[] = [
  of(
    /ConfigMap$/,
    words(
      "\\.toml\\]\\.check_interval \\.toml\\]\\.concurrent \\.toml\\]\\.environment",
      "\\.toml\\]\\.listen_address \\.toml\\]\\.name \\.toml\\]\\.shutdown_timeout \\.toml\\]\\.url",
      "\\.toml\\]\\.poll_timeout \\.toml\\]\\.print \\.toml\\]\\.\\w+_(request|limit)",
      "\\.toml\\]\\.use_service_account \\.toml\\]\\.pod_spec \\.toml\\]\\.image",
      "\\.toml\\]\\.helper_image \\.toml\\]\\.service_account \\.toml\\]\\.namespace",
    ),
    "sizes, and names that the runner's own Role and token bound (K8S-20, K8S-29, GL-10)",
  ),
];

/** Why no rule judges an input of `unjudgedInputs.txt`; a pattern that none of them has any more must go. */
export const reasons: readonly Unjudged[] = [
  ...names,
  ...selfChecking,
  ...running,
  ...ofAzure,
  ...ofGitlab,
  ...ofRunners,
];
