package dev.inboard.spi.conformance;

import dev.inboard.spi.workflow.WorkflowBackendDriver;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/**
 * What every workflow backend promises to the engine. A provider's test extends this and says how
 * to open a driver on an empty backend.
 */
public abstract class WorkflowBackendConformance
    implements WorkflowTurnSuite,
        WorkflowOwnerSuite,
        WorkflowMailSuite,
        WorkflowQuerySuite,
        WorkflowQueueSuite,
        WorkflowJointSuite {
  private final SettableTime time = new SettableTime();
  private WorkflowBackendDriver driver;

  /** Called by the test class. */
  protected WorkflowBackendConformance() {}

  /**
   * Opens a driver on a backend without instances.
   *
   * @param clock the time, for a backend that has none of its own
   */
  protected abstract WorkflowBackendDriver openDriver(Clock clock) throws Exception;

  /** Says whether the backend keeps queues of tasks. */
  @Override
  public boolean expectsTaskQueues() {
    return true;
  }

  /**
   * Says whether the driver must implement {@code JointWorkflowBackendDriver}. By default it must
   * not.
   */
  @Override
  public boolean expectsJoint() {
    return false;
  }

  @BeforeEach
  void open() throws Exception {
    driver = openDriver(time);
  }

  @AfterEach
  void close() {
    driver.close();
  }

  @Override
  public final WorkflowBackendDriver driver() {
    return driver;
  }

  @Override
  public Instant now() {
    return time.instant();
  }

  /** Lets time pass for the backend; one with a clock of its own waits. */
  @Override
  public void passTime(Duration duration) throws InterruptedException {
    time.pass(duration);
  }
}
