package dev.inboard.test.server;

import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.opentest4j.TestAbortedException;

/**
 * One server, or several that belong together, which a JUnit class can register as an extension.
 *
 * <p>It is started before the first test of the class and closed after the last; a shared one lives
 * until the last test of the JVM. When the server is not installed the class is skipped with the
 * reason, or fails with it where servers are required: under {@code CI=true} or {@code
 * -Dinboard.servers.required=true}.
 */
public abstract class TestServer implements BeforeAllCallback, AfterAllCallback, AutoCloseable {
  private static final Namespace NAMESPACE = Namespace.create(TestServer.class);

  private boolean shared;

  /** Starts what is not running, and waits until it serves. Does nothing when all is running. */
  public abstract void start();

  /**
   * Ends all processes and deletes their data. What is started after that is a new server at the
   * same address: a class that runs again, as one that failed does on a build machine, finds it so.
   */
  @Override
  public abstract void close();

  /** Makes a server outlive the class that registers it; the end of all tests closes it. */
  static <S extends TestServer> S sharedByAll(S server) {
    ((TestServer) server).shared = true;
    return server;
  }

  @Override
  public final void beforeAll(ExtensionContext context) {
    try {
      start();
    } catch (MissingServerException missing) {
      if (serversAreRequired()) {
        throw missing;
      }
      throw new TestAbortedException("skipped: " + missing.getMessage(), missing);
    }
    if (shared) {
      // The end of all tests closes what their store holds.
      context.getRoot().getStore(NAMESPACE).computeIfAbsent(this, server -> server);
    }
  }

  @Override
  public final void afterAll(ExtensionContext context) {
    if (!shared) {
      close();
    }
  }

  private static boolean serversAreRequired() {
    String ci = System.getenv("CI");
    return Boolean.parseBoolean(System.getProperty("inboard.servers.required", ci));
  }
}
