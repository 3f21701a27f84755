package dev.inboard.postgresql;

import dev.inboard.spi.workflow.HintListener;
import dev.inboard.sql.Call;
import dev.inboard.sql.Session;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.postgresql.PGNotification;

/**
 * Tells other nodes that an instance needs attention or has finished, or that a queue has tasks, so
 * that they need not wait for their next poll.
 *
 * <p>Hints travel on connections of their own, never in the transaction that they tell of: a
 * notification in a transaction makes all commits of the server wait for each other. They are
 * gathered, sent only while there are other nodes, and lost without harm.
 */
final class Hints implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(Hints.class.getName());
  private static final String CHANNEL = "inboard_workflow";

  /** A channel of its own, which earlier releases do not listen to. */
  private static final String QUEUE_CHANNEL = "inboard_queue";

  private static final String NOTIFY = "SELECT pg_notify(?, h) FROM unnest(?::text[]) AS h";
  private static final int MOST_WAITING = 10_000;
  private static final int MOST_AT_ONCE = 1_000;

  /** Longest text of a notification. */
  private static final int LONGEST = 7_000;

  /** How long one wait for notifications lasts; the end of the component is noticed then. */
  private static final int WAIT = 200;

  private static final int BEFORE_RECONNECT = 1_000;

  private final PostgresDatabase database;
  private final String app;
  private final Call call;
  private final Set<String> ownNodes = ConcurrentHashMap.newKeySet();
  private final BlockingQueue<Hint> waiting = new LinkedBlockingQueue<>(MOST_WAITING);
  private final List<Thread> threads = new ArrayList<>(); // guarded by this
  private volatile boolean others;
  private volatile boolean closed;

  /**
   * A hint.
   *
   * @param owner who owns the instance, or null when every node is meant
   * @param id of an instance, or the name of a queue
   */
  record Hint(String channel, @Nullable String owner, String id) {
    static Hint of(@Nullable String owner, String id) {
      return new Hint(CHANNEL, owner, id);
    }

    static Hint ofQueue(String queue) {
      return new Hint(QUEUE_CHANNEL, null, queue);
    }
  }

  Hints(PostgresDatabase database, String app, Call call) {
    this.database = database;
    this.app = app;
    this.call = call;
  }

  /** Notes that a node runs here. */
  void joined(String node) {
    ownNodes.add(node);
  }

  void left(String node) {
    ownNodes.remove(node);
  }

  /** Notes how many nodes have a lease. */
  void counted(int nodes) {
    others = nodes > ownNodes.size();
  }

  /** Begins to listen, unless a pooler stands between, which does not pass notifications on. */
  synchronized void listen(HintListener listener) {
    if (!closed && !database.settings().execMode().isPoolerSafe()) {
      start("listener", () -> listenUntilClosed(listener));
    }
  }

  private void start(String role, Runnable run) { // holds the lock
    Thread thread = new Thread(run, database.name() + "-hints-" + role);
    thread.setDaemon(true);
    threads.add(thread);
    thread.start();
  }

  /** Sends hints soon, unless nobody would hear them. Never waits. */
  void send(List<Hint> hints) {
    if (!others || closed || database.settings().execMode().isPoolerSafe()) {
      return;
    }
    for (Hint hint : hints) {
      if ((hint.owner == null || !ownNodes.contains(hint.owner))
          && hint.id.length() + app.length() < LONGEST / 3) {
        var unused = waiting.offer(hint); // when there are too many, polling finds them
      }
    }
    if (!waiting.isEmpty()) {
      startSender();
    }
  }

  private volatile boolean sends;

  private void startSender() {
    if (!sends) {
      synchronized (this) {
        if (!sends && !closed) {
          sends = true;
          start("sender", this::sendUntilClosed);
        }
      }
    }
  }

  private void sendUntilClosed() {
    List<Hint> batch = new ArrayList<>();
    while (!closed) {
      try {
        Hint first = waiting.poll(WAIT, TimeUnit.MILLISECONDS);
        if (first != null) {
          batch.add(first);
          waiting.drainTo(batch, MOST_AT_ONCE);
          sendNow(batch);
          batch.clear();
        }
      } catch (InterruptedException e) {
        return;
      } catch (RuntimeException e) {
        LOG.log(System.Logger.Level.DEBUG, "hints were not sent; polling replaces them", e);
        batch.clear();
      }
    }
  }

  private void sendNow(List<Hint> batch) {
    Map<String, Set<String>> texts = new HashMap<>();
    for (Hint hint : batch) {
      String owner = hint.owner == null ? "" : hint.owner;
      texts
          .computeIfAbsent(hint.channel, any -> new LinkedHashSet<>())
          .add(app + "\n" + owner + "\n" + hint.id);
    }
    database.perform(
        call,
        session -> {
          for (Map.Entry<String, Set<String>> channel : texts.entrySet()) {
            PreparedStatement statement = session.prepare(NOTIFY);
            statement.setString(1, channel.getKey());
            statement.setArray(
                2, session.connection().createArrayOf("text", channel.getValue().toArray()));
            statement.executeQuery().close();
          }
          return null;
        });
  }

  private void listenUntilClosed(HintListener listener) {
    while (!closed) {
      try (Session session = database.openPatient()) {
        session.execute("LISTEN " + CHANNEL);
        session.execute("LISTEN " + QUEUE_CHANNEL);
        PGConnection connection = session.connection().unwrap(PGConnection.class);
        while (!closed) {
          PGNotification[] heard = connection.getNotifications(WAIT);
          if (heard != null) {
            for (PGNotification notification : heard) {
              hear(listener, notification);
            }
          }
        }
      } catch (SQLException e) {
        LOG.log(System.Logger.Level.DEBUG, "cannot listen for hints; polling replaces them", e);
        if (!pause()) {
          return;
        }
      }
    }
  }

  private static boolean pause() {
    try {
      Thread.sleep(BEFORE_RECONNECT);
      return true;
    } catch (InterruptedException e) {
      return false;
    }
  }

  private void hear(HintListener listener, PGNotification notification) {
    String[] parts = notification.getParameter().split("\n", 3);
    if (parts.length != 3
        || !parts[0].equals(app)
        || !(parts[1].isEmpty() || ownNodes.contains(parts[1]))) {
      return;
    }
    if (notification.getName().equals(QUEUE_CHANNEL)) {
      listener.hintQueue(parts[2]);
    } else {
      listener.hint(parts[2]);
    }
  }

  @Override
  public void close() {
    closed = true;
    List<Thread> running;
    synchronized (this) {
      running = List.copyOf(threads);
    }
    running.forEach(Thread::interrupt);
    boolean interrupted = false;
    for (Thread thread : running) {
      while (thread.isAlive() && thread != Thread.currentThread()) {
        try {
          thread.join();
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
