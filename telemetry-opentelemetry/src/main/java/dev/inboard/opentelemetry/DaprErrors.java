package dev.inboard.opentelemetry;

import dev.inboard.common.ErrorCode;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What Dapr's API calls the failure of an operation.
 *
 * @see <a href="https://docs.dapr.io/reference/errors/">Dapr's error codes</a>
 */
final class DaprErrors {
  private static final Set<String> STATE =
      Set.of("get", "delete", "bulk_get", "bulk_delete", "transaction", "query");
  private static final Set<String> CONFIGURATION = Set.of("get", "subscribe", "unsubscribe");
  private static final Set<String> WORKFLOW =
      Set.of("get", "start", "resume", "terminate", "purge");

  private DaprErrors() {}

  /** Returns the category of the codes of a block. */
  static String category(String block) {
    return switch (block) {
      case "bindings" -> "binding";
      case "secretstores" -> "secret";
      case "workflowbackend" -> "workflow";
      default -> block;
    };
  }

  /**
   * Returns the code of a failure; {@code ERR_INTERNAL} where Dapr has no word for it.
   *
   * @param operation as Dapr calls it
   * @param error our code, or the class of another exception
   */
  static String code(String block, String operation, String error) {
    boolean denied = error.equals(ErrorCode.PERMISSION_DENIED.name());
    String code =
        switch (block) {
          case "state" ->
              operation.equals("set")
                  ? "ERR_STATE_SAVE"
                  : known("ERR_STATE_", operation, STATE, "");
          case "configuration" -> known("ERR_CONFIGURATION_", operation, CONFIGURATION, "");
          case "workflowbackend" -> workflow(operation);
          case "secretstores" -> denied ? "ERR_PERMISSION_DENIED" : "ERR_SECRET_GET";
          case "bindings" -> "ERR_INVOKE_OUTPUT_BINDING";
          case "lock" -> operation.equals("unlock") ? "ERR_UNLOCK" : "ERR_TRY_LOCK";
          case "pubsub" -> {
            if (!operation.startsWith("publish")) {
              yield null;
            }
            yield denied ? "ERR_PUBSUB_FORBIDDEN" : "ERR_PUBSUB_PUBLISH_MESSAGE";
          }
          default -> null;
        };
    return code == null ? "ERR_INTERNAL" : code;
  }

  private static @Nullable String workflow(String operation) {
    return switch (operation) {
      case "suspend" -> "ERR_PAUSE_WORKFLOW";
      case "raise" -> "ERR_RAISE_EVENT_WORKFLOW";
      default -> known("ERR_", operation, WORKFLOW, "_WORKFLOW");
    };
  }

  private static @Nullable String known(
      String begin, String operation, Set<String> operations, String end) {
    return operations.contains(operation) ? begin + operation.toUpperCase(Locale.ROOT) + end : null;
  }
}
