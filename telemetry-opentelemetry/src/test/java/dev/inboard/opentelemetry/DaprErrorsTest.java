package dev.inboard.opentelemetry;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DaprErrorsTest {
  @ParameterizedTest
  @CsvSource({
    "state,get,UNAVAILABLE,ERR_STATE_GET,state",
    "state,set,ETAG_MISMATCH,ERR_STATE_SAVE,state",
    "state,keys,UNAVAILABLE,ERR_INTERNAL,state",
    "pubsub,publish,TIMEOUT,ERR_PUBSUB_PUBLISH_MESSAGE,pubsub",
    "pubsub,publish,PERMISSION_DENIED,ERR_PUBSUB_FORBIDDEN,pubsub",
    "pubsub,subscribe_to,TIMEOUT,ERR_INTERNAL,pubsub",
    "secretstores,get,NOT_FOUND,ERR_SECRET_GET,secret",
    "secretstores,get,PERMISSION_DENIED,ERR_PERMISSION_DENIED,secret",
    "bindings,create,INTERNAL,ERR_INVOKE_OUTPUT_BINDING,binding",
    "workflowbackend,raise,NOT_FOUND,ERR_RAISE_EVENT_WORKFLOW,workflow",
    "workflowbackend,terminate,NOT_FOUND,ERR_TERMINATE_WORKFLOW,workflow",
  })
  void failuresHaveTheWordsOfDapr(
      String block, String operation, String error, String code, String category) {
    assertThat(DaprErrors.code(block, operation, error)).isEqualTo(code);
    assertThat(DaprErrors.category(block)).isEqualTo(category);
  }
}
