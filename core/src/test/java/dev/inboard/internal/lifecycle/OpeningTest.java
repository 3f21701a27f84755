package dev.inboard.internal.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.inboard.common.ErrorCode;
import dev.inboard.common.InboardException;
import dev.inboard.common.Secret;
import dev.inboard.spi.secrets.StoredSecret;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class OpeningTest {
  private final Running running = new Running();
  private final TestProvider provider = running.provider;

  @AfterEach
  void noThreadIsLeft() {
    Threads.assertNone("inboard-shop-");
  }

  @Test
  void specsAreWhatTheFilesSay() {
    running.variables.put("NAMESPACE", "shops");
    running.variables.put("SIZE", "7");
    running
        .with("a", "state.test", "host: \"{namespace}\"", "{name: SIZE, envRef: SIZE}")
        .with(Running.component("b", "State.PROOF").replace("spec:", "spec:\n  version: V2"));
    try (InboardRuntime runtime = running.start()) {
      assertThat(provider.specs.get("a").metadata())
          .containsOnly(Map.entry("host", "shops.shop"), Map.entry("SIZE", "7"));
      assertThat(provider.specs.get("a").get(TestProvider.State.SIZE)).isEqualTo(7);
      assertThat(provider.specs.get("a").appId()).isEqualTo("shop");
      assertThat(provider.specs.get("a").namespace()).isEqualTo("shops");
      assertThat(provider.specs.get("b").namespace()).isEqualTo("shops");
      assertThat(provider.specs.get("b").type()).isEqualTo("State.PROOF");
      assertThat(provider.specs.get("b").version()).isEqualTo("v2");
    }
  }

  @Test
  void theAppIdMayComeFromTheEnvironment() {
    running.appId = null;
    running.variables.put("APP_ID", "shop");
    running.with("a", "state.test");
    try (InboardRuntime runtime = running.start()) {
      assertThat(provider.specs.get("a").appId()).isEqualTo("shop");
      assertThat(provider.specs.get("a").namespace()).isEqualTo("default");
    }
  }

  @Test
  void everythingOpensAtTheSameTime() {
    CyclicBarrier all = new CyclicBarrier(3);
    for (String name : List.of("a", "b", "c")) {
      running.with(
          Running.component(name, "state.test").replace("spec:", "spec:\n  initTimeout: 60s"));
      provider.onOpen.put(name, () -> all.await(60, TimeUnit.SECONDS));
    }
    try (InboardRuntime runtime = running.start()) {
      assertThat(provider.diary).containsExactlyInAnyOrder("open a", "open b", "open c");
    }
  }

  @Test
  void secretStoresOpenFirstAndThoseThatNeedOthersAfterThose() {
    provider.addSecret("first", "token", "t1");
    provider.addSecret("second", "password", "p2");
    running
        .with(
            Running.component("a", "state.test", "{name: password, secretKeyRef: {name: password}}")
                + auth("second"))
        .with(
            Running.component(
                    "second", "secretstores.test", "{name: token, secretKeyRef: {name: token}}")
                + auth("first"))
        .with("first", "secretstores.test");
    try (InboardRuntime runtime = running.start()) {
      assertThat(provider.diary)
          .containsExactly(
              "open first",
              "read first/token[]",
              "open second",
              "read second/password[]",
              "open a");
      assertThat(provider.specs.get("second").metadata()).containsEntry("token", "t1");
      assertThat(provider.specs.get("a").metadata()).containsEntry("password", "p2");
    }
    assertThat(provider.diary).endsWith("close a", "close second", "close first");
  }

  @Test
  void everySecretIsReadOnceForEachNamespace() {
    provider.addSecret("vault", "password", "p");
    running.with("vault", "secretstores.test");
    for (String name : List.of("a", "b")) {
      running.with(
          Running.component(name, "state.test", "{name: password, secretKeyRef: {name: password}}")
              + auth("vault"));
    }
    running.with(
        Running.component("c", "state.test", "{name: password, secretKeyRef: {name: password}}")
                .replace("name: c", "name: c, namespace: shops")
            + auth("vault"));
    try (InboardRuntime runtime = running.start()) {
      assertThat(provider.diary)
          .filteredOn(line -> line.startsWith("read"))
          .containsExactlyInAnyOrder("read vault/password[]", "read vault/password[shops]");
    }
  }

  @Test
  void missingSecretsAreReportedTogetherAndNothingElseIsOpened() {
    provider.secrets.put(
        "vault",
        Map.of("redis", new StoredSecret(Map.of("pass", Secret.of("hunter2")), null, null)));
    running
        .with("vault", "secretstores.test")
        .with(
            Running.component(
                    "a",
                    "state.test",
                    "{name: password, secretKeyRef: {name: redis, key: password}}",
                    "{name: host, secretKeyRef: {name: absent}}")
                + auth("vault"))
        .with(
            Running.component(
                    "b", "state.test", "{name: size, secretKeyRef: {name: redis, key: pass}}")
                + auth("vault"));
    assertThatThrownBy(running::start)
        .hasMessage(
            """
            start failed: INVALID_ARGUMENT: 3 problems:
              2.yaml:7: a (state.test): field 'password': secret 'redis' of 'vault' has no value 'password';\
             there are: pass
              2.yaml:8: a (state.test): field 'host': secret 'absent' of 'vault' cannot be read: NOT_FOUND:\
             there is no such secret; add the secret or correct the reference
              3.yaml:7: b (state.test): field 'size': what the reference gives is no valid integer;\
             correct the value""");
    assertThat(provider.diary)
        .contains("open vault", "close vault")
        .doesNotContain("open a", "open b");
  }

  @Test
  void whenOneFailsTheOthersAreClosedAndEveryFailureIsReported() {
    provider.onOpen.put(
        "b",
        () -> {
          throw new InboardException(
              ErrorCode.UNAUTHENTICATED, "b (state.test)", "open", "wrong password");
        });
    provider.onOpen.put(
        "d",
        () -> {
          throw new IllegalStateException("hunter2");
        });
    for (String name : List.of("a", "b", "c", "d")) {
      running.with(name, "state.test");
    }
    assertThatThrownBy(running::start)
        .hasMessage(
            """
            start failed: UNAUTHENTICATED: 2 components could not be opened:
              2.yaml:1: b (state.test): open failed: UNAUTHENTICATED: wrong password
              4.yaml:1: d (state.test): open failed: INTERNAL: the provider failed in a way that it should not:\
             java.lang.IllegalStateException""")
        .satisfies(failure -> assertThat(failure.getSuppressed()).hasSize(1))
        .hasCauseInstanceOf(InboardException.class);
    assertThat(provider.diary.subList(2, 4)).containsExactly("close c", "close a");
  }

  @Test
  void anErrorOfAProviderIsAFailureToo() {
    provider.onOpen.put(
        "a",
        () -> {
          throw new NoClassDefFoundError("redis/Client");
        });
    assertThatThrownBy(() -> running.with("a", "state.test").start())
        .hasMessageContaining("1 component could not be opened")
        .hasMessageContaining("java.lang.NoClassDefFoundError");
  }

  @Test
  void aSlowComponentIsGivenUpAfterItsInitTimeoutAndClosedWhenItOpensAfterAll() {
    CountDownLatch interrupted = new CountDownLatch(1);
    CountDownLatch proceed = new CountDownLatch(1);
    provider.onOpen.put(
        "a",
        () -> {
          try {
            Thread.sleep(600_000);
          } catch (InterruptedException e) {
            interrupted.countDown(); // and goes on opening all the same
          }
          proceed.await();
        });
    running.with(
        Running.component("a", "state.test").replace("spec:", "spec:\n  initTimeout: 300ms"));
    running.with("b", "state.test");
    assertThatThrownBy(running::start)
        .hasMessage(
            """
            start failed: TIMEOUT: 1 component could not be opened:
              1.yaml:1: a (state.test): open failed: TIMEOUT: not done within 300ms;\
             raise spec.initTimeout if it needs longer""");
    assertThat(provider.diary).containsExactly("open b", "close b");
    await().atMost(Duration.ofSeconds(30)).until(() -> interrupted.getCount() == 0);
    proceed.countDown();
    await()
        .atMost(Duration.ofSeconds(30))
        .untilAsserted(
            () ->
                assertThat(provider.diary)
                    .containsExactly("open b", "close b", "open a", "close a"));
  }

  @Test
  void aTransientFailureIsTriedAgain() {
    AtomicInteger attempts = new AtomicInteger();
    provider.onOpen.put("a", () -> failUntil(attempts, 3, ErrorCode.UNAVAILABLE));
    running.with(
        Running.component("a", "state.test").replace("spec:", "spec:\n  initTimeout: 60s"));
    try (InboardRuntime runtime = running.start()) {
      assertThat(attempts).hasValue(3);
    }
  }

  @Test
  void otherFailuresAreNotTriedAgain() {
    AtomicInteger attempts = new AtomicInteger();
    provider.onOpen.put("a", () -> failUntil(attempts, 3, ErrorCode.PERMISSION_DENIED));
    assertThatThrownBy(() -> running.with("a", "state.test").start())
        .hasMessageContaining("PERMISSION_DENIED: not yet");
    assertThat(attempts).hasValue(1);
  }

  @Test
  void aTransientFailureIsNotTriedAgainAfterTheInitTimeout() {
    AtomicInteger attempts = new AtomicInteger();
    provider.onOpen.put("a", () -> failUntil(attempts, 99, ErrorCode.UNAVAILABLE));
    running.with(
        Running.component("a", "state.test").replace("spec:", "spec:\n  initTimeout: 400ms"));
    assertThatThrownBy(running::start).hasMessageContaining("UNAVAILABLE: not yet");
    assertThat(attempts).hasValue(1);
  }

  @Test
  void whoRunsOutOfTimeIsToldWhyTheAttemptBeforeFailed() {
    AtomicInteger attempts = new AtomicInteger();
    provider.onOpen.put(
        "a",
        () -> {
          failUntil(attempts, 2, ErrorCode.UNAVAILABLE);
          Thread.sleep(600_000);
        });
    running.with(Running.component("a", "state.test").replace("spec:", "spec:\n  initTimeout: 2s"));
    assertThatThrownBy(running::start)
        .hasMessageContaining(
            "TIMEOUT: not done within 2s; the attempt before failed: a (state.test): open failed:"
                + " UNAVAILABLE: not yet; raise spec.initTimeout");
  }

  private static void failUntil(AtomicInteger attempts, int success, ErrorCode code) {
    if (attempts.incrementAndGet() < success) {
      throw new InboardException(code, "a (state.test)", "open", "not yet");
    }
  }

  @Test
  void aDeniedComponentIsNotOpened() {
    running
        .with("a", "state.proof")
        .with("b", "state.test")
        .with("c", "state.test")
        .with(Running.component("d", "state.test").replace("spec:", "spec:\n  version: v2"))
        .with(
            """
            apiVersion: dapr.io/v1alpha1
            kind: Configuration
            metadata: {name: c}
            spec: {components: {deny: [State.test/v1, secretstores.test/v9]}}
            """);
    try (InboardRuntime runtime = running.start()) {
      assertThat(provider.diary).containsExactly("open d");
    }
  }

  private static String auth(String store) {
    return "auth: {secretStore: " + store + "}\n";
  }
}
