/** Topics of Kafka, beside the plain client on the same broker. */
@org.jspecify.annotations.NullMarked
package dev.inboard.benchmarks.kafka;
