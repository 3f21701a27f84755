package dev.inboard.internal.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.inboard.spi.expressions.ExpressionEngine;
import dev.inboard.spi.lock.LockProvider;
import dev.inboard.spi.state.StateStoreProvider;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is found through {@code META-INF/services}, and what is wrong there. */
class ServicesTest {
  @TempDir Path folder;
  private final Running running = new Running();
  private URLClassLoader loader;

  @BeforeEach
  void makeLoader() throws IOException {
    loader = new URLClassLoader(new URL[] {folder.toUri().toURL()}, getClass().getClassLoader());
    running.loader = loader;
    Found.OPENED.diary.clear();
  }

  @AfterEach
  void closeLoader() throws IOException {
    loader.close();
  }

  @Test
  void providersAreFound() throws IOException {
    register(StateStoreProvider.class, Found.class.getName());
    running.with("a", "state.found").start().close();
    assertThat(Found.OPENED.diary).containsExactly("open a", "close a");
  }

  /** A provider with a constructor that anybody may call. */
  public static final class Found extends TestProvider.Delegating {
    static final TestProvider OPENED = new TestProvider();

    /** Called by the service loader. */
    public Found() {
      super(OPENED.new State());
    }

    @Override
    public String type() {
      return "state.found";
    }
  }

  @Test
  void aProviderOnTheClassPathAndOneOfTheBuilderMustNotServeTheSame() throws IOException {
    register(StateStoreProvider.class, Found.class.getName());
    running.providers.add(new Found());
    assertThatThrownBy(() -> running.with("a", "state.found").start())
        .hasMessageContaining(
            "class path: both " + Found.class.getName() + " and " + Found.class.getName())
        .hasMessageContaining("serve state.found/v1; remove the artifact of one of them");
  }

  @Test
  void providersOfBlocksWithoutComponentsAreNotLoaded() throws IOException {
    register(StateStoreProvider.class, Found.class.getName());
    register(LockProvider.class, "no.such.Provider");
    running.with("a", "state.found").start().close();
  }

  @Test
  void aRegistrationWithoutAClassIsReported() throws IOException {
    register(StateStoreProvider.class, "no.such.Provider", Found.class.getName());
    register(ExpressionEngine.class, "no.such.Engine");
    assertThatThrownBy(() -> running.with("a", "state.found").start())
        .hasMessage(
            """
            start failed: INVALID_ARGUMENT: 2 problems:
              class path: a provider of state cannot be loaded: dev.inboard.spi.state.StateStoreProvider: Provider\
             no.such.Provider not found; correct or remove its artifact
              class path: the engine of conditions cannot be loaded: dev.inboard.spi.expressions.ExpressionEngine:\
             Provider no.such.Engine not found; correct or remove its artifact\
            """);
  }

  @Test
  void twoEnginesOfConditionsAreRefused() throws IOException {
    register(ExpressionEngine.class, Words.class.getName(), MoreWords.class.getName());
    assertThatThrownBy(running::start)
        .hasMessageContaining(
            "class path: both "
                + Words.class.getName()
                + " and "
                + MoreWords.class.getName()
                + " compile conditions; remove the artifact of one of them");
  }

  @Test
  void tripsOfCircuitBreakersAreCompiledWhereThereIsAnEngine() throws IOException {
    running.with(
        """
        apiVersion: dapr.io/v1alpha1
        kind: Resiliency
        metadata: {name: r}
        spec:
          policies:
            circuitBreakers:
              right: {trip: totalFailures}
              wrong: {trip: totalFailure}
        """);
    assertThatThrownBy(running::start)
        .hasMessageContaining(
            "1.yaml:7: circuit breaker 'right': its trip needs an engine of conditions; add the"
                + " dependency inboard-expressions-cel, or write 'consecutiveFailures > 5'");
    register(ExpressionEngine.class, Words.class.getName());
    assertThatThrownBy(running::start)
        .hasMessage(
            "start failed: INVALID_ARGUMENT: 1 problem:\n"
                + "  1.yaml:8: circuit breaker 'wrong': its trip does not compile: unknown word"
                + " totalFailure; correct it");
  }

  /** Knows conditions that are one variable. */
  public static class Words implements ExpressionEngine {
    /** Called by the service loader. */
    public Words() {}

    @Override
    public Condition compile(String source, Set<String> variables) {
      String word = source.split(" ")[0];
      if (!variables.contains(word)) {
        throw new IllegalArgumentException("unknown word " + word);
      }
      return (Map<String, ?> values) -> Boolean.TRUE.equals(values.get(word));
    }
  }

  /** Another engine. */
  public static final class MoreWords extends Words {
    /** Called by the service loader. */
    public MoreWords() {}
  }

  private void register(Class<?> service, String... classes) throws IOException {
    Path services = Files.createDirectories(folder.resolve("META-INF/services"));
    Files.writeString(services.resolve(service.getName()), String.join("\n", classes));
  }
}
