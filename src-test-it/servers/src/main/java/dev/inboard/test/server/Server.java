package dev.inboard.test.server;

import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * One server process on the loopback address, with its own data folder and ports that stay the same
 * for its life.
 *
 * <p>Safe for concurrent use, so that one thread may break the server while others work with it;
 * calls that start or end the process wait for each other.
 */
public abstract class Server extends TestServer {
  private static final Duration START = Duration.ofSeconds(90);
  private static final Duration STOP = Duration.ofSeconds(30);

  private final String name;
  private @Nullable Path folder;
  private @Nullable ServerProcess process;

  /**
   * Prepares a server; nothing runs yet.
   *
   * @param name what messages and the temporary folder call it
   */
  Server(String name) {
    this.name = name;
  }

  /**
   * Writes the server's files and says how to run it. Called before the first start, and before the
   * first after {@link #close}.
   *
   * @param folder empty, and deleted at the end
   * @throws MissingServerException when neither the server nor Docker is there
   */
  abstract ServerProcess install(Path folder);

  /** Returns what the server prints, at every start, as soon as it serves. */
  abstract String readyLine();

  /** Returns the port that clients connect to. Known before the start. */
  public abstract int port();

  /** Returns the address that clients connect to. */
  public final String host() {
    return "127.0.0.1";
  }

  /** Returns host and port with a colon between. */
  public final String address() {
    return host() + ":" + port();
  }

  /**
   * {@inheritDoc}
   *
   * @throws IllegalStateException with the end of the server's log when it ends early or is not
   *     ready after 90 seconds
   */
  @Override
  public final synchronized void start() {
    if (launch()) {
      awaitReady();
    }
  }

  /** Starts the process unless it runs; returns whether that was needed. */
  final synchronized boolean launch() {
    if (isRunning()) {
      return false;
    }
    if (folder == null) {
      folder = Folders.create(name);
    }
    if (process == null) {
      process = install(folder);
    }
    process.launch();
    return true;
  }

  final synchronized void awaitReady() {
    running().output().await(readyLine(), START, running()::isAlive);
  }

  /**
   * Asks the server to end in good order and waits until it has.
   *
   * @throws IllegalStateException when it has not ended after 30 seconds; it is killed then
   */
  public final synchronized void stop() {
    if (isRunning()) {
      running().resume();
      running().terminate(STOP);
    }
  }

  /**
   * Ends the server as a crash does (SIGKILL), with all its child processes, and waits until they
   * are gone.
   */
  public final synchronized void kill() {
    if (isRunning()) {
      running().kill();
    }
  }

  /** Stops the server in good order and starts it on the same data and ports. */
  public final synchronized void restart() {
    stop();
    start();
  }

  /** Freezes the server (SIGSTOP): connections stay open, nothing answers. */
  public final synchronized void stall() {
    running().stall();
  }

  /** Lets a stalled server go on. */
  public final synchronized void resume() {
    running().resume();
  }

  /** Returns whether the process exists; a stalled one does. */
  public final synchronized boolean isRunning() {
    return process != null && process.isAlive();
  }

  /** Returns what the server has printed since its first start. */
  public final synchronized String log() {
    return process == null ? "" : process.output().all();
  }

  @Override
  public synchronized void close() {
    if (process != null) {
      process.close();
      process = null;
    }
    if (folder != null) {
      Folders.delete(folder);
      folder = null;
    }
  }

  /** Returns the process, for what a kind of server can do beyond this class. */
  final synchronized ServerProcess running() {
    if (process == null) {
      throw new IllegalStateException(name + " has not been started");
    }
    return process;
  }

  @Override
  public String toString() {
    return name + " at " + address();
  }
}
