package dev.inboard.internal.workflow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.slf4j.LoggerFactory;

/**
 * The engine in a world where everything goes wrong.
 *
 * <p>System property {@code simulation.seeds} says how many worlds there are; {@code
 * simulation.first} says with which one to begin, so that {@code -Dsimulation.first=N
 * -Dsimulation.seeds=1} brings a failure into the debugger.
 */
class SimulationTest {
  private static final long FIRST = Long.getLong("simulation.first", 0);
  private static final long SEEDS = Long.getLong("simulation.seeds", 10_000);
  private static final long SEEDS_TO_FIND_A_DEFECT = 2_000;

  private static final Logger ENGINE_LOG =
      (Logger) LoggerFactory.getLogger("dev.inboard.internal.workflow");
  private static final Logger CODE_LOG = (Logger) LoggerFactory.getLogger("dev.inboard.workflow");

  /** What the engine says about itself that it should never have to say. */
  private static final ListAppender<ILoggingEvent> ERRORS = new ListAppender<>();

  @BeforeAll
  static void quiet() {
    ERRORS.start();
    ENGINE_LOG.addAppender(ERRORS);
    ENGINE_LOG.setLevel(Level.ERROR);
    CODE_LOG.setLevel(Level.ERROR);
  }

  @AfterAll
  static void loud() {
    ENGINE_LOG.detachAppender(ERRORS);
    ENGINE_LOG.setLevel(null);
    CODE_LOG.setLevel(null);
  }

  @Test
  @DisplayName("whatever goes wrong, every workflow ends once, as if nothing had")
  void everyWorldEndsWell() {
    ERRORS.list.clear();
    LongStream.range(FIRST, FIRST + SEEDS)
        .parallel()
        .forEach(
            seed ->
                assertThatCode(() -> new SimulatedRun(seed, Defect.NONE).run())
                    .as(
                        "seed %d; run it alone with -Dsimulation.first=%d -Dsimulation.seeds=1",
                        seed, seed)
                    .doesNotThrowAnyException());
    assertThat(ERRORS.list).extracting(ILoggingEvent::getFormattedMessage).isEmpty();
  }

  @Test
  @DisplayName("one seed is one exact course of events")
  void aSeedRepeats() {
    SimulatedRun first = new SimulatedRun(4, Defect.NONE);
    SimulatedRun second = new SimulatedRun(4, Defect.NONE);
    first.run();
    second.run();
    assertThat(second.moves()).isEqualTo(first.moves()).isPositive();
  }

  @ParameterizedTest
  @EnumSource(value = Defect.class, mode = EnumSource.Mode.EXCLUDE, names = "NONE")
  @DisplayName("a planted mistake is found")
  void findsPlantedMistakes(Defect defect) {
    long seed = FIRST;
    while (!isFound(seed, defect)) {
      assertThat(++seed).as("seeds tried for " + defect).isLessThan(FIRST + SEEDS_TO_FIND_A_DEFECT);
    }
  }

  private static boolean isFound(long seed, Defect defect) {
    try {
      new SimulatedRun(seed, defect).run();
      return false;
    } catch (AssertionError e) {
      return true;
    }
  }
}
