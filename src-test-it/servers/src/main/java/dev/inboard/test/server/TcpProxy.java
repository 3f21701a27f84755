package dev.inboard.test.server;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * A piece of network that can be broken: it listens on the loopback address and passes everything
 * on to a port there.
 *
 * <p>It can delay, hold everything back (a dead network: nothing arrives, nothing fails), reset
 * connections and refuse new ones. Safe for concurrent use.
 */
public final class TcpProxy implements AutoCloseable {
  private static final int CHUNK = 64 * 1024;

  private final int port = FreePorts.take();
  private final int target;
  private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
  private final AtomicInteger accepted = new AtomicInteger();
  private volatile long latencyMillis;
  private boolean requestsHeld;
  private boolean answersHeld;
  private boolean closed;
  private @Nullable ServerSocket listener;
  private @Nullable Thread acceptor;

  private TcpProxy(int target) {
    this.target = target;
  }

  /** Returns a proxy that listens already, and passes on to {@code targetPort}. */
  public static TcpProxy to(int targetPort) {
    TcpProxy proxy = new TcpProxy(targetPort);
    proxy.accept();
    return proxy;
  }

  /** Returns the port for clients. It never changes. */
  public int port() {
    return port;
  }

  /** Returns how many connections have been accepted since the beginning. */
  public int connectionsAccepted() {
    return accepted.get();
  }

  /** Delays what is sent, in each direction, from now on; throughput suffers too. Zero ends it. */
  public void delay(Duration eachWay) {
    latencyMillis = eachWay.toMillis();
  }

  /**
   * Holds everything back: connections stay open, new ones are accepted, and nothing comes through.
   */
  public synchronized void stall() {
    requestsHeld = true;
    answersHeld = true;
  }

  /**
   * Lets requests through and holds answers back: the server acts, and the client does not hear of
   * it.
   */
  public synchronized void stallAnswers() {
    answersHeld = true;
  }

  /** Ends a stall; what was held back arrives now. */
  public synchronized void resume() {
    requestsHeld = false;
    answersHeld = false;
    notifyAll();
  }

  /**
   * Resets every connection; both sides see an error at once. What was held back is lost. New ones
   * are accepted.
   */
  public void reset() {
    sockets.forEach(TcpProxy::reset);
    sockets.clear();
  }

  /** Resets every connection and refuses new ones. */
  public synchronized void refuse() {
    try {
      if (listener != null && acceptor != null) {
        listener.close();
        // While a thread still waits in accept, the system goes on to take connections.
        acceptor.join();
        listener = null;
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    reset();
  }

  /** Accepts connections, after {@link #refuse()}. Does nothing when it does so already. */
  public synchronized void accept() {
    if (listener != null || closed) {
      return;
    }
    try {
      ServerSocket socket = new ServerSocket();
      socket.setReuseAddress(true);
      socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1024);
      listener = socket;
      acceptor = daemon("accept", () -> acceptFrom(socket));
    } catch (IOException e) {
      throw new UncheckedIOException("cannot listen on port " + port, e);
    }
  }

  /** Refuses and resets everything for good. */
  @Override
  public synchronized void close() {
    closed = true;
    refuse();
    resume();
  }

  private void acceptFrom(ServerSocket socket) {
    while (!socket.isClosed()) {
      try {
        Socket client = socket.accept();
        accepted.incrementAndGet();
        daemon("connect", () -> connect(client, socket));
      } catch (IOException refused) {
        return;
      }
    }
  }

  private void connect(Socket client, ServerSocket acceptedBy) {
    sockets.add(client);
    try {
      if (!passes(true)) {
        return;
      }
      Socket server = new Socket(InetAddress.getLoopbackAddress(), target);
      sockets.add(server);
      client.setTcpNoDelay(true);
      server.setTcpNoDelay(true);
      // A refusal or reset may have come in between; it did not see the new sockets.
      if (acceptedBy.isClosed() || client.isClosed()) {
        end(client, server);
        return;
      }
      daemon("requests", () -> pump(client, server, true));
      daemon("answers", () -> pump(server, client, false));
    } catch (IOException e) {
      end(client, client);
    }
  }

  private void pump(Socket from, Socket to, boolean requests) {
    byte[] chunk = new byte[CHUNK];
    try {
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      int length;
      while ((length = in.read(chunk)) >= 0) {
        if (latencyMillis > 0) {
          Thread.sleep(latencyMillis);
        }
        if (!passes(requests)) {
          return;
        }
        out.write(chunk, 0, length);
      }
      to.shutdownOutput();
    } catch (IOException e) {
      end(from, to);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Waits while this direction is held back; false when the proxy was closed meanwhile. */
  private synchronized boolean passes(boolean requests) {
    while ((requests ? requestsHeld : answersHeld) && !closed) {
      try {
        wait();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return false;
      }
    }
    return !closed;
  }

  private void end(Socket one, Socket other) {
    reset(one);
    reset(other);
    sockets.remove(one);
    sockets.remove(other);
  }

  /** Closes with a reset in place of the usual good bye. */
  private static void reset(Socket socket) {
    try {
      socket.setSoLinger(true, 0);
      socket.close();
    } catch (IOException alreadyClosed) {
      return;
    }
  }

  private Thread daemon(String what, Runnable work) {
    Thread thread = new Thread(work, "proxy-" + port + "-" + what);
    thread.setDaemon(true);
    thread.start();
    return thread;
  }
}
