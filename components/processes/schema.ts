/** The environment variables of each process. Written by `npm run schemas` from the models in Python. */
export interface Processes {
  readonly "database-admin": {
    readonly ECLUSE_DATABASE_LOGIN?: string;
    readonly ECLUSE_ADMIN_DATABASE: string;
    readonly ECLUSE_DATABASE_ROLES: string;
  };
  readonly prepare: {
    readonly ECLUSE_DATABASE_LOGIN?: string;
    readonly ECLUSE_TRACKING_DATABASE: string;
    readonly ECLUSE_AUTH_DATABASE: string;
    readonly ECLUSE_GRANTS: string;
    readonly ECLUSE_DATABASE_WRITER?: string;
  };
  readonly tracking: {
    readonly ECLUSE_IDENTITY: string;
    readonly ECLUSE_HOST?: string;
    readonly ECLUSE_PORT: string;
    readonly ECLUSE_TLS_FOLDER?: string;
    readonly ECLUSE_DATABASE_LOGIN?: string;
    readonly ECLUSE_TRACKING_DATABASE: string;
    readonly ECLUSE_AUTH_DATABASE: string;
    readonly ECLUSE_ENVIRONMENT: string;
    readonly ECLUSE_ARTIFACTS: string;
    readonly ECLUSE_SESSION_KEY: string;
    readonly ECLUSE_ALLOWED_HOSTS?: string;
  };
  readonly serve: {
    readonly ECLUSE_IDENTITY: string;
    readonly MLFLOW_TRACKING_SERVER_CERT_PATH?: string;
    readonly ECLUSE_HOST?: string;
    readonly ECLUSE_PORT: string;
    readonly ECLUSE_TLS_FOLDER?: string;
    readonly ECLUSE_ENVIRONMENT: string;
    readonly ECLUSE_USE_CASE: string;
    readonly ECLUSE_SERVING_CALLERS: string;
    readonly ECLUSE_SERVING_BACKDATERS?: string;
    readonly MLFLOW_TRACKING_URI: string;
    readonly MLFLOW_WORKSPACE: string;
    readonly ECLUSE_TRACKING_TOKEN_FILE: string;
    readonly ECLUSE_SIGNING_PUBLIC_KEY: string;
    readonly ECLUSE_INFERENCE_URL: string;
    readonly ECLUSE_SERVING_FOLDER: string;
    readonly ECLUSE_FLUSH_SECONDS?: string;
    readonly ECLUSE_CHAMPION_SECONDS?: string;
    readonly ECLUSE_SERVING_ROLLOUT?: string;
    readonly ECLUSE_SERVING_METRICS?: string;
  };
  readonly monitor: {
    readonly MLFLOW_TRACKING_SERVER_CERT_PATH?: string;
    readonly ECLUSE_USE_CASE: string;
    readonly ECLUSE_REPORTS_URL: string;
    readonly MLFLOW_TRACKING_URI: string;
    readonly MLFLOW_WORKSPACE: string;
    readonly ECLUSE_TRACKING_TOKEN_FILE?: string;
    readonly ECLUSE_ENVIRONMENT: string;
    readonly ECLUSE_INFERENCE_URL: string;
    readonly ECLUSE_REVIEW_BY?: string;
    readonly ECLUSE_FORGE_URL?: string;
    readonly ECLUSE_PROJECT_ID?: string;
    readonly ECLUSE_FORGE_TOKEN_FILE?: string;
    readonly ECLUSE_RUN?: string;
    readonly ECLUSE_TRIGGER_TOKEN_FILE?: string;
    readonly ECLUSE_ASKS_RETRAINING?: string;
    readonly ECLUSE_WEBHOOK?: string;
    readonly ECLUSE_WEBHOOK_SECRET?: string;
    readonly ECLUSE_MAIL?: string;
    readonly ECLUSE_MAIL_PASSWORD?: string;
    readonly ECLUSE_ALERTMANAGER?: string;
    readonly ECLUSE_ALERTMANAGER_TOKEN?: string;
  };
  readonly compact: {
    readonly ECLUSE_USE_CASE: string;
    readonly ECLUSE_INFERENCE_URL: string;
    readonly ECLUSE_LOG_DAYS?: string;
  };
  readonly release: {
    readonly MLFLOW_TRACKING_SERVER_CERT_PATH?: string;
    readonly ECLUSE_USE_CASE: string;
    readonly ECLUSE_ENVIRONMENT: string;
    readonly ECLUSE_SIGNING_KEY: string;
    readonly MLFLOW_TRACKING_URI: string;
    readonly MLFLOW_TRACKING_TOKEN: string;
    readonly MLFLOW_WORKSPACE: string;
    readonly ECLUSE_SERVING_URL?: string;
    readonly ECLUSE_SERVING_TOKEN?: string;
    readonly ECLUSE_SERVING_REPLICAS?: string;
    readonly ECLUSE_CHAMPION_SECONDS?: string;
    readonly ECLUSE_ROLLOUT?: string;
    readonly ECLUSE_GATES: string;
    readonly ECLUSE_PROJECT: string;
    readonly ECLUSE_COMMIT: string;
    readonly ECLUSE_PIPELINE_ID: string;
    readonly ECLUSE_CONTRACT: string;
    readonly ECLUSE_ACCOUNTABILITY?: string;
    readonly ECLUSE_DATA_URL: string;
    readonly ECLUSE_HOLDOUT_URL: string;
  };
  readonly "release-job": {
    readonly ECLUSE_RELEASES: string;
    readonly ECLUSE_USE_CASE: string;
  };
  readonly scheduler: {
    readonly ECLUSE_SCHEDULES: string;
    readonly ECLUSE_WORKLOAD_KEY: string;
  };
  readonly console: {
    readonly MLFLOW_TRACKING_SERVER_CERT_PATH?: string;
    readonly ECLUSE_HOST?: string;
    readonly ECLUSE_PORT: string;
    readonly ECLUSE_TLS_FOLDER?: string;
    readonly ECLUSE_ENVIRONMENT: string;
    readonly ECLUSE_TIER: string;
    readonly ECLUSE_USE_CASES: string;
    readonly MLFLOW_TRACKING_URI: string;
    readonly ECLUSE_SIGNING_PUBLIC_KEY: string;
    readonly ECLUSE_FORGE_URL?: string;
    readonly ECLUSE_REPORTS_URL?: string;
    readonly ECLUSE_AUDIT_FOLDER?: string;
  };
}
