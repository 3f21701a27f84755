/** What a provider implements, and nothing else. */
@org.jspecify.annotations.NullMarked
module dev.inboard.spi {
  requires static transitive org.jspecify;

  exports dev.inboard.common;
  exports dev.inboard.spi;
  exports dev.inboard.spi.bindings;
  exports dev.inboard.spi.configuration;
  exports dev.inboard.spi.expressions;
  exports dev.inboard.spi.lock;
  exports dev.inboard.spi.pubsub;
  exports dev.inboard.spi.secrets;
  exports dev.inboard.spi.state;
  exports dev.inboard.spi.telemetry;
  exports dev.inboard.spi.workflow;
}
