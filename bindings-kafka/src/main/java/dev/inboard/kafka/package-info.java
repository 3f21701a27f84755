/**
 * Publish/subscribe and bindings over Apache Kafka, with the topics, keys, headers and partitions
 * of Dapr's components.
 *
 * <p>Applications name the types {@code pubsub.kafka} and {@code bindings.kafka} in their resource
 * files; nothing here is called by them.
 */
@org.jspecify.annotations.NullMarked
package dev.inboard.kafka;
