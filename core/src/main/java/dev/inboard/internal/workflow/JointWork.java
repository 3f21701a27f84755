package dev.inboard.internal.workflow;

import dev.inboard.common.ErrorCode;
import dev.inboard.common.InboardException;
import dev.inboard.spi.JointTransaction;
import dev.inboard.spi.workflow.CreateOutcome;
import dev.inboard.spi.workflow.Creation;
import dev.inboard.spi.workflow.Delivery;
import dev.inboard.spi.workflow.JointWorkflowBackendDriver;
import dev.inboard.spi.workflow.Message;
import dev.inboard.workflow.ConflictPolicy;
import dev.inboard.workflow.StartOptions;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a transaction with other components starts and raises. Used by one thread. */
public final class JointWork {
  private final Engine engine;
  private final Client client;
  private final List<Creation> creations = new ArrayList<>();
  private final List<StartOptions> options = new ArrayList<>();
  private final List<Message> messages = new ArrayList<>();

  JointWork(Engine engine, Client client) {
    this.engine = engine;
    this.client = client;
  }

  /** Adds an instance and returns its id. */
  public String start(String workflow, @Nullable Object input, StartOptions chosen) {
    if (chosen.conflict() == ConflictPolicy.TERMINATE_EXISTING) {
      throw refused(
          workflow, ErrorCode.INVALID_ARGUMENT, "a transaction cannot wait for another to end");
    }
    Creation creation = client.starts().creation(workflow, input, chosen);
    String id = creation.definition().id();
    if (creations.stream().anyMatch(other -> other.definition().id().equals(id))) {
      throw refused(
          workflow, ErrorCode.CONFLICT, "the transaction starts the id '" + id + "' twice");
    }
    creations.add(creation);
    options.add(chosen);
    return id;
  }

  private InboardException refused(String workflow, ErrorCode code, String reason) {
    return new InboardException(code, engine.label(), "start workflow '" + workflow + "'", reason);
  }

  /** Adds an event. */
  public void raise(String id, String event, @Nullable Object payload) {
    messages.add(client.message(id, event, payload));
  }

  /** Carries it out. */
  public void write(JointWorkflowBackendDriver driver, JointTransaction transaction) {
    List<CreateOutcome> created = driver.create(transaction, creations);
    for (int i = 0; i < created.size(); i++) {
      client.starts().check(created.get(i), creations.get(i).definition(), options.get(i));
    }
    List<Delivery> delivered = driver.deliver(transaction, messages);
    for (int i = 0; i < delivered.size(); i++) {
      engine
          .post()
          .check("raise an event in workflow '" + messages.get(i).target() + "'", delivered.get(i));
    }
  }

  /** Takes note that the transaction is committed. */
  public void committed() {
    engine.instances().sent(messages);
    if (!creations.isEmpty()) {
      engine.claimSoon();
    }
  }
}
