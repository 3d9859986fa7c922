/**
 * Physical names on Azure, by the abbreviations of the Cloud Adoption Framework. Names of one resource group need the
 * environment only; global ones carry `instance`. Settings bound an environment to 10 characters and an instance to 6.
 */
export const azureNames = (environment: string, instance: string) => {
  const plain = environment.replaceAll("-", "");
  return {
    virtualNetwork: `vnet-ecluse-${environment}`,
    subnet: (use: string) => `snet-${use}`,
    securityGroup: (use: string) => `nsg-ecluse-${environment}-${use}`,
    routeTable: `rt-ecluse-${environment}`,
    natGateway: `ng-ecluse-${environment}`,
    publicAddress: `pip-ecluse-${environment}`,
    privateEndpoint: (service: string) => `pep-ecluse-${environment}-${service}`,
    cluster: `aks-ecluse-${environment}`,
    nodeResourceGroup: `rg-ecluse-${environment}-nodes`,
    diskEncryptionSet: `des-ecluse-${environment}`,
    privateLinkScope: `ampls-ecluse-${environment}`,
    workspace: `log-ecluse-${environment}`,
    actionGroup: `ag-ecluse-${environment}`,
    budget: `budget-ecluse-${environment}`,
    identity: (use: string) => `id-ecluse-${environment}-${use}`,
    /** Global, up to 63 characters. */
    database: `psql-ecluse-${environment}-${instance}`,
    /** Global, 3 to 24 letters and digits. */
    storageAccount: `stecluse${plain}${instance}`,
    /** Global, 3 to 24 characters; purge protection keeps it taken for 90 days. */
    vault: `kv-${environment}-${instance}`,
    /** Global, 5 to 50 letters and digits. */
    registry: `crecluse${plain}${instance}`,
    /** Unique in the whole tenant. */
    role: (use: string) => `Ecluse ${environment} ${instance} ${use}`,
  };
};

/** The names of one environment. */
export type AzureNames = ReturnType<typeof azureNames>;
