package dev.inboard.test.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;
import static org.junit.platform.testkit.engine.EventConditions.abortedWithReason;
import static org.junit.platform.testkit.engine.EventConditions.container;
import static org.junit.platform.testkit.engine.EventConditions.event;
import static org.junit.platform.testkit.engine.EventConditions.finishedWithFailure;
import static org.junit.platform.testkit.engine.TestExecutionResultConditions.instanceOf;
import static org.junit.platform.testkit.engine.TestExecutionResultConditions.message;

import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.platform.testkit.engine.EngineExecutionResults;
import org.junit.platform.testkit.engine.EngineTestKit;
import org.opentest4j.TestAbortedException;

class MissingServerTest {
  private static final String REQUIRED = "inboard.servers.required";

  private String requiredBefore;

  /** A server that no machine has. */
  static final class Absent extends Server {
    Absent() {
      super("absent");
    }

    @Override
    ServerProcess install(Path folder) {
      throw new MissingServerException("absent-server", "apt-get install absent-package");
    }

    @Override
    String readyLine() {
      return "ready";
    }

    @Override
    public int port() {
      return 1;
    }
  }

  /** Run by the tests below only. */
  static class NeedsAbsentServer {
    @RegisterExtension static Absent absent;

    @Test
    void cannotRun() {
      throw new AssertionError("ran without its server");
    }
  }

  @BeforeEach
  void remember() {
    requiredBefore = System.getProperty(REQUIRED);
  }

  @AfterEach
  void restore() {
    if (requiredBefore == null) {
      System.clearProperty(REQUIRED);
    } else {
      System.setProperty(REQUIRED, requiredBefore);
    }
  }

  @Test
  void skipsTheClassAndSaysWhatToInstall() {
    System.setProperty(REQUIRED, "false");

    run()
        .containerEvents()
        .assertThatEvents()
        .haveExactly(
            1,
            event(
                container(NeedsAbsentServer.class),
                abortedWithReason(
                    instanceOf(TestAbortedException.class),
                    message(text -> text.contains("apt-get install absent-package")))));
  }

  @Test
  void failsTheClassWhereServersAreRequired() {
    System.setProperty(REQUIRED, "true");

    EngineExecutionResults results = run();

    results
        .containerEvents()
        .assertThatEvents()
        .haveExactly(
            1,
            event(
                container(NeedsAbsentServer.class),
                finishedWithFailure(
                    instanceOf(MissingServerException.class),
                    message(text -> text.contains("'absent-server' is not installed")))));
    assertThat(results.testEvents().count()).isZero();
  }

  private static EngineExecutionResults run() {
    NeedsAbsentServer.absent = new Absent();
    return EngineTestKit.engine("junit-jupiter")
        .selectors(selectClass(NeedsAbsentServer.class))
        .execute();
  }
}
