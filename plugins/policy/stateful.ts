/** Images that keep data in a form of their own version, by the end of their names: a registry and an owner may precede. */
const known: readonly string[] = [
  ...['postgres', 'postgresql', 'postgis', 'pgvector', 'pgvecto-rs', 'timescaledb', 'timescaledb-ha'],
  ...['mysql', 'mysql-server', 'mariadb', 'mariadb-galera', 'percona', 'percona-server', 'percona-xtradb-cluster'],
  ...['mongo', 'mongodb', 'mongodb-community-server', 'percona-server-mongodb', 'ferretdb'],
  ...['redis', 'redis-stack', 'redis-stack-server', 'valkey', 'keydb', 'dragonfly'],
  ...['elasticsearch', 'opensearch', 'solr', 'meilisearch', 'typesense', 'qdrant', 'weaviate', 'milvus', 'chroma'],
  ...['cassandra', 'scylla', 'couchdb', 'couchbase', 'cockroach', 'yugabyte', 'rethinkdb', 'surrealdb', 'ravendb'],
  ...['neo4j', 'arangodb', 'orientdb', 'dgraph', 'influxdb', 'clickhouse', 'clickhouse-server', 'questdb'],
  ...[
    'victoria-metrics',
    'mssql/server',
    'database/express',
    'database/free',
    'database/enterprise',
    'db2',
    'firebird',
  ],
  ...['rabbitmq', 'kafka', 'cp-kafka', 'redpanda', 'zookeeper', 'cp-zookeeper', 'etcd', 'consul', 'vault', 'minio'],
  'openldap',
];

/** The name by which an image counts as one that keeps data; undefined for one that does not. */
export function statefulName(reference: string, more: readonly string[]): string | undefined {
  const path = `/${repositoryOf(reference)}`.toLowerCase();
  return [...more, ...known].find((name) => path.endsWith(`/${name.toLowerCase()}`));
}

/** `registry.example.org:5000/team/app` of `registry.example.org:5000/team/app:1@sha256:…` */
export function repositoryOf(reference: string): string {
  const [name = ''] = reference.split('@');
  return name.replace(/:[^/:]*$/, '');
}
