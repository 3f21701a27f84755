package dev.inboard.test.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class TcpProxyTest {
  private static final int LONG = 20_000;

  private ServerSocket server;
  private Thread serving;
  private TcpProxy proxy;
  private final AtomicInteger bytesAtServer = new AtomicInteger();

  @BeforeEach
  void startEcho() throws IOException {
    server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    serving = daemon(this::serve);
    proxy = TcpProxy.to(server.getLocalPort());
  }

  @AfterEach
  void stop() throws IOException {
    proxy.close();
    server.close();
  }

  @Test
  void passesEverythingOnUnchanged() throws IOException {
    byte[] sent = new byte[1_000_000];
    for (int i = 0; i < sent.length; i++) {
      sent[i] = (byte) (i * 31);
    }
    try (Socket client = connect()) {
      daemon(() -> write(client, sent));

      assertThat(client.getInputStream().readNBytes(sent.length)).isEqualTo(sent);
    }
  }

  @Test
  void passesTheEndOfAStreamOn() throws IOException {
    try (Socket client = connect()) {
      write(client, new byte[] {1, 2, 3});
      client.shutdownOutput();

      assertThat(client.getInputStream().readAllBytes()).containsExactly(1, 2, 3);
    }
  }

  @Test
  void delaysEachDirection() throws IOException {
    try (Socket client = connect()) {
      echo(client, 1);
      proxy.delay(Duration.ofMillis(150));
      long before = System.nanoTime();

      echo(client, 2);

      assertThat(Duration.ofNanos(System.nanoTime() - before))
          .isGreaterThanOrEqualTo(Duration.ofMillis(300));
    }
  }

  @Test
  void aStallHoldsEverythingBackAndLosesNothing() throws IOException {
    try (Socket before = connect()) {
      echo(before, 1);
      proxy.stall();

      assertNoAnswer(before, 2);
      try (Socket during = connect()) {
        assertNoAnswer(during, 3);
        assertThat(bytesAtServer).hasValue(1);

        proxy.resume();
        assertThat(before.getInputStream().read()).isEqualTo(2);
        assertThat(during.getInputStream().read()).isEqualTo(3);
      }
    }
  }

  @Test
  void aStallOfAnswersLetsTheServerAct() throws IOException {
    try (Socket client = connect()) {
      echo(client, 1);
      proxy.stallAnswers();

      assertNoAnswer(client, 2);
      await().until(() -> bytesAtServer.get() == 2);

      proxy.resume();
      assertThat(client.getInputStream().read()).isEqualTo(2);
    }
  }

  @Test
  void aResetIsSeenAtOnceAndTheNextConnectionWorks() throws IOException {
    try (Socket client = connect()) {
      echo(client, 1);

      proxy.reset();

      assertThatThrownBy(() -> echo(client, 2)).isInstanceOf(SocketException.class);
    }
    try (Socket next = connect()) {
      echo(next, 3);
    }
    assertThat(proxy.connectionsAccepted()).isEqualTo(2);
  }

  @Test
  void aResetDuringAStallLosesWhatWasHeldBack() throws IOException {
    try (Socket client = connect()) {
      echo(client, 1);
      proxy.stall();
      assertNoAnswer(client, 2);

      proxy.reset();
      proxy.resume();

      assertThatThrownBy(() -> echo(client, 3)).isInstanceOf(SocketException.class);
    }
    try (Socket next = connect()) {
      echo(next, 4);
      assertThat(bytesAtServer).hasValue(2);
    }
  }

  @Test
  void refusesUntilItAcceptsAgainOnTheSamePort() throws IOException {
    int port = proxy.port();
    try (Socket client = connect()) {
      echo(client, 1);

      proxy.refuse();

      assertThatThrownBy(() -> echo(client, 2)).isInstanceOf(SocketException.class);
      assertThatThrownBy(this::connect).isInstanceOf(ConnectException.class);
    }

    proxy.accept();
    assertThat(proxy.port()).isEqualTo(port);
    try (Socket client = connect()) {
      echo(client, 3);
    }
  }

  @Test
  void resetsClientsWhenNothingListensBehindIt() throws Exception {
    server.close();
    serving.join();

    try (Socket client = connect()) {
      assertThatThrownBy(() -> echo(client, 1)).isInstanceOf(SocketException.class);
    }
  }

  @Test
  void leavesNoThreadBehind() throws IOException {
    try (Socket client = connect()) {
      echo(client, 1);
      proxy.stall();
      assertNoAnswer(client, 2);

      proxy.close();
    }

    await().untilAsserted(() -> assertThat(threadsOfProxy()).isZero());
  }

  private long threadsOfProxy() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().startsWith("proxy-" + proxy.port()))
        .count();
  }

  private Socket connect() throws IOException {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), proxy.port());
    socket.setSoTimeout(LONG);
    return socket;
  }

  private static void echo(Socket client, int value) throws IOException {
    client.getOutputStream().write(value);
    int answer = client.getInputStream().read();
    if (answer < 0) {
      throw new SocketException("closed");
    }
    assertThat(answer).isEqualTo(value);
  }

  private static void assertNoAnswer(Socket client, int value) throws IOException {
    client.setSoTimeout(300);
    client.getOutputStream().write(value);
    assertThatThrownBy(() -> client.getInputStream().read())
        .isInstanceOf(SocketTimeoutException.class);
    client.setSoTimeout(LONG);
  }

  private void serve() {
    while (!server.isClosed()) {
      try {
        Socket client = server.accept();
        daemon(() -> serve(client));
      } catch (IOException closed) {
        return;
      }
    }
  }

  private void serve(Socket client) {
    byte[] chunk = new byte[8192];
    try (client;
        InputStream in = client.getInputStream();
        OutputStream out = client.getOutputStream()) {
      int length;
      while ((length = in.read(chunk)) >= 0) {
        bytesAtServer.addAndGet(length);
        out.write(Arrays.copyOf(chunk, length));
      }
    } catch (IOException closed) {
      return;
    }
  }

  private static void write(Socket client, byte[] bytes) {
    try {
      client.getOutputStream().write(bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Thread daemon(Runnable work) {
    Thread thread = new Thread(work, "echo");
    thread.setDaemon(true);
    thread.start();
    return thread;
  }
}
