package dev.inboard.opentelemetry;

import static io.opentelemetry.api.common.AttributeKey.longKey;
import static io.opentelemetry.api.common.AttributeKey.stringKey;

import io.opentelemetry.api.common.AttributeKey;

/**
 * Names of attributes.
 *
 * @see <a href="https://opentelemetry.io/docs/specs/semconv/registry/attributes/">Semantic
 *     conventions 1.44</a>
 */
final class Names {
  static final AttributeKey<String> COMPONENT = stringKey("inboard.component.name");
  static final AttributeKey<String> TYPE = stringKey("inboard.component.type");
  static final AttributeKey<String> OPERATION = stringKey("inboard.operation");
  static final AttributeKey<String> OUTCOME = stringKey("inboard.outcome");
  static final AttributeKey<String> REASON = stringKey("inboard.reason");

  static final AttributeKey<String> WORKFLOW = stringKey("inboard.workflow.name");
  static final AttributeKey<String> WORKFLOW_ID = stringKey("inboard.workflow.id");
  static final AttributeKey<String> STARTER_ID = stringKey("inboard.workflow.starter.id");
  static final AttributeKey<String> ACTIVITY = stringKey("inboard.workflow.activity");
  static final AttributeKey<Long> ATTEMPT = longKey("inboard.workflow.attempt");

  static final AttributeKey<String> ERROR_TYPE = stringKey("error.type");
  static final AttributeKey<String> DB_SYSTEM = stringKey("db.system.name");
  static final AttributeKey<String> DB_OPERATION = stringKey("db.operation.name");
  static final AttributeKey<String> MESSAGING_SYSTEM = stringKey("messaging.system");
  static final AttributeKey<String> DESTINATION = stringKey("messaging.destination.name");
  static final AttributeKey<String> MESSAGING_OPERATION = stringKey("messaging.operation.name");
  static final AttributeKey<String> MESSAGING_TYPE = stringKey("messaging.operation.type");
  static final AttributeKey<String> CONSUMER_GROUP = stringKey("messaging.consumer.group.name");
  static final AttributeKey<Long> BATCH_SIZE = longKey("messaging.batch.message_count");

  static final AttributeKey<String> DAPR_APP = stringKey("app_id");
  static final AttributeKey<String> DAPR_COMPONENT = stringKey("component");
  static final AttributeKey<String> DAPR_NAMESPACE = stringKey("namespace");
  static final AttributeKey<String> DAPR_OPERATION = stringKey("operation");
  static final AttributeKey<String> DAPR_TOPIC = stringKey("topic");
  static final AttributeKey<String> DAPR_SUCCESS = stringKey("success");
  static final AttributeKey<String> DAPR_PROCESS_STATUS = stringKey("process_status");
  static final AttributeKey<String> DAPR_STATUS = stringKey("status");
  static final AttributeKey<String> DAPR_NAME = stringKey("name");
  static final AttributeKey<String> DAPR_POLICY = stringKey("policy");
  static final AttributeKey<String> DAPR_DIRECTION = stringKey("flow_direction");
  static final AttributeKey<String> DAPR_TARGET = stringKey("target");
  static final AttributeKey<String> DAPR_ERROR_CODE = stringKey("error_code");
  static final AttributeKey<String> DAPR_CATEGORY = stringKey("category");
  static final AttributeKey<String> DAPR_WORKFLOW = stringKey("workflow_name");
  static final AttributeKey<String> DAPR_ACTIVITY = stringKey("activity_name");

  private Names() {}
}
