package dev.inboard.benchmarks.workflows;

import dev.dbos.transact.DBOS;
import dev.dbos.transact.config.DBOSConfig;
import dev.dbos.transact.workflow.Workflow;
import dev.inboard.test.server.PostgresServer;

/** The same five steps on DBOS Transact, its tables in a PostgreSQL that is as durable as usual. */
final class DbosFiveSteps implements AutoCloseable {
  private final PostgresServer server = PostgresServer.create();
  private final DBOS dbos;
  private final Steps steps;

  /** What DBOS makes durable. */
  interface Steps {
    int run(int n);
  }

  /** Calls the steps. */
  static final class Code implements Steps {
    private final DBOS dbos;

    Code(DBOS dbos) {
      this.dbos = dbos;
    }

    @Override
    @Workflow(name = "five-steps")
    public int run(int n) {
      int sum = n;
      for (int i = 0; i < 5; i++) {
        int before = sum;
        sum = dbos.runStep(() -> before + 1, "inc");
      }
      return sum;
    }
  }

  DbosFiveSteps() {
    server.start();
    dbos =
        new DBOS(
            DBOSConfig.defaults("bench")
                .withDatabaseUrl(server.jdbcUrl(server.createDatabase()))
                .withDbUser(PostgresServer.USER)
                .withDbPassword(""));
    steps = dbos.registerProxy(Steps.class, new Code(dbos));
    dbos.launch();
  }

  Object run() {
    return steps.run(1);
  }

  @Override
  public void close() {
    dbos.shutdown();
    server.close();
  }
}
