package dev.inboard.internal.workflow;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Real threads, but a time of its own: it stands still until it is told to pass, and then jumps
 * from one appointment to the next, as soon as everything that runs has come to rest.
 */
public final class VirtualHost implements Host {
  private static final long FOREVER = Duration.ofDays(36_500).toMillis();

  private final ExecutorService threads =
      Executors.newCachedThreadPool(
          task -> {
            Thread thread = new Thread(task, "inboard-virtual-time");
            thread.setDaemon(true);
            return thread;
          });
  private final PriorityQueue<Appointment> appointments =
      new PriorityQueue<>(
          Comparator.comparingLong(Appointment::time).thenComparingLong(Appointment::order));
  private final Random random;
  private final int evictPercent;
  private long now;
  private long order;
  private int busy;

  private record Appointment(long time, long order, Runnable task) {}

  /**
   * Makes a host.
   *
   * @param evictPercent how often an instance that comes to rest is thrown out of memory
   */
  public VirtualHost(Instant start, long seed, int evictPercent) {
    this.now = start.toEpochMilli();
    this.random = new Random(seed);
    this.evictPercent = evictPercent;
  }

  /** Returns this host's time. */
  public Clock clock() {
    return clock(this::now);
  }

  /** Makes a clock that shows the time, in milliseconds since 1970, of whatever is asked. */
  static Clock clock(java.util.function.LongSupplier time) {
    return new Clock() {
      @Override
      public ZoneId getZone() {
        return ZoneOffset.UTC;
      }

      @Override
      public Clock withZone(ZoneId zone) {
        return this;
      }

      @Override
      public Instant instant() {
        return Instant.ofEpochMilli(time.getAsLong());
      }
    };
  }

  /** Lets time pass, and everything happen that is due meanwhile. Blocks until it has. */
  public void pass(Duration duration) {
    long until = now() + duration.toMillis();
    while (step(until)) {
      // the next appointment
    }
    synchronized (this) {
      now = Math.max(now, until);
    }
  }

  /**
   * Lets time pass until something is done, or nothing more can happen within fifty years.
   *
   * @return whether it is done
   */
  public boolean passUntil(CompletableFuture<?> future) {
    long until = now() + FOREVER / 2;
    while (!future.isDone() && step(until)) {
      // the next appointment
    }
    return future.isDone();
  }

  private boolean step(long until) {
    Appointment next;
    synchronized (this) {
      awaitRest();
      next = appointments.peek();
      if (next == null || next.time() > until) {
        return false;
      }
      appointments.remove();
      now = Math.max(now, next.time());
      busy++;
    }
    run(next.task());
    synchronized (this) {
      awaitRest();
    }
    return true;
  }

  private void awaitRest() { // holds the lock
    boolean interrupted = false;
    while (busy > 0) {
      try {
        wait();
      } catch (InterruptedException e) {
        interrupted = true;
        break;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private void run(Runnable task) {
    try {
      task.run();
    } finally {
      rest();
    }
  }

  private synchronized void work() {
    busy++;
  }

  private synchronized void rest() {
    busy--;
    notifyAll();
  }

  @Override
  public synchronized long now() {
    return now;
  }

  @Override
  public long nanoTime() {
    return System.nanoTime();
  }

  @Override
  public synchronized Cancellable schedule(long delayMillis, Runnable task) {
    Appointment appointment = new Appointment(now + Math.max(0, delayMillis), order++, task);
    appointments.add(appointment);
    return () -> cancel(appointment);
  }

  private synchronized void cancel(Appointment appointment) {
    appointments.remove(appointment);
  }

  @Override
  public long longestSleep() {
    return FOREVER;
  }

  @Override
  public void start(String name, Consumer<Strand> body) {
    ParkingStrand strand = new ParkingStrand();
    work();
    threads.execute(
        () -> {
          strand.thread = Thread.currentThread();
          run(() -> body.accept(strand));
        });
  }

  @Override
  public Executor activities() {
    return task -> {
      work();
      threads.execute(() -> run(task));
    };
  }

  @Override
  public synchronized long random() {
    return random.nextLong();
  }

  @Override
  public synchronized boolean evictsNow() {
    return evictPercent > 0 && random.nextInt(100) < evictPercent;
  }

  @Override
  public int maxStrands() {
    return 1_000;
  }

  @Override
  public int maxActivities() {
    return 1_000;
  }

  @Override
  public void close() {
    threads.shutdownNow();
    try {
      if (!threads.awaitTermination(5, TimeUnit.SECONDS)) {
        throw new IllegalStateException("workflow or activity code does not end");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** A strand that counts as busy from the moment it may go on until it parks again. */
  private final class ParkingStrand implements Strand {
    private volatile @Nullable Thread thread; // written by the strand
    private boolean permit; // guarded by the host
    private boolean parked; // guarded by the host

    @Override
    public void park() {
      synchronized (VirtualHost.this) {
        if (permit) {
          permit = false;
          return;
        }
        parked = true;
        rest();
      }
      while (isParked()) {
        LockSupport.park(this);
        if (Thread.currentThread().isInterrupted()) {
          unpark();
        }
      }
    }

    private boolean isParked() {
      synchronized (VirtualHost.this) {
        return parked;
      }
    }

    @Override
    public void unpark() {
      synchronized (VirtualHost.this) {
        if (parked) {
          parked = false;
          work();
        } else {
          permit = true;
        }
      }
      LockSupport.unpark(thread);
    }

    @Override
    public boolean isCurrent() {
      return Thread.currentThread() == thread;
    }

    @Override
    public void interrupt() {
      Thread running = thread;
      if (running != null) {
        running.interrupt();
      }
    }

    @Override
    public StackTraceElement[] stackTrace() {
      Thread running = thread;
      return running == null ? new StackTraceElement[0] : running.getStackTrace();
    }
  }
}
