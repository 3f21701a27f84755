package dev.inboard.spi.conformance;

import dev.inboard.spi.Feature;
import dev.inboard.spi.bindings.BindingDriver;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/**
 * Proves that a binding keeps the promises of {@link dev.inboard.spi.bindings.OutputBindingDriver
 * OutputBindingDriver}, of {@link dev.inboard.spi.bindings.InputBindingDriver InputBindingDriver},
 * or of both.
 *
 * <p>A provider's test extends this class, opens drivers in {@link #openDriver}, names the {@link
 * #expectedOperations}, and, when the binding has an input side, makes events happen in {@link
 * #causeEvent}. Tests of the side that a binding does not have check that it is absent.
 */
public abstract class BindingConformance
    implements BindingOutputSuite, BindingInputSuite, BindingCloseSuite {
  private final String unique = UUID.randomUUID().toString().substring(0, 8);
  private final List<BindingDriver> opened = new ArrayList<>();

  /** For the tests of providers. */
  protected BindingConformance() {}

  /** Opens a driver. Called at least once per test; the suite closes it. */
  protected abstract BindingDriver openDriver() throws Exception;

  /** Returns exactly the features that the driver must declare. By default none. */
  @Override
  public Set<Feature> expectedFeatures() {
    return Set.of();
  }

  /** Returns exactly the operations of the output side; empty when there must be none. */
  @Override
  public abstract Set<String> expectedOperations();

  /** Says whether the binding must have an input side. By default it must not. */
  @Override
  public boolean expectsInput() {
    return false;
  }

  /**
   * Returns the metadata that names a thing to {@code create}, {@code get} and {@code delete}, such
   * as a file name or a key.
   */
  @Override
  public Map<String, String> naming(String thing) {
    throw new UnsupportedOperationException("override naming(thing)");
  }

  /** Makes one event happen that the input side delivers. The suite then waits for it. */
  @Override
  public void causeEvent() throws Exception {
    throw new UnsupportedOperationException("override causeEvent()");
  }

  /** Says whether several events can be under way at one time. By default they can. */
  @Override
  public boolean deliversConcurrently() {
    return true;
  }

  /** Returns how long a test watches that something does not happen. By default a second. */
  @Override
  public Duration quietTime() {
    return Duration.ofSeconds(1);
  }

  @BeforeEach
  void openFirst() throws Exception {
    open();
  }

  @AfterEach
  void closeAll() {
    opened.forEach(BindingDriver::close);
  }

  @Override
  public final BindingDriver driver() {
    return opened.get(0);
  }

  @Override
  public final BindingDriver open() throws Exception {
    BindingDriver driver = openDriver();
    opened.add(driver);
    return driver;
  }

  @Override
  public final String thing(String name) {
    return unique + "-" + name;
  }
}
