package dev.inboard.internal.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.inboard.common.ErrorCode;
import dev.inboard.common.InboardException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

/** What tests say about calls that must fail. */
final class Failures {
  private Failures() {}

  static InboardException failure(ThrowingCallable call) {
    InboardException failure = catchThrowableOfType(InboardException.class, call);
    assertThat(failure).as("failure").isNotNull();
    return failure;
  }

  /** Checks code and message, which must name everything given. */
  static void assertFails(ErrorCode code, ThrowingCallable call, String... named) {
    InboardException failure = failure(call);
    assertThat(failure.code()).as(failure.getMessage()).isEqualTo(code);
    assertThat(failure.getMessage()).startsWith("orders (state.in-memory): ");
    assertThat(List.of(named)).allSatisfy(part -> assertThat(failure.getMessage()).contains(part));
  }

  /** Checks that nothing that could be printed of a failure shows a text. */
  static void assertHides(Throwable failure, String text) {
    StringWriter printed = new StringWriter();
    failure.printStackTrace(new PrintWriter(printed));
    assertThat(printed.toString()).doesNotContain(text);
  }
}
