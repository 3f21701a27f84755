package dev.inboard.examples.workflows;

import dev.inboard.Inboard;
import dev.inboard.workflow.CallOptions;
import dev.inboard.workflow.NonRetryableException;
import dev.inboard.workflow.Workflow;
import dev.inboard.workflow.WorkflowContext;
import dev.inboard.workflow.WorkflowFailedException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** When a later step fails for good, what was done before is undone, last things first. */
public final class SagaExample {
  private SagaExample() {}

  /** Books everything or nothing. */
  static final class BookTrip implements Workflow<String, String> {
    @Override
    public String run(WorkflowContext context, String city) {
      Bookings bookings = context.activities(Bookings.class, CallOptions.retry(3));
      for (String part : List.of("flight", "hotel", "car")) {
        context.compensate(() -> bookings.cancel(part)); // first, because booking may half succeed
        bookings.book(part);
      }
      return "trip to " + city + " booked";
    }
  }

  /** Cancelling what was never booked must do nothing. */
  interface Bookings {
    void book(String part);

    void cancel(String part);
  }

  /** There are no cars left. */
  static final class Agency implements Bookings {
    final List<String> diary = new CopyOnWriteArrayList<>();

    @Override
    public void book(String part) {
      if (part.equals("car")) {
        throw new NonRetryableException("no cars left");
      }
      diary.add("book " + part);
    }

    @Override
    public void cancel(String part) {
      if (diary.contains("book " + part)) {
        diary.add("cancel " + part);
      }
    }
  }

  static String run(Path data) {
    Agency agency = new Agency();
    try (Inboard inboard =
        Inboard.builder()
            .appId("examples")
            .dataFolder(data)
            .workflow("book-trip", BookTrip.class)
            .activities(Bookings.class, agency)
            .start()) {
      return String.valueOf(
          inboard
              .workflows()
              .start("book-trip", "Rome")
              .await(String.class, Duration.ofSeconds(30)));
    } catch (WorkflowFailedException e) {
      return agency.diary + ", because " + e.failure();
    }
  }

  /** Runs the example. */
  public static void main(String[] arguments) {
    System.out.println(run(Path.of("target/examples")));
  }
}
