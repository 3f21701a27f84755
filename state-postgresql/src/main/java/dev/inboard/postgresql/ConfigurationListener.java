package dev.inboard.postgresql;

import dev.inboard.common.InboardException;
import dev.inboard.sql.Session;
import dev.inboard.sql.Uninterruptibly;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.postgresql.PGNotification;

/**
 * Has watches read anew when the database tells of a change, after every loss of the connection
 * that it tells on, and now and then in any case.
 *
 * <p>Notifications only say that something has changed: what it was, a read finds out. So neither
 * their form nor their order matters, and none need arrive.
 */
final class ConfigurationListener implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(ConfigurationListener.class.getName());

  /** How long one wait for notifications lasts; the end of the component is noticed then. */
  private static final int WAIT = 200;

  private static final Duration BEFORE_RECONNECT = Duration.ofSeconds(1);

  private final PostgresDatabase database;
  private final String label;
  private final @Nullable String channel;
  private final Duration pollInterval;
  private final Set<PostgresConfigurationWatch> watches = ConcurrentHashMap.newKeySet();
  private @Nullable Thread thread; // guarded by this
  private volatile boolean closed;
  private boolean troubled; // used by the thread alone

  /**
   * Prepares.
   *
   * @param channel null when nobody tells of changes
   */
  ConfigurationListener(
      PostgresDatabase database, String label, @Nullable String channel, Duration pollInterval) {
    this.database = database;
    this.label = label;
    this.channel = database.settings().execMode().isPoolerSafe() ? null : channel;
    this.pollInterval = pollInterval;
  }

  synchronized void add(PostgresConfigurationWatch watch) {
    watches.add(watch);
    if (thread == null && !closed) {
      Thread started = new Thread(this::run, database.name() + "-configuration");
      started.setDaemon(true);
      started.start();
      thread = started;
    }
  }

  void remove(PostgresConfigurationWatch watch) {
    watches.remove(watch);
  }

  private void run() {
    while (!closed) {
      try {
        if (channel == null) {
          pause(pollInterval);
          refresh();
        } else {
          listen(channel);
        }
      } catch (SQLException | RuntimeException e) {
        report(e);
        pause(BEFORE_RECONNECT);
      }
    }
  }

  private void listen(String name) throws SQLException {
    try (Session session = database.openPatient()) {
      session.execute("LISTEN \"" + name.replace("\"", "\"\"") + '"');
      PGConnection connection = session.connection().unwrap(PGConnection.class);
      refresh(); // what nobody told of
      long polled = System.nanoTime();
      while (!closed) {
        PGNotification[] heard = connection.getNotifications(WAIT);
        boolean due = System.nanoTime() - polled > pollInterval.toNanos();
        if (due) { // says too whether anybody is there
          session.prepare("SELECT 1").executeQuery().close();
        }
        if (due || (heard != null && heard.length > 0)) {
          refresh();
          polled = System.nanoTime();
        }
      }
    }
  }

  private void refresh() {
    watches.forEach(PostgresConfigurationWatch::refresh);
    troubled = false;
  }

  private void report(Exception e) {
    if (!troubled && !closed) {
      troubled = true;
      String reason = e instanceof InboardException known ? known.reason() : e.getMessage();
      LOG.log(
          System.Logger.Level.WARNING,
          "{0}: subscribed items cannot be followed now; tried again every second: {1}",
          label,
          reason);
    }
  }

  private static void pause(Duration time) {
    try {
      Thread.sleep(time.toMillis());
    } catch (InterruptedException e) {
      // closed
    }
  }

  @Override
  public void close() {
    closed = true;
    Thread running;
    synchronized (this) {
      running = thread;
    }
    if (running == null || running == Thread.currentThread()) {
      return;
    }
    running.interrupt();
    Uninterruptibly.run(running::join);
  }
}
