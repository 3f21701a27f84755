package dev.inboard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.inboard.workflow.Activity;
import dev.inboard.workflow.ActivityContext;
import dev.inboard.workflow.StartOptions;
import dev.inboard.workflow.Workflow;
import dev.inboard.workflow.WorkflowContext;
import dev.inboard.workflow.WorkflowRun;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Workflows as applications register and call them. */
class InboardWorkflowsTest {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  @TempDir Path folder;

  @BeforeEach
  void addComponents() throws IOException {
    add("flows", "workflowbackend.in-memory");
    add("orders", "state.in-memory");
  }

  private void add(String name, String type) throws IOException {
    Files.writeString(
        folder.resolve(name + ".yaml"),
        "apiVersion: dapr.io/v1alpha1\nkind: Component\nmetadata: {name: "
            + name
            + "}\nspec: {type: "
            + type
            + "}\n");
  }

  private InboardBuilder shop() {
    return Inboard.builder().appId("shop").resources(folder);
  }

  private static int run(Inboard inboard, String workflow, Object input) {
    Integer result = inboard.workflows().start(workflow, input).await(Integer.class, PATIENCE);
    return result == null ? -1 : result;
  }

  /** A workflow with a constructor that anybody may call. */
  static final class Twice implements Workflow<Integer, Integer> {
    @Override
    public Integer run(WorkflowContext context, Integer n) {
      return context.call("inc", n, Integer.class).await() * 2;
    }
  }

  static final class Inc implements Activity<Integer, Integer> {
    @Override
    public Integer run(ActivityContext context, Integer n) {
      return n + 1;
    }
  }

  interface Numbers {
    int sum(List<Integer> numbers);
  }

  @Test
  void everyWayToRegisterWorks() {
    Numbers numbers = list -> list.stream().mapToInt(Integer::intValue).sum();
    try (Inboard inboard =
        shop()
            .workflow("class", Twice.class)
            .workflow("object", new Twice())
            .workflow("lambda", Integer.class, (context, n) -> n + 10)
            .workflow(
                "generic",
                new TypeRef<List<Integer>>() {},
                (context, list) -> context.activities(Numbers.class).sum(list))
            .workflow("versioned", "1", Twice.class)
            .workflow("versioned", "2", new Twice())
            .workflow("versioned", "3", Integer.class, (context, n) -> n + 30)
            .workflow(
                "calls",
                Integer.class,
                (context, n) ->
                    context.call("object", n, Integer.class).await()
                        + context.call("first", List.of(n), Integer.class).await())
            .activity("inc", Inc.class)
            .activity("object", new Inc())
            .activity("first", new TypeRef<List<Integer>>() {}, (context, list) -> list.get(0))
            .activities(Numbers.class, numbers)
            .start()) {
      assertThat(run(inboard, "class", 1)).isEqualTo(4);
      assertThat(run(inboard, "object", 1)).isEqualTo(4);
      assertThat(run(inboard, "lambda", 1)).isEqualTo(11);
      assertThat(run(inboard, "generic", List.of(1, 2, 3))).isEqualTo(6);
      assertThat(run(inboard, "versioned", 1)).isEqualTo(31);
      assertThat(run(inboard, "calls", 1)).isEqualTo(3);
      WorkflowRun old =
          inboard.workflows().start("versioned", 1, StartOptions.DEFAULT.withVersion("1"));
      assertThat(old.await(Integer.class, PATIENCE)).isEqualTo(4);
    }
  }

  /** Needs something to be made with. */
  static final class Picky implements Workflow<Integer, Integer> {
    private final int offset;

    Picky(int offset) {
      this.offset = offset;
    }

    @Override
    public Integer run(WorkflowContext context, Integer n) {
      return n + offset;
    }
  }

  @Test
  void wrongRegistrationsAreRefusedAtOnce() {
    Workflow<Integer, Integer> lambda = (context, n) -> n;
    assertThatThrownBy(() -> shop().workflow("w", Picky.class))
        .hasMessageContaining("has no constructor without arguments; register an object instead");
    assertThatThrownBy(() -> shop().workflow("w", lambda))
        .hasMessageContaining("workflow 'w'")
        .hasMessageContaining("register it with its input type");
    assertThatThrownBy(() -> shop().workflow("w", Twice.class).workflow("w", Twice.class))
        .hasMessage("workflow 'w' is registered twice");
    assertThatThrownBy(() -> shop().activity("a", Inc.class).activity("a", new Inc()))
        .hasMessage("activity 'a' is registered twice");
    assertThatThrownBy(() -> shop().workflow(" ", Twice.class))
        .hasMessage("the name of a workflow is empty");
  }

  @Test
  void theApplicationIsCalledWhenItsComponentsAreOpen() {
    AtomicReference<Inboard> seen = new AtomicReference<>();
    List<String> order = new ArrayList<>();
    try (Inboard inboard =
        shop()
            .onOpen(seen::set)
            .onOpen(open -> open.stateStore("orders").save("a", 1))
            .onOpen(open -> order.add("last"))
            .workflow(
                "read",
                String.class,
                (context, key) -> context.call("read", key, Integer.class).await())
            .activity(
                "read",
                String.class,
                (context, key) ->
                    seen.get().stateStore("orders").get(key, Integer.class).orElseThrow().value())
            .start()) {
      assertThat(seen).hasValue(inboard);
      assertThat(order).containsExactly("last");
      assertThat(run(inboard, "read", "a")).isEqualTo(1);
    }
  }

  @Test
  void workflowsMayBeStartedWhenTheComponentsAreOpen() {
    AtomicReference<WorkflowRun> early = new AtomicReference<>();
    try (Inboard inboard =
        shop()
            .workflow("lambda", Integer.class, (context, n) -> n + 10)
            .onOpen(open -> early.set(open.workflows().start("lambda", 1)))
            .start()) {
      assertThat(early.get().await(Integer.class, PATIENCE)).isEqualTo(11);
      assertThat(inboard.workflows().run(early.get().id()).id()).isEqualTo(early.get().id());
    }
  }

  @Test
  void anApplicationThatCannotPrepareDoesNotStart() {
    AtomicReference<Inboard> seen = new AtomicReference<>();
    assertThatThrownBy(
            () ->
                shop()
                    .onOpen(seen::set)
                    .onOpen(
                        open -> {
                          throw new IllegalStateException("no stock");
                        })
                    .start())
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("no stock");
    assertThatThrownBy(() -> seen.get().stateStore("orders"))
        .hasMessageContaining("the runtime is closed");
  }

  @Test
  void transactionsAreRefusedByNameWhereAComponentCannot() {
    try (Inboard inboard =
        shop()
            .workflow(
                "pay",
                String.class,
                (context, n) -> context.call("charge", n, String.class).await())
            .transactionalActivity("charge", String.class, (context, transaction, n) -> n)
            .start()) {
      assertThatThrownBy(() -> inboard.transaction(tx -> tx.state("orders")))
          .hasMessageContaining("orders (state.in-memory): transaction failed: UNSUPPORTED");
      assertThatThrownBy(() -> inboard.transaction(tx -> tx.start("pay", "1")))
          .hasMessageContaining("flows (workflowbackend.in-memory)")
          .hasMessageContaining("UNSUPPORTED");
      assertThatThrownBy(() -> inboard.transaction(tx -> tx.unwrap(Object.class)))
          .hasMessageContaining("no component can take part");
      inboard.transaction(tx -> {}); // nothing to do
      WorkflowRun run = inboard.workflows().start("pay", "1");
      assertThatThrownBy(() -> run.await(String.class, PATIENCE))
          .hasMessageContaining("cannot take part in a transaction with others");
    }
  }
}
