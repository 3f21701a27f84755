/** What applications call: the runtime and the typed building blocks. */
@org.jspecify.annotations.NullMarked
@SuppressWarnings("module") // dev.inboard.testing is built after this one
module dev.inboard.core {
  requires transitive dev.inboard.spi;
  requires transitive com.fasterxml.jackson.databind;
  requires com.fasterxml.jackson.datatype.jdk8;
  requires com.fasterxml.jackson.datatype.jsr310;
  requires transitive org.slf4j;
  requires org.yaml.snakeyaml;

  exports dev.inboard;
  exports dev.inboard.bindings;
  exports dev.inboard.configuration;
  exports dev.inboard.internal.workflow to
      dev.inboard.testing;
  exports dev.inboard.lock;
  exports dev.inboard.pubsub;
  exports dev.inboard.resiliency;
  exports dev.inboard.secrets;
  exports dev.inboard.state;
  exports dev.inboard.workflow;

  uses dev.inboard.spi.bindings.BindingProvider;
  uses dev.inboard.spi.configuration.ConfigurationProvider;
  uses dev.inboard.spi.expressions.ExpressionEngine;
  uses dev.inboard.spi.lock.LockProvider;
  uses dev.inboard.spi.pubsub.PubSubProvider;
  uses dev.inboard.spi.secrets.SecretStoreProvider;
  uses dev.inboard.spi.state.StateStoreProvider;
  uses dev.inboard.spi.telemetry.TelemetryProvider;
  uses dev.inboard.spi.workflow.WorkflowBackendProvider;
}
